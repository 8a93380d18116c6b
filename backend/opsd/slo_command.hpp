#pragma once
// `opsd slo …`: SLO definitions checked and converted, without a site.
//
//   opsd slo check FILE...      what each file holds, on stdout; "file:line: reason" on stderr
//   opsd slo export --from FILE... --format openslo|prometheus|prometheus-tests|grafana [--to FILE]
//   opsd slo replay FILE... --from T [--to T] [--data DIR]   slo_replay_command.hpp
//
// Files are our own, OpenSLO v1 or Pyrra's, by what they say.

namespace qd::opsd {

/// `argv[0]` is "slo". Returns the exit code: 0, 64 usage, 65 a definition that the format cannot say, 74
/// I/O, 78 a file that is refused.
int slo_command(int argc, char** argv);

}  // namespace qd::opsd
