#pragma once
// `opsd incident …`: the incidents of a site's folder, read where they lie, with no opsd or beside a running
// one.
//
//   opsd incident list [--data DIR] [--open] [--json]    one a line, as GET /incidents orders them
//   opsd incident show ID [--data DIR] [--json]          what is true now, then the timeline
//   opsd incident verify [ID] [--data DIR]               whether the journal is as it was written

namespace qd::opsd {

/// `argv[0]` is "incident". Returns the exit code: 0, 1 no such incident, 64 usage, 65 a journal that was
/// altered, cut off or makes no sense (stderr names the first bad row of each incident), 74 I/O.
int incident_command(int argc, char** argv);

}  // namespace qd::opsd
