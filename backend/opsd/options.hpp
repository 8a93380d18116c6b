#pragma once
// opsd's configuration file (YAML), written by the site's supervisor or by hand:
//
//   data: /var/lib/quarterdeck          # stores go to <data>/db
//   token_file: /var/lib/quarterdeck/token
//   site_socket: /var/lib/quarterdeck/run/site.sock   # the supervisor; may be left out
//   gateway: http://127.0.0.1:8080
//   listen: 127.0.0.1:9400              # --listen wins
//   settings: /var/lib/quarterdeck/opsd.yaml  # a person's own file: where it is there, the keys below stand
//   in
//                                       # it instead, and only `slos` may be in both
//   slos: [/etc/quarterdeck/slos.yaml]  # instead of the built-in ones
//   dashboards: /etc/quarterdeck/dashboards  # files beside the built-in ones; <data>/dashboards if left out
//   targets:                            # processes that no supervisor tells of
//     - {instance: gateway-1, role: gateway, version: v1, arm: "", address: 127.0.0.1:8080}
//   sources:                            # Prometheus servers that objectives name; prometheus/source.hpp
//     - {name: production, url: "https://prometheus.example.org", poll_s: 5}
//   rotas: [/etc/quarterdeck/rotas]     # who is on call: files and folders; <data>/rotas if left out;
//                                       # oncall/rota_file.hpp
//   runbooks: [/etc/quarterdeck/runbooks]  # the same, beside the built-in ones; runbooks/runbook_file.hpp
//   postmortem_templates: /etc/quarterdeck/postmortems  # *.md; <data>/postmortem-templates if left out
//   notify:                             # where messages go; all keys: notify/destination.hpp
//     - {name: pager, kind: alertmanager, url: "http://127.0.0.1:9093", severities: [1, 2]}
//   alertmanagers:                      # whose alerts and silences are read; alertmanager/client.hpp
//     - {name: pager, url: "http://127.0.0.1:9093", poll_s: 15}
//   rollouts: {read_only: false, freeze: […], calendar: […], calendar_files: […]}  # rollout_policy.hpp
//   routers: [{name: edge, kind: haproxy, …}]  # what else splits traffic for rollouts; router_settings.hpp
//   argo: {context: production, namespaces: [shop], …}  # a cluster's Argo Rollouts; kubernetes/settings.hpp
//   silence_warning_s: 300              # so long before a silence ends that keeps alerts quiet: 0 to 86400
//   status_templates: …, status_cadence_min: …  # words and rhythm of status updates; status/settings.hpp

#include <filesystem>
#include <string>
#include <vector>

#include "alertmanager/client.hpp"
#include "core/result.hpp"
#include "kubernetes/settings.hpp"
#include "notify/destination.hpp"
#include "opsd/rollout_settings.hpp"
#include "opsd/router_settings.hpp"
#include "prometheus/source.hpp"
#include "slo/objective.hpp"
#include "status/settings.hpp"

namespace qd::opsd {

struct StaticTarget {
    std::string instance;
    std::string role;
    std::string version;
    std::string arm;
    std::string address;  // "127.0.0.1:8080"; its metrics are at /metrics

    bool operator==(const StaticTarget&) const = default;
};

struct Options {
    std::filesystem::path data;
    std::filesystem::path token_file;
    std::filesystem::path site_socket;  // empty: no supervisor
    std::filesystem::path dashboards;   // a folder that may be missing
    std::string gateway;
    std::string listen = "127.0.0.1:0";
    std::string instance = "opsd-1";
    std::string version_label = "dev";
    std::vector<slo::Objective> objectives;
    std::vector<StaticTarget> targets;
    std::vector<prometheus::SourceOptions> sources;
    std::vector<notify::Destination> destinations;  // of messages
    std::vector<alertmanager::Options> alertmanagers;
    std::chrono::seconds silence_warning{300};
    status::Settings status;
    std::vector<std::filesystem::path> rotas;     // files and folders; each may be missing
    std::vector<std::filesystem::path> runbooks;  // the same, beside the built-in ones
    RolloutSettings rollouts;
    std::vector<haproxy::Options> routers;
    std::optional<kubernetes::ArgoSettings> argo;
    std::filesystem::path postmortem_templates;   // a team's own; a folder that may be missing
};

/// Errc::config with the line and the reason; the SLO files are read too.
core::Result<Options> load_options(const std::filesystem::path& file);
core::Result<Options> parse_options(std::string text, std::string source);

/// The objectives of a local site, compiled in from resources/slo/local.yaml.
std::string_view default_slo_document();

}  // namespace qd::opsd
