#pragma once
// The process: opens the data folder, starts its roles, waits for the end, and takes all of it down again.

#include "streamd/options.hpp"

namespace qd::streamd {

/// Returns the exit code. Call from main, before any thread.
int run(const Options& options);

}  // namespace qd::streamd
