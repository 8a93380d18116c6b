#include "notify/messages.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "notify/slack.hpp"

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

/// Retry-After in seconds, up to an hour; its form as a date is not used by chat services.
std::optional<std::chrono::seconds> asked_to_wait(const http::ClientResponse& response) {
    const std::string_view text = response.headers.get("Retry-After");
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    return std::chrono::seconds(std::min<std::int64_t>(seconds, 3600));
}

}  // namespace

std::map<std::string, std::string> alertmanager_labels(const Notice& notice) {
    std::map<std::string, std::string> labels{{"alertname", "ErrorBudgetBurn"},
                                              {"slo", notice.slo},
                                              {"severity", fmt::format("sev{}", notice.severity)}};
    if (!notice.service.empty()) labels["service"] = notice.service;
    if (!notice.row.empty()) labels["row"] = notice.row;
    return labels;
}

std::string alertmanager_body(const Notice& notice, std::chrono::seconds resend, core::WallTime now) {
    const core::WallTime ends_at = notice.ends_at.value_or(now + 4 * resend);
    nlohmann::json annotations{
        {"summary", notice.summary}, {"description", notice.description}, {"alert_id", notice.alert_id}};
    nlohmann::json alert{{"labels", alertmanager_labels(notice)},
                         {"annotations", std::move(annotations)},
                         {"startsAt", core::format_rfc3339(notice.starts_at)},
                         {"endsAt", core::format_rfc3339(std::max(ends_at, notice.starts_at))}};
    return core::dump_json(nlohmann::json::array({std::move(alert)}));
}

std::string webhook_body(const Message& message) {
    nlohmann::json body = to_json(message);
    body["schema"] = webhook_schema;
    body["type"] = type_of(message);
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

core::Result<http::ClientRequest> request_for(const Destination& destination, const Message& message,
                                              core::WallTime now) {
    const bool alertmanager = destination.kind == Kind::alertmanager;
    const auto* notice = std::get_if<Notice>(&message);
    if (destination.kind == Kind::email || (alertmanager && !notice))
        return core::fail(core::Errc::invalid_argument, "{} takes no {} over HTTP",
                          to_string(destination.kind), type_of(message));
    auto request =
        http::request_to(destination.access, http::Method::post, alertmanager ? "/api/v2/alerts" : "");
    if (!request) return request;
    request->max_body_bytes = max_answer_bytes;
    request->headers.set("Content-Type", "application/json");
    if (alertmanager) {
        request->body = alertmanager_body(*notice, destination.resend, now);
        return request;
    }
    request->body = destination.kind == Kind::slack ? slack_body(message) : webhook_body(message);
    request->headers.set("Idempotency-Key", fmt::format("{}/{}", id_of(message), phase_of(message)));
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
            fmt::format("answered with status {}{}{}", status, said.empty() ? "" : ": ", said),
            refused ? std::nullopt : asked_to_wait(*response)};
}

}  // namespace qd::notify
