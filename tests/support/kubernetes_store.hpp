#pragma once
// Objects as a Kubernetes API server keeps them: one counter of versions, optimistic conflicts, a status
// subresource that is apart, generations that count changes of the rest, and a history that watches resume
// from.

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace qd::test {

/// An answer that is a Status object.
struct ApiRefusal {
    unsigned code = 400;
    std::string reason, message;

    nlohmann::json status() const {
        return {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", nlohmann::json::object()},
                {"status", "Failure"}, {"message", message}, {"reason", reason},
                {"code", code}};
    }
};

struct StoreEvent {
    std::uint64_t version = 0;
    std::string kind;  // ADDED, MODIFIED, DELETED
    std::string plural;
    nlohmann::json object;
};

class KubernetesStore {
public:
    using Json = nlohmann::json;

    bool status_subresource = true;  // of rollouts
    std::function<void(const StoreEvent&)> on_event;

    /// Creates it, as if its author had posted it and its controller had written the status.
    void create(const std::string& plural, Json object) {
        auto& metadata = object["metadata"];
        if (!metadata.contains("uid")) metadata["uid"] = "uid-" + std::to_string(version_ + 1);
        if (!metadata.contains("generation")) metadata["generation"] = 1;
        keep("ADDED", plural, std::move(object));
    }
    void remove(const std::string& plural, const std::string& space, const std::string& name) {
        const auto at = objects_.find({plural, space, name});
        if (at == objects_.end()) return;
        Json object = at->second;
        objects_.erase(at);
        record("DELETED", plural, std::move(object));
    }
    const Json* find(const std::string& plural, const std::string& space, const std::string& name) const {
        const auto at = objects_.find({plural, space, name});
        return at == objects_.end() ? nullptr : &at->second;
    }
    std::vector<Json> all(const std::string& plural, const std::string& space) const {
        std::vector<Json> found;
        for (const auto& [key, object] : objects_)
            if (key[0] == plural && (space.empty() || key[1] == space)) found.push_back(object);
        return found;
    }

    /// What the object becomes by `change`, put through the rules for the main resource or its status.
    Json update(const std::string& plural, const std::string& space, const std::string& name,
                const std::string& subresource, bool dry_run,
                const std::function<Json(const Json&)>& change) {
        const bool apart = plural == "rollouts" && status_subresource;
        const Json* found = find(plural, space, name);
        if (found == nullptr)
            throw ApiRefusal{404, "NotFound", plural + ".argoproj.io \"" + name + "\" not found"};
        if (!subresource.empty() && (subresource != "status" || !apart))
            throw ApiRefusal{404, "NotFound", "the server could not find the requested resource"};
        const Json old = *found;
        Json asked = change(old);
        const Json& version = asked["metadata"]["resourceVersion"];
        if (version.is_string() && version != old["metadata"]["resourceVersion"])
            throw ApiRefusal{
                409, "Conflict",
                "Operation cannot be fulfilled on " + plural + " \"" + name +
                    "\": the object has been modified; please apply your changes to the latest version"};
        Json fresh = asked;
        if (subresource == "status") {
            fresh = old;
            put(fresh, "status", asked);
        } else if (apart) {
            put(fresh, "status", old);
        }
        fresh["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"];
        fresh["metadata"]["generation"] = old["metadata"]["generation"];
        fresh["metadata"]["uid"] = old["metadata"]["uid"];
        if (fresh.value("spec", Json()) != old.value("spec", Json()))
            fresh["metadata"]["generation"] = old["metadata"]["generation"].get<int>() + 1;
        if (fresh == old || dry_run) return fresh;
        return keep("MODIFIED", plural, std::move(fresh));
    }

    std::uint64_t version() const { return version_; }
    /// The history up to now is forgotten: a watch from before gets 410.
    void compact() {
        history_.clear();
        compacted_ = version_;
    }
    bool forgotten(std::uint64_t version) const { return version < compacted_; }
    std::vector<StoreEvent> since(std::uint64_t version, const std::string& plural,
                                  const std::string& space) const {
        std::vector<StoreEvent> events;
        for (const StoreEvent& event : history_)
            if (event.version > version && matches(event, plural, space)) events.push_back(event);
        return events;
    }
    static bool matches(const StoreEvent& event, const std::string& plural, const std::string& space) {
        return event.plural == plural &&
               (space.empty() || event.object["metadata"].value("namespace", "") == space);
    }

private:
    static void put(Json& into, const char* key, const Json& from) {
        into.erase(key);
        if (from.contains(key)) into[key] = from[key];
    }
    Json keep(const std::string& kind, const std::string& plural, Json object) {
        object["metadata"]["resourceVersion"] = std::to_string(version_ + 1);
        const auto& metadata = object["metadata"];
        objects_[{plural, metadata.value("namespace", ""), metadata.value("name", "")}] = object;
        record(kind, plural, object);
        return object;
    }
    void record(const std::string& kind, const std::string& plural, Json object) {
        object["metadata"]["resourceVersion"] = std::to_string(++version_);
        history_.push_back({version_, kind, plural, std::move(object)});
        if (on_event) on_event(StoreEvent(history_.back()));
    }

    std::map<std::array<std::string, 3>, Json> objects_;
    std::deque<StoreEvent> history_;
    std::uint64_t version_ = 100;
    std::uint64_t compacted_ = 0;
};

}  // namespace qd::test
