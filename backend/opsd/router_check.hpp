#pragma once
// `opsd --check`, beyond the file itself: whether the routers and the cluster that it names can be reached,
// what they are, and what they let us do. Nothing is changed there.

#include <iosfwd>

#include "core/clock.hpp"
#include "core/exit_code.hpp"
#include "opsd/options.hpp"

namespace qd::opsd {

/// Writes some lines for each of them; nothing when there are none. Returns what to exit with: unavailable
/// when one of them would not work. Blocks for as long as they take, each exchange with its own deadline.
core::ExitCode check_drivers(const Options& options, const core::Clock& clock, std::ostream& out);

}  // namespace qd::opsd
