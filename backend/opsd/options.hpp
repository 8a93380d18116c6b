#pragma once
// opsd's configuration file (YAML), written by the site's supervisor or by hand:
//
//   data: /var/lib/quarterdeck          # stores go to <data>/db
//   token_file: /var/lib/quarterdeck/token
//   site_socket: /var/lib/quarterdeck/run/site.sock   # the supervisor; may be left out
//   gateway: http://127.0.0.1:8080
//   listen: 127.0.0.1:9400              # --listen wins
//   slos: [/etc/quarterdeck/slos.yaml]  # instead of the built-in ones
//   dashboards: /etc/quarterdeck/dashboards  # files beside the built-in ones; <data>/dashboards if left out
//   targets:                            # processes that no supervisor tells of
//     - {instance: gateway-1, role: gateway, version: v1, arm: "", address: 127.0.0.1:8080}
//   sources:                            # Prometheus servers that objectives name; prometheus/source.hpp
//     - {name: production, url: "https://prometheus.example.org", poll_s: 5}
//   notify:                             # where alerts go; all keys: notify/destination.hpp
//     - {name: pager, kind: alertmanager, url: "http://127.0.0.1:9093", severities: [1, 2]}

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "notify/destination.hpp"
#include "prometheus/source.hpp"
#include "slo/objective.hpp"

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
    std::vector<notify::Destination> destinations;  // of alerts
};

/// Errc::config with the line and the reason; the SLO files are read too.
core::Result<Options> load_options(const std::filesystem::path& file);
core::Result<Options> parse_options(std::string text, std::string source);

/// The objectives of a local site, compiled in from resources/slo/local.yaml.
std::string_view default_slo_document();

}  // namespace qd::opsd
