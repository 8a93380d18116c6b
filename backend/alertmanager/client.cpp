#include "alertmanager/client.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace qd::alertmanager {
namespace {

using core::Errc;
using core::Failure;

constexpr std::size_t max_alertmanagers = 20;

bool is_plain(const std::string& name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// Its refusals are JSON strings, or plain text.
std::string words_of(const std::string& body) {
    const auto value = nlohmann::json::parse(body, nullptr, false);
    std::string words = value.is_string() ? value.get<std::string>()
                        : value.is_object() && value.contains("message") && value["message"].is_string()
                            ? value["message"].get<std::string>()
                            : body;
    words = words.substr(0, 300);
    std::ranges::replace_if(
        words, [](char c) { return (c >= 0 && c < 32) || c == 127; }, ' ');
    return words;
}

}  // namespace

std::vector<Options> read_alertmanagers(core::ConfigReader& reader, const std::string& key) {
    std::vector<Options> list;
    std::set<std::string> names{std::string(silences::own_source)};
    for (core::ConfigReader& entry : reader.children(key)) {
        Options options;
        options.name = entry.require<std::string>("name");
        if (entry.has("name") && !is_plain(options.name))
            entry.reject("name", "must be 1 to 64 of a-z 0-9 and '-'");
        else if (!names.insert(options.name).second)
            entry.reject("name", "is given twice, or is our own");
        options.access = http::read_access(entry);
        options.poll = std::chrono::seconds(entry.get_in_range<int>("poll_s", 15, 1, 300));
        (void)entry.finish();
        reader.merge(entry);
        list.push_back(std::move(options));
    }
    if (list.size() > max_alertmanagers) reader.reject(key, "has too many entries: at most 20");
    return list;
}

core::Result<std::string> Client::ask(http::Method method, const std::string& path, std::string body) {
    const auto named = [this](core::Error error) {
        return core::fail_with_context("the Alertmanager '" + options_.name + "'", std::move(error));
    };
    auto request = http::request_to(options_.access, method, path);
    if (!request) return named(request.error());
    request->headers.set("Accept", "application/json");
    // Anything else gets 415.
    if (!body.empty()) request->headers.set("Content-Type", "application/json");
    request->body = std::move(body);
    request->max_body_bytes = max_body_bytes;
    auto response = calls_.fetch(std::move(*request));
    if (!response) return named(response.error());
    if (response->status < 200 || response->status >= 300)
        return named(
            {response->status >= 400 ? core::from_http_status(response->status) : Errc::unavailable,
             fmt::format("answered with status {}: {}", response->status, words_of(response->body))});
    return std::move(response->body);
}

core::Result<std::vector<Alert>> Client::held_alerts() {
    const auto body = ask(http::Method::get, "/api/v2/alerts?active=true&silenced=true&inhibited=true");
    if (!body) return Failure(body.error());
    return decode_alerts(*body);
}

core::Result<std::vector<silences::Silence>> Client::held_silences() {
    const auto body = ask(http::Method::get, "/api/v2/silences");
    if (!body) return Failure(body.error());
    return decode_silences(*body, options_.name);
}

core::Result<silences::SilenceId> Client::put(const silences::Silence& silence) {
    const auto body = ask(http::Method::post, "/api/v2/silences", encode_silence(silence));
    if (!body) return Failure(body.error());
    return decode_silence_id(*body);
}

core::Result<> Client::expire(const silences::SilenceId& id) {
    const auto body = ask(http::Method::del, "/api/v2/silence/" + http::percent_encode(id.value));
    if (!body) return Failure(body.error());
    return {};
}

}  // namespace qd::alertmanager
