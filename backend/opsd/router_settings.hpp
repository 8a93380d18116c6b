#pragma once
// The routers beside the gateway that rollouts may name as their `driver`, as opsd's configuration says:
//
//   routers:
//   - {name: edge, kind: haproxy, socket: /run/haproxy/admin.sock, backend: streams, stable: [s1, s2],
//      canary: [c1], versions: {s1: v1, s2: v1, c1: v2}}     # all keys: haproxy/options.hpp

#include <vector>

#include "core/config.hpp"
#include "haproxy/options.hpp"

namespace qd::opsd {

/// The sequence under `routers`, at most 16, whose names differ; errors are the reader's.
std::vector<haproxy::Options> read_routers(core::ConfigReader& reader);

}  // namespace qd::opsd
