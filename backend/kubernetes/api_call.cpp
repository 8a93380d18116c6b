#include "kubernetes/api_call.hpp"

#include "core/json_fields.hpp"

namespace qd::kubernetes {
namespace {

using core::Errc;

struct StatusObject {
    std::string message, reason;
    std::string causes;
};

StatusObject read_status_object(std::string_view body) {
    StatusObject read;
    const auto value = core::parse_json(body, 1u << 20);
    if (!value || !value->is_object()) return read;
    core::JsonFields fields(*value);
    if (fields.text("kind", 100) != "Status") return read;
    read.message = fields.text("message", 4'000);
    read.reason = fields.text("reason", 100);
    core::JsonFields details(fields.object("details"));
    for (const nlohmann::json& entry : details.array("causes", 100)) {
        core::JsonFields cause(entry);
        if (!read.causes.empty()) read.causes += "; ";
        read.causes += cause.text("field", 500) + ": " + cause.text("message", 2'000);
        if (read.causes.size() > 4'000) break;
    }
    return read;
}

std::string whole_resource(const ApiCall& call) {
    return call.subresource.empty() ? call.resource.plural : call.resource.plural + "/" + call.subresource;
}

std::string what_for(const ApiCall& call) {
    std::string text = call.verb + " " + whole_resource(call);
    if (!call.name.empty()) text += " " + call.name;
    return text + (call.space.empty() ? " in all namespaces" : " in namespace " + call.space);
}

std::string allowing_rule(const ApiCall& call) {
    const std::string rule = fmt::format(R"({{apiGroups: ["{}"], resources: ["{}"], verbs: ["{}"]}})",
                                         call.resource.group, whole_resource(call), call.verb);
    if (call.space.empty()) return "A ClusterRole with the rule " + rule + ", bound to it, would allow this";
    return fmt::format("A Role in namespace {} with the rule {}, bound to it, would allow this", call.space,
                       rule);
}

}  // namespace

http::Method ApiCall::method() const {
    if (verb == "patch") return http::Method::patch;
    if (verb == "update") return http::Method::put;
    if (verb == "create") return http::Method::post;
    return http::Method::get;
}

std::string ApiCall::target() const {
    if (!path.empty()) return path;
    std::string text =
        resource.group.empty() ? "/api/" : "/apis/" + http::percent_encode(resource.group) + "/";
    text += resource.version;
    if (!space.empty()) text += "/namespaces/" + http::percent_encode(space);
    text += "/" + resource.plural;
    if (!name.empty()) text += "/" + http::percent_encode(name);
    if (!subresource.empty()) text += "/" + subresource;
    if (!query.empty()) text += "?" + query;
    return text;
}

core::Error explain(const ApiCall& call, unsigned status, std::string_view body, std::string_view user) {
    const StatusObject said = read_status_object(body);
    const std::string message = said.message.empty() ? fmt::format("status {}", status) : said.message;
    const auto error = [&](Errc code, std::string_view more) {
        return core::Error{code, fmt::format("Kubernetes refuses to {}: {}{}{}", what_for(call), message,
                                             more.empty() ? "" : ". ", more)};
    };
    switch (status) {
        case 401:
            return error(
                Errc::unauthenticated,
                fmt::format("The token or certificate of '{}' is not accepted: is it expired?", user));
        case 403:
            return error(Errc::permission_denied, allowing_rule(call));
        case 404:
            // Without the kind of object the server has no Status, or one of the path rather than of a name.
            if (said.message.empty() ||
                said.message.find("could not find the requested resource") != std::string::npos)
                return error(
                    Errc::not_found,
                    fmt::format("Either this server has no {}.{} (is Argo Rollouts installed?), or not this "
                                "subresource",
                                call.resource.plural, call.resource.group));
            return error(Errc::not_found, "");
        case 409:
            return error(Errc::conflict,
                         "Somebody else changed it meanwhile: look at it again before acting");
        case 410:
            return error(Errc::conflict, "The server keeps no history so far back");
        case 422:
            return error(Errc::unprocessable, said.causes);
        default:
            return error(status >= 500 ? Errc::unavailable : core::from_http_status(status), "");
    }
}

}  // namespace qd::kubernetes
