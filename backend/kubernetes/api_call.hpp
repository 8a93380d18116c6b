#pragma once
// One call of the Kubernetes API as a value, and what its refusals mean.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::kubernetes {

struct Resource {
    std::string group;  // empty: the core group
    std::string version;
    std::string plural;

    bool operator==(const Resource&) const = default;
};

inline const Resource rollouts_resource{"argoproj.io", "v1alpha1", "rollouts"};
inline const Resource analysis_runs_resource{"argoproj.io", "v1alpha1", "analysisruns"};
inline const Resource replica_sets_resource{"apps", "v1", "replicasets"};

inline constexpr std::string_view merge_patch_type = "application/merge-patch+json";
inline constexpr std::string_view json_patch_type = "application/json-patch+json";

struct ApiCall {
    std::string verb = "get";  // RBAC's: get, list, watch, patch, update, create
    Resource resource;
    std::string space;  // its namespace; empty: all of them
    std::string name;   // empty: the whole collection
    std::string subresource;
    std::string query;  // encoded, without '?'
    std::string content_type;
    std::string body;
    std::string path = {};  // of no resource: "/version"; the rest then does not count

    http::Method method() const;
    /// "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status?dryRun=All"
    std::string target() const;
};

struct ApiAnswer {
    unsigned status = 0;
    std::string body;
};

/// The error behind an answer with a status of 300 or more: the server's own words, for 403 with the rule of
/// a Role that would allow it, for 404 whether the object or the whole resource is missing. 410:
/// Errc::conflict.
core::Error explain(const ApiCall& call, unsigned status, std::string_view body, std::string_view user);

}  // namespace qd::kubernetes
