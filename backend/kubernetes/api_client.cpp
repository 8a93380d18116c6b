#include "kubernetes/api_client.hpp"

#include <condition_variable>
#include <mutex>

#include "core/json_fields.hpp"
#include "kubernetes/watch_decoder.hpp"

namespace qd::kubernetes {
namespace {

using core::Errc;
using core::fail;
using core::Result;
using nlohmann::json;

constexpr std::size_t most_objects = 10'000;
constexpr int page_size = 500;
constexpr int most_restarts = 3;
constexpr std::uint64_t most_answer_bytes = 64u << 20;

void add_query(ApiCall& call, const std::string& more) {
    call.query += (call.query.empty() ? "" : "&") + more;
}

/// Sends and waits; a stop cancels the transfer.
Result<http::ClientResponse> fetch_stoppable(http::Client& client, http::ClientRequest request,
                                             const std::stop_token& stop) {
    struct State {
        std::mutex mutex;
        std::condition_variable wake;
        std::optional<Result<http::ClientResponse>> response;
    };
    const auto state = std::make_shared<State>();
    const auto ticket = client.send(std::move(request), [state](Result<http::ClientResponse> response) {
        const std::lock_guard lock(state->mutex);
        state->response.emplace(std::move(response));
        state->wake.notify_all();
    });
    const std::stop_callback cancel(stop, [&] { client.cancel(ticket); });
    std::unique_lock lock(state->mutex);
    state->wake.wait(lock, [&] { return state->response.has_value(); });
    return std::move(*state->response);
}

}  // namespace

std::string metadata_text(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto metadata = object.find("metadata");
    if (metadata == object.end() || !metadata->is_object()) return {};
    const auto at = metadata->find(key);
    return at != metadata->end() && at->is_string() ? at->get<std::string>() : std::string();
}

ApiClient::ApiClient(http::Client& client, Credentials& credentials)
    : client_(client), credentials_(credentials) {}

std::string ApiClient::url(const ApiCall& call) const {
    return credentials_.access().server + call.target();
}

core::Error ApiClient::explain(const ApiCall& call, const ApiAnswer& answer) const {
    return kubernetes::explain(call, answer.status, answer.body, credentials_.access().user);
}

Result<ApiAnswer> ApiClient::send_once(const ApiCall& call, const Identity& identity,
                                       const std::stop_token& stop, http::ClientRequest request) {
    request.method = call.method();
    request.url = url(call);
    request.tls = identity.tls;
    request.body = call.body;
    request.headers.set("Accept", "application/json");
    if (!call.content_type.empty()) request.headers.set("Content-Type", call.content_type);
    if (!identity.token.empty()) request.headers.set("Authorization", "Bearer " + identity.token);
    request.max_body_bytes = most_answer_bytes;
    request.connect_timeout = std::chrono::seconds(5);
    auto response = fetch_stoppable(client_, std::move(request), stop);
    if (!response) return core::Failure(response.error());
    return ApiAnswer{response->status, std::move(response->body)};
}

Result<ApiAnswer> ApiClient::send(const ApiCall& call, std::stop_token stop) {
    for (bool again = true;; again = false) {
        const auto identity = credentials_.current(stop);
        if (!identity) return core::Failure(identity.error());
        auto answer = send_once(call, *identity, stop, {});
        if (!again || !answer || answer->status != 401 || !credentials_.forget(*identity)) return answer;
    }
}

Result<Object> ApiClient::object(const ApiCall& call, std::stop_token stop) {
    const auto answer = send(call, stop);
    if (!answer) return core::Failure(answer.error());
    if (answer->status < 200 || answer->status >= 300) return core::Failure(explain(call, *answer));
    auto value = core::parse_json(answer->body, most_answer_bytes);
    if (!value || !value->is_object())
        return fail(Errc::unavailable, "{} answered with no JSON object", url(call));
    return std::make_shared<const json>(std::move(*value));
}

Result<ObjectList> ApiClient::list(ApiCall collection, std::stop_token stop) {
    collection.verb = "list";
    ObjectList list;
    std::string continuation;
    for (int restarts = 0;;) {
        ApiCall page = collection;
        add_query(page, fmt::format("limit={}", page_size));
        if (!continuation.empty()) add_query(page, "continue=" + http::percent_encode(continuation));
        const auto answer = send(page, stop);
        if (!answer) return core::Failure(answer.error());
        if (answer->status == 410 && !continuation.empty() && ++restarts <= most_restarts) {
            list = {};
            continuation.clear();
            continue;
        }
        if (answer->status != 200) return core::Failure(explain(page, *answer));
        auto value = core::parse_json(answer->body, most_answer_bytes);
        if (!value || !value->is_object() || !value->contains("items") || !(*value)["items"].is_array())
            return fail(Errc::unavailable, "{} answered with no list", url(page));
        for (json& item : (*value)["items"])
            list.items.push_back(std::make_shared<const json>(std::move(item)));
        if (list.items.size() > most_objects)
            return fail(Errc::too_large, "there are more than {} {}: name the namespaces that matter",
                        most_objects, collection.resource.plural);
        list.resource_version = metadata_text(*value, "resourceVersion");
        continuation = metadata_text(*value, "continue");
        if (continuation.empty()) return list;
    }
}

Result<WatchEnd> ApiClient::watch(ApiCall collection, const std::string& resource_version,
                                  std::chrono::seconds length, const std::function<void()>& on_open,
                                  const std::function<void(WatchEvent)>& on_event, std::stop_token stop) {
    collection.verb = "watch";
    add_query(collection,
              fmt::format("watch=true&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}",
                          length.count(), http::percent_encode(resource_version)));
    for (bool again = true;; again = false) {
        const auto identity = credentials_.current(stop);
        if (!identity) return core::Failure(identity.error());
        WatchDecoder decoder;
        ApiAnswer refused;
        http::ClientRequest extras;
        extras.timeout = {};
        extras.stall_timeout = length + std::chrono::seconds(15);
        extras.on_head = [&](unsigned status, const http::Headers&) {
            refused.status = status;
            if (status == 200) on_open();
        };
        extras.on_data = [&](std::string_view bytes) {
            if (refused.status != 200) {
                refused.body.append(
                    bytes.substr(0, (64u << 10) - std::min<std::size_t>(refused.body.size(), 64u << 10)));
                return true;
            }
            return decoder.take(bytes, on_event);
        };
        const auto answer = send_once(collection, *identity, stop, std::move(extras));
        if (decoder.gone()) return WatchEnd::gone;
        if (decoder.error()) return core::Failure(*decoder.error());
        if (!answer) return core::Failure(answer.error());
        if (answer->status == 410) return WatchEnd::gone;
        if (answer->status == 200) return WatchEnd::ended;
        if (answer->status == 401 && again && credentials_.forget(*identity)) continue;
        return core::Failure(explain(collection, refused));
    }
}

}  // namespace qd::kubernetes
