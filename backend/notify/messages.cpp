#include "notify/messages.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "core/files.hpp"
#include "core/json_fields.hpp"

namespace qd::notify {
namespace {

constexpr std::uint64_t max_answer_bytes = 64 << 10;
constexpr std::size_t max_error_bytes = 500;

core::Result<std::string> signing_secret(const std::filesystem::path& file) {
    auto secret = core::read_file(file, 16 << 10);
    if (!secret) return core::fail(core::Errc::config, "{}", secret.error().message);
    secret->erase(std::min(secret->find_first_of("\r\n"), secret->size()));
    if (secret->empty()) return core::fail(core::Errc::config, "{}: its first line is empty", file.string());
    return secret;
}

/// One line of what a peer says, for people.
std::string excerpt(std::string_view body) {
    std::string text(body.substr(0, 200));
    for (char& c : text)
        if ((c >= 0 && c < 32) || c == 127) c = ' ';
    return text;
}

}  // namespace

std::string alertmanager_body(const Notice& notice, std::chrono::seconds resend, core::WallTime now) {
    nlohmann::json labels{{"alertname", "ErrorBudgetBurn"},
                          {"slo", notice.slo},
                          {"severity", fmt::format("sev{}", notice.severity)}};
    if (!notice.service.empty()) labels["service"] = notice.service;
    if (!notice.row.empty()) labels["row"] = notice.row;
    const core::WallTime ends_at = notice.ends_at.value_or(now + 4 * resend);
    nlohmann::json annotations{
        {"summary", notice.summary}, {"description", notice.description}, {"alert_id", notice.alert_id}};
    nlohmann::json alert{{"labels", std::move(labels)},
                         {"annotations", std::move(annotations)},
                         {"startsAt", core::format_rfc3339(notice.starts_at)},
                         {"endsAt", core::format_rfc3339(std::max(ends_at, notice.starts_at))}};
    return core::dump_json(nlohmann::json::array({std::move(alert)}));
}

std::string webhook_body(const Notice& notice) {
    nlohmann::json body = to_json(notice);
    body["schema"] = webhook_schema;
    body["type"] = "alert";
    return core::dump_json(body);
}

std::string signature_of(std::string_view body, std::string_view secret) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(body.data()), body.size());
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> sum{};
    crypto_auth_hmacsha256_final(&state, sum.data());
    return fmt::format("sha256={:02x}", fmt::join(sum, ""));
}

core::Result<http::ClientRequest> request_for(const Destination& destination, const Notice& notice,
                                              core::WallTime now) {
    const bool alertmanager = destination.kind == Kind::alertmanager;
    auto request =
        http::request_to(destination.access, http::Method::post, alertmanager ? "/api/v2/alerts" : "");
    if (!request) return request;
    request->max_body_bytes = max_answer_bytes;
    request->headers.set("Content-Type", "application/json");
    request->body = alertmanager ? alertmanager_body(notice, destination.resend, now) : webhook_body(notice);
    if (alertmanager) return request;
    request->headers.set("Idempotency-Key", fmt::format("{}/{}", notice.alert_id, to_string(notice.phase)));
    if (!destination.secret_file.empty()) {
        const auto secret = signing_secret(destination.secret_file);
        if (!secret) return core::Failure(secret.error());
        request->headers.set("X-Quarterdeck-Signature", signature_of(request->body, *secret));
    }
    return request;
}

Outcome judge(const core::Result<http::ClientResponse>& response, unsigned head_status) {
    const unsigned status = response ? response->status : head_status;
    if (status >= 200 && status < 300) return {Verdict::accepted, {}};
    if (!response) return {Verdict::again, response.error().message.substr(0, max_error_bytes)};
    const bool refused = status == 400 || status == 413 || status == 422;
    const std::string said = excerpt(response->body);
    return {refused ? Verdict::refused : Verdict::again,
            fmt::format("answered with status {}{}{}", status, said.empty() ? "" : ": ", said)};
}

}  // namespace qd::notify
