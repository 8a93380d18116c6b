#pragma once
// `opsd slo …`: SLO definitions checked and converted, without a site.
//
//   opsd slo check FILE...      what each file holds, on stdout; "file:line: reason" on stderr
//   opsd slo export --to prometheus|grafana|openslo|prometheus-tests FILE... [--output PATH]
//   opsd slo replay FILE... --from T [--to T] [--data DIR]   slo_replay_command.hpp
//
// Files are our own, OpenSLO v1 or Pyrra's, by what they say.

namespace qd::opsd {

/// `argv[0]` is "slo". Returns the exit code: 0, 64 usage, 65 a file that is refused or a definition that the
/// format cannot say, 74 I/O.
int slo_command(int argc, char** argv);

}  // namespace qd::opsd
