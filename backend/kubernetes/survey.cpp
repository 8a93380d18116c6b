#include "kubernetes/survey.hpp"

#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "kubernetes/lenient.hpp"

namespace qd::kubernetes {
namespace {

using lenient::at;
using nlohmann::json;

const Resource access_reviews{"authorization.k8s.io", "v1", "selfsubjectaccessreviews"};

/// Everything that the controller asks for; the last ones only where it acts.
std::vector<ApiCall> wanted_calls(const std::string& space, bool read_only) {
    std::vector<ApiCall> calls;
    const auto want = [&](const Resource& resource, const char* verb, const char* subresource = "") {
        ApiCall call;
        call.verb = verb;
        call.resource = resource;
        call.space = space;
        call.subresource = subresource;
        calls.push_back(std::move(call));
    };
    want(rollouts_resource, "list");
    want(rollouts_resource, "watch");
    want(analysis_runs_resource, "list");
    want(analysis_runs_resource, "watch");
    if (read_only) return calls;
    want(rollouts_resource, "get");
    want(rollouts_resource, "patch");
    want(rollouts_resource, "patch", "status");
    want(replica_sets_resource, "list");
    return calls;
}

ApiCall review_of(const ApiCall& wanted) {
    json attributes{
        {"verb", wanted.verb}, {"group", wanted.resource.group}, {"resource", wanted.resource.plural}};
    if (!wanted.space.empty()) attributes["namespace"] = wanted.space;
    if (!wanted.subresource.empty()) attributes["subresource"] = wanted.subresource;
    ApiCall review;
    review.verb = "create";
    review.resource = access_reviews;
    review.content_type = "application/json";
    review.body = core::dump_json(json{{"apiVersion", "authorization.k8s.io/v1"},
                                       {"kind", "SelfSubjectAccessReview"},
                                       {"spec", {{"resourceAttributes", attributes}}}});
    return review;
}

std::string words_of(const ApiCall& call) {
    return call.verb + " " + call.resource.plural + (call.subresource.empty() ? "" : "/" + call.subresource);
}

/// In the words of the refusal that it would be.
std::string refusal_of(const ApiClient& api, const ApiCall& wanted, const json& review) {
    const std::string reason = lenient::text(at(at(review, "status"), "reason"));
    const json status{{"kind", "Status"}, {"message", reason.empty() ? "it is not allowed" : reason}};
    return api.explain(wanted, {403, core::dump_json(status)}).message;
}

void review(ApiClient& api, const std::string& space, bool read_only, ClusterSurvey& found) {
    std::string allowed;
    for (const ApiCall& wanted : wanted_calls(space, read_only)) {
        const auto answer = api.object(review_of(wanted));
        if (!answer) return found.troubles.push_back(answer.error().message);
        if (lenient::flag(at(at(**answer, "status"), "allowed")))
            allowed += (allowed.empty() ? "" : ", ") + words_of(wanted);
        else
            found.troubles.push_back(refusal_of(api, wanted, **answer));
    }
    found.allowed.push_back(fmt::format("{}: {}", space.empty() ? "all namespaces" : space,
                                        allowed.empty() ? "nothing" : allowed));
}

}  // namespace

core::Result<ClusterSurvey> survey(ApiClient& api, const ArgoOptions& options) {
    ClusterSurvey found;
    ApiCall version;
    version.path = "/version";
    const auto told = api.send(version);
    if (!told) return core::Failure(told.error());
    if (const auto value = core::parse_json(told->body); told->status == 200 && value)
        found.version = lenient::text(at(*value, "gitVersion"));
    const auto names = options.namespaces.empty() ? std::vector<std::string>{""} : options.namespaces;
    for (const std::string& space : names) {
        ApiCall list;
        list.verb = "list";
        list.resource = rollouts_resource;
        list.space = space;
        list.query = "limit=1";
        // Tells a cluster without Argo Rollouts, which an access review does not.
        const auto answer = api.send(list);
        if (!answer) return core::Failure(answer.error());
        if (answer->status != 200 && answer->status != 403) return core::Failure(api.explain(list, *answer));
        review(api, space, options.read_only, found);
    }
    return found;
}

}  // namespace qd::kubernetes
