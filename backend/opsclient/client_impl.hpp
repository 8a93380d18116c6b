#pragma once
// What calls and subscriptions of a client share. For this room's .cpp files only.

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "opsclient/client.hpp"

namespace qd::opsclient {

struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
    Impl(Endpoint given, http::Client& client, core::Executor& work, core::Random& source)
        : endpoint(std::move(given)), http(client), executor(work), random(source) {}

    using Answered = std::function<void(core::Result<http::ClientResponse>)>;

    /// Below /api/v1. `done` runs unless the client has been destroyed.
    void send(http::ClientRequest request, Answered done, int attempts_left = 2);
    http::ClientRequest request(http::Method method, const std::string& path, std::string body = {}) const;
    /// The same with an Idempotency-Key, and If-Match where a version is expected.
    http::ClientRequest write(http::Method method, const std::string& path, std::string body,
                              std::optional<std::uint64_t> expected_version = std::nullopt) const;

    /// Sends and decodes the answer's body.
    template <class T>
    void call(http::ClientRequest what, Callback<T> done,
              std::function<core::Result<T>(const std::string&)> decode) {
        send(std::move(what), [done = std::move(done), decode = std::move(decode)](auto response) {
            if (!response) return done(core::Failure(response.error()));
            auto value = decode(response->body);
            if (!value)
                return done(core::fail(core::Errc::corrupt, "opsd's answer makes no sense: {}",
                                       value.error().message));
            done(std::move(*value));
        });
    }

    const Endpoint endpoint;
    http::Client& http;
    core::Executor& executor;
    core::Random& random;
    // Held while a callback runs, which lets the destructor wait for the last one. Recursive, so that a
    // callback may destroy the client.
    std::recursive_mutex mutex;
    bool alive = true;
};

/// Of an incident, or of what lies below it ("/timeline").
inline std::string incident_path(const incidents::IncidentId& id, std::string_view below = {}) {
    return fmt::format("/incidents/{}{}", http::percent_encode(id.value), below);
}

/// Decoders take text; this makes one of a codec's from_json.
template <class T>
std::function<core::Result<T>(const std::string&)> from_json(
    core::Result<T> (*decode)(const nlohmann::json&)) {
    return [decode](const std::string& text) -> core::Result<T> {
        const auto value = nlohmann::json::parse(text, nullptr, false);
        if (value.is_discarded()) return core::fail(core::Errc::invalid_argument, "this is no JSON");
        return decode(value);
    };
}

/// The items of the list envelope.
template <class T>
std::function<core::Result<std::vector<T>>(const std::string&)> items(
    core::Result<T> (*decode)(const nlohmann::json&)) {
    return [decode](const std::string& text) -> core::Result<std::vector<T>> {
        const auto value = nlohmann::json::parse(text, nullptr, false);
        if (!value.is_object() || !value.contains("items") || !value["items"].is_array() ||
            value["items"].size() > 10'000)
            return core::fail(core::Errc::invalid_argument, "'items' is no list");
        std::vector<T> list;
        for (const auto& entry : value["items"]) {
            auto item = decode(entry);
            if (!item) return core::Failure(item.error());
            list.push_back(std::move(*item));
        }
        return list;
    };
}

}  // namespace qd::opsclient
