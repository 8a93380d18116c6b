#pragma once
// `opsd oncall check FILE…` and `opsd oncall who [FILE…] [--at T]`: rotas read without a running opsd.

namespace qd::opsd {

/// argv[0] is "oncall". Returns the exit code: 65 when a file is no rota.
int oncall_command(int argc, char** argv);

}  // namespace qd::opsd
