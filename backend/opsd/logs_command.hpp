#pragma once
// `opsd logs`: what the processes of a site wrote about one request, asked of the running opsd.

namespace qd::opsd {

/// `argv[0]` is "logs". Returns the exit code: 1 when nothing was found.
int logs_command(int argc, char** argv);

}  // namespace qd::opsd
