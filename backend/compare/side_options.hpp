#pragma once
// What is compared, and with what.

#include <string>

#include "compare/side.hpp"
#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "player/session.hpp"

namespace qd::compare {

struct SideOptions {
    std::string name;  // "stable"
    std::string url;
    player::SessionOptions session;  // locked_level and start_at are set by the comparison
};

/// Each side has a transport of its own: connections are not shared. All outlive the comparison.
struct CompareServices {
    player::Transport& transport_a;
    player::Transport& transport_b;
    core::Executor& executor;
    const core::Clock& clock;
    core::Random& random;

    player::Transport& transport(Side side) const { return side == Side::a ? transport_a : transport_b; }
};

}  // namespace qd::compare
