#pragma once
// Calls of an opsd's API as a script makes them.

#include <nlohmann/json.hpp>

#include "support/opsd_site.hpp"

/// Apart from OpsdSite's own namespace, so that a test may have a call of its own of the same name.
namespace qd::test::api {

struct Answered {
    unsigned status = 0;
    nlohmann::json body;
    std::string said() const { return body.value("detail", body.dump()); }
};

/// `path` below /api/v1.
inline Answered call(OpsdSite& site, http::Method method, const std::string& path,
                     const std::string& body = {}) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers.set("Authorization", std::string("Bearer ") + token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return {response->status, nlohmann::json::parse(response->body, nullptr, false)};
}
inline Answered get(OpsdSite& site, const std::string& path) {
    return call(site, http::Method::get, path);
}
inline Answered post(OpsdSite& site, const std::string& path, const std::string& body) {
    return call(site, http::Method::post, path, body);
}

/// What the incident's timeline says of rollouts.
inline std::string rollout_marks(OpsdSite& site, const std::string& incident) {
    Answer<std::vector<incidents::Event>> answer;
    site.client->timeline(incidents::IncidentId(incident), answer.callback());
    const auto events = answer.get();
    if (!events) qFatal("%s", events.error().message.c_str());
    std::string texts;
    for (const auto& event : *events)
        if (event.kind == incidents::EventKind::rollout) texts += event.actor + ": " + event.body.text + "\n";
    return texts;
}

}  // namespace qd::test::api
