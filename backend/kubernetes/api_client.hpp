#pragma once
// Speaks to one cluster's API server.

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "kubernetes/api_call.hpp"
#include "kubernetes/credentials.hpp"

namespace qd::kubernetes {

/// Never changed once read.
using Object = std::shared_ptr<const nlohmann::json>;

struct ObjectList {
    std::vector<Object> items;
    std::string resource_version;  // to watch from
};

enum class WatchKind { added, modified, removed, bookmark };

struct WatchEvent {
    WatchKind kind = WatchKind::bookmark;
    Object object;                 // of a bookmark: only its resource version counts
    std::string resource_version;  // to go on after
};

enum class WatchEnd {
    ended,  // by the server, as it does from time to time: go on from the last event
    gone,   // it keeps no history so far back: list again
};

/// Thread-safe. All calls block and may run a credential plugin.
class ApiClient {
public:
    ApiClient(http::Client& client, Credentials& credentials);

    /// Any answer of the server; after a 401 with fresh credentials once more. An Error: there is no answer.
    core::Result<ApiAnswer> send(const ApiCall& call, std::stop_token stop = {});
    /// The object of an answer with a 2xx status; explain()'s error otherwise.
    core::Result<Object> object(const ApiCall& call, std::stop_token stop = {});
    /// All pages; when the server forgets the list half way, it begins again. At most 10,000 objects.
    core::Result<ObjectList> list(ApiCall collection, std::stop_token stop = {});
    /// Until the stream ends or is stopped. `on_open` says that the server took the request, `on_event` comes
    /// in their order; both on the client's thread. The server ends it after `length`; Errc::timeout when
    /// nothing at all came for longer than that.
    core::Result<WatchEnd> watch(ApiCall collection, const std::string& resource_version,
                                 std::chrono::seconds length, const std::function<void()>& on_open,
                                 const std::function<void(WatchEvent)>& on_event, std::stop_token stop = {});

    core::Error explain(const ApiCall& call, const ApiAnswer& answer) const;
    std::string url(const ApiCall& call) const;

private:
    core::Result<ApiAnswer> send_once(const ApiCall& call, const Identity& identity,
                                      const std::stop_token& stop, http::ClientRequest extras);

    http::Client& client_;
    Credentials& credentials_;
};

/// metadata.<key> of an object as text; empty when it is not there.
std::string metadata_text(const nlohmann::json& object, const char* key);

}  // namespace qd::kubernetes
