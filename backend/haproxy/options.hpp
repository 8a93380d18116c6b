#pragma once
// How a HAProxy is set up for rollouts, as opsd's configuration says it:
//
//   name: haproxy
//   kind: haproxy
//   socket: /run/haproxy/admin.sock     # or HOST:PORT; with `level admin`
//   backend: streams                    # `balance` with weights that may change: roundrobin, leastconn, …
//   stable: [s1, s2]                    # servers of that backend
//   canary: [c1]
//   baseline: []
//   versions: {s1: v1, s2: v1, c1: v2}  # what is deployed where: HAProxy does not know it, and starts
//   nothing versions_file: /etc/quarterdeck/streams.yaml   # instead: such a mapping, read again each time it
//   is needed affinity: none                      # none | hash | cookie: what keeps a session on its server
//   header_maps:                        # map files that its `use-server … map_str` or `map_beg` rules read
//     - {header: X-Canary, match: exact, file: /etc/haproxy/canary.map}

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "traffic/plan.hpp"

namespace qd::haproxy {

enum class Affinity { none, hash, cookie };

struct HeaderMap {
    std::string header;
    traffic::MatchKind match = traffic::MatchKind::exact;  // exact (map_str) | prefix (map_beg)
    std::string file;                                      // as HAProxy's configuration names it

    bool operator==(const HeaderMap&) const = default;
};

/// Server -> version that is deployed on it.
using Labels = std::map<std::string, std::string>;

struct Options {
    std::string name = "haproxy";
    std::string socket;
    std::string backend;
    std::vector<std::string> stable, canary, baseline;  // at most 100 together
    Labels versions;                                    // of all of them, unless there is a file
    std::filesystem::path versions_file;                // empty: `versions` is what counts
    Affinity affinity = Affinity::none;
    std::vector<HeaderMap> header_maps;        // at most 16
    std::chrono::milliseconds timeout{2'000};  // of one exchange

    bool operator==(const Options&) const = default;
};

/// Reads one mapping of `routers`, with its `name` and `kind`, and finishes the reader. Errc::config with
/// file and line.
core::Result<Options> read_options(core::ConfigReader& reader);

/// The version of every server, from the file where there is one. Errc::config with file and line when it
/// says nothing of one of them, or something of another. Thread-safe; reads the file.
core::Result<Labels> read_labels(const Options& options);

}  // namespace qd::haproxy
