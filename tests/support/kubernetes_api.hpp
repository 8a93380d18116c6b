#pragma once
// A Kubernetes API server with Argo Rollouts on it, as far as a client can tell: list in pages, watches that
// are resumed, merge and JSON patches, the status subresource, dry runs, conflicts, RBAC and bearer tokens.

#include <QtTest>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>

#include "http/server.hpp"
#include "support/argo_simulation.hpp"
#include "support/kubernetes_store.hpp"

namespace qd::test {

class KubernetesApi {
public:
    using Json = nlohmann::json;
    struct Seen {
        std::string method, target, content_type, body, authorization;
    };

    KubernetesApi() : server_(http::ServerOptions{}) {
        store_.on_event = [this](const StoreEvent& event) { tell_watchers(event); };
        http::RouteOptions large;
        large.memory_limit_bytes = large.body_limit_bytes = 4u << 20;
        server_.fallback(
            [this](http::Request&& request, http::Responder&& responder) { responder.send(handle(request)); },
            large);
        if (!server_.start()) qFatal("no server");
    }
    ~KubernetesApi() { server_.stop(std::chrono::milliseconds(0)); }

    std::string url() const { return "http://" + server_.address(); }

    void create(const std::string& plural, Json object) {
        const std::lock_guard lock(mutex_);
        store_.create(plural, std::move(object));
    }
    void remove(const std::string& plural, const std::string& space, const std::string& name) {
        const std::lock_guard lock(mutex_);
        store_.remove(plural, space, name);
    }
    Json get(const std::string& plural, const std::string& space, const std::string& name) const {
        const std::lock_guard lock(mutex_);
        const Json* found = store_.find(plural, space, name);
        return found == nullptr ? Json() : *found;
    }
    /// Another hand patches it.
    void patch(const std::string& space, const std::string& name, const Json& merge, bool status = false) {
        const std::lock_guard lock(mutex_);
        write("rollouts", space, name, status ? "status" : "", false, [&](Json object) {
            object.merge_patch(merge);
            return object;
        });
    }
    void status_subresource(bool apart) {
        const std::lock_guard lock(mutex_);
        store_.status_subresource = apart;
    }
    /// Argo's controller runs, and answers each write at once.
    void simulate_argo() {
        const std::lock_guard lock(mutex_);
        simulated_ = true;
    }
    /// "patch rollouts/status"
    void forbid(const std::string& verb_and_resource) {
        const std::lock_guard lock(mutex_);
        forbidden_.insert(verb_and_resource);
    }
    void require_token(std::string wanted) {
        const std::lock_guard lock(mutex_);
        token_ = std::move(wanted);
    }
    /// Watches end, with half an event as their last bytes.
    void break_watches() {
        const std::lock_guard lock(mutex_);
        for (Watcher& watcher : watchers_) {
            watcher.writer->write(R"({"type":"MODIFIED","object":{"metadata":{"name":"ha)");
            watcher.writer->close();
        }
        watchers_.clear();
    }
    void send_bookmarks() {
        const std::lock_guard lock(mutex_);
        for (Watcher& watcher : watchers_) send(watcher, "BOOKMARK", bookmark());
    }
    void compact() {
        const std::lock_guard lock(mutex_);
        store_.compact();
    }
    /// Every request is answered with this from now on; 0: as usual.
    void fail_with(unsigned status) {
        const std::lock_guard lock(mutex_);
        failing_ = status;
    }
    void page_size(std::size_t most) {
        const std::lock_guard lock(mutex_);
        page_size_ = most;
    }
    std::size_t watchers() const {
        const std::lock_guard lock(mutex_);
        return watchers_.size();
    }
    /// Those that are no reading.
    std::vector<Seen> writes() const {
        const std::lock_guard lock(mutex_);
        std::vector<Seen> found;
        for (const Seen& seen : seen_)
            if (seen.method != "GET") found.push_back(seen);
        return found;
    }
    std::size_t count(const std::string& part_of_target) const {
        const std::lock_guard lock(mutex_);
        return std::size_t(std::ranges::count_if(
            seen_, [&](const Seen& seen) { return seen.target.find(part_of_target) != std::string::npos; }));
    }

private:
    struct Watcher {
        std::string plural, space;
        std::shared_ptr<http::StreamWriter> writer;
    };
    struct Target {
        std::string plural, space, name, subresource;
    };

    static std::vector<std::string> split(const std::string& path) {
        std::vector<std::string> parts;
        std::istringstream in(path);
        for (std::string part; std::getline(in, part, '/');)
            if (!part.empty()) parts.push_back(part);
        return parts;
    }
    static Target read_target(const std::string& path) {
        auto parts = split(path);
        if (parts.size() < 4 || parts[0] != "apis") throw ApiRefusal{404, "NotFound", "404 page not found"};
        parts.erase(parts.begin(), parts.begin() + 3);
        Target target;
        if (parts[0] == "namespaces" && parts.size() >= 3) {
            target.space = parts[1];
            parts.erase(parts.begin(), parts.begin() + 2);
        }
        target.plural = parts[0];
        if (parts.size() > 1) target.name = parts[1];
        if (parts.size() > 2) target.subresource = parts[2];
        return target;
    }

    http::Response handle(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        seen_.push_back({std::string(to_string(request.method)), request.target,
                         std::string(request.headers.get("Content-Type")), request.body,
                         std::string(request.headers.get("Authorization"))});
        try {
            if (failing_ != 0) throw ApiRefusal{failing_, "InternalError", "the server is not well"};
            if (!token_.empty() && seen_.back().authorization != "Bearer " + token_)
                throw ApiRefusal{401, "Unauthorized", "Unauthorized"};
            if (request.path == "/version")
                return http::Response::json(200, Json{{"gitVersion", "v1.30.2"}}.dump());
            return answer(request, read_target(request.path));
        } catch (const ApiRefusal& refusal) {
            return http::Response::json(refusal.code, refusal.status().dump());
        } catch (const Json::exception& error) {
            return http::Response::json(422, ApiRefusal{422, "Invalid", error.what()}.status().dump());
        }
    }

    http::Response review(const Json& asked) const {
        const Json& attributes = asked.at("spec").at("resourceAttributes");
        const std::string below = attributes.value("subresource", "");
        const std::string what = attributes.at("verb").get<std::string>() + " " +
                                 attributes.at("resource").get<std::string>() +
                                 (below.empty() ? "" : "/" + below);
        return http::Response::json(201, Json{{"status", {{"allowed", !forbidden_.contains(what)}}}}.dump());
    }

    http::Response answer(const http::Request& request, const Target& target) {
        const bool reading = request.method == http::Method::get;
        if (target.plural == "selfsubjectaccessreviews") return review(Json::parse(request.body));
        const bool watching = request.query.get_or("watch", "") == "true";
        std::string verb = request.method == http::Method::patch ? "patch" : "update";
        if (reading) verb = watching ? "watch" : target.name.empty() ? "list" : "get";
        const std::string what = target.plural + (target.subresource.empty() ? "" : "/" + target.subresource);
        if (forbidden_.contains(verb + " " + what))
            throw ApiRefusal{403, "Forbidden",
                             target.plural + ".argoproj.io \"" + target.name +
                                 "\" is forbidden: User \"ops\" cannot " + verb + " resource \"" + what +
                                 "\" in API group \"argoproj.io\" in the namespace \"" + target.space + "\""};
        if (watching) return watch(request, target);
        if (reading && target.name.empty()) return list(request, target);
        if (reading) {
            const Json* found = store_.find(target.plural, target.space, target.name);
            if (found == nullptr)
                throw ApiRefusal{404, "NotFound",
                                 target.plural + ".argoproj.io \"" + target.name + "\" not found"};
            return http::Response::json(200, found->dump());
        }
        const std::string type(request.headers.get("Content-Type"));
        const Json body = Json::parse(request.body);
        const Json fresh = write(target.plural, target.space, target.name, target.subresource,
                                 request.query.get_or("dryRun", "") == "All", [&](Json object) {
                                     if (verb == "update") return body;
                                     if (type == "application/json-patch+json") return object.patch(body);
                                     if (type != "application/merge-patch+json")
                                         throw ApiRefusal{415, "UnsupportedMediaType", "no such patch"};
                                     object.merge_patch(body);
                                     return object;
                                 });
        return http::Response::json(200, fresh.dump());
    }

    Json write(const std::string& plural, const std::string& space, const std::string& name,
               const std::string& subresource, bool dry_run, const std::function<Json(const Json&)>& change) {
        const Json fresh = store_.update(plural, space, name, subresource, dry_run, change);
        if (simulated_ && !dry_run && plural == "rollouts")
            store_.update(plural, space, name, store_.status_subresource ? "status" : "", false,
                          [](const Json& object) { return reconciled(object); });
        return fresh;
    }

    http::Response list(const http::Request& request, const Target& target) {
        const auto all = store_.all(target.plural, target.space);
        const std::size_t limit =
            std::min<std::size_t>(page_size_, std::stoul(request.query.get_or("limit", "500")));
        const std::size_t first = std::stoul(request.query.get_or("continue", "0"));
        Json page{{"kind", "List"}, {"metadata", {{"resourceVersion", std::to_string(store_.version())}}}};
        page["items"] = Json::array();
        for (std::size_t i = first; i < std::min(all.size(), first + limit); ++i)
            page["items"].push_back(all[i]);
        if (first + limit < all.size()) page["metadata"]["continue"] = std::to_string(first + limit);
        return http::Response::json(200, page.dump());
    }

    http::Response watch(const http::Request& request, const Target& target) {
        const std::uint64_t from = std::stoull(request.query.get_or("resourceVersion", "0"));
        http::Response response;
        response.headers.set("Content-Type", "application/json");
        response.body = http::StreamBody{[this, from, target](std::shared_ptr<http::StreamWriter> writer) {
            const std::lock_guard lock(mutex_);
            Watcher watcher{target.plural, target.space, std::move(writer)};
            if (store_.forgotten(from)) {
                send(watcher, "ERROR", ApiRefusal{410, "Expired", "too old resource version"}.status());
                watcher.writer->close();
                return;
            }
            for (const StoreEvent& event : store_.since(from, target.plural, target.space))
                send(watcher, event.kind, event.object);
            watchers_.push_back(std::move(watcher));
        }};
        return response;
    }
    Json bookmark() const { return {{"metadata", {{"resourceVersion", std::to_string(store_.version())}}}}; }
    static bool send(Watcher& watcher, const std::string& kind, const Json& object) {
        return watcher.writer->write(Json{{"type", kind}, {"object", object}}.dump() + "\n");
    }
    void tell_watchers(const StoreEvent& event) {
        std::erase_if(watchers_, [&](Watcher& watcher) {
            return KubernetesStore::matches(event, watcher.plural, watcher.space) &&
                   !send(watcher, event.kind, event.object);
        });
    }

    mutable std::mutex mutex_;
    KubernetesStore store_;
    std::vector<Watcher> watchers_;
    std::vector<Seen> seen_;
    std::set<std::string> forbidden_;
    std::string token_;
    unsigned failing_ = 0;
    bool simulated_ = false;
    std::size_t page_size_ = 500;
    http::Server server_;  // last: its threads use the others
};

}  // namespace qd::test
