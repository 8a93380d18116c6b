#pragma once
// Why and when a program ends: SIGINT, SIGTERM, or the end of its owner (the lease pipe's other end closed).

#include <functional>
#include <thread>

#include "core/files.hpp"

namespace qd::core {

enum class StopReason { interrupt, terminate, owner_gone, requested };

/// Construct first thing in main, before any thread: it blocks SIGINT, SIGTERM and SIGHUP for all threads
/// that follow and ignores SIGPIPE. With `lease_fd` >= 0 the end of file on that descriptor is a stop as
/// well.
class StopSignal {
public:
    explicit StopSignal(int lease_fd = -1);

    /// Blocks until there is a reason to stop. A second such signal after that ends the process at once.
    StopReason wait();
    /// wait() with a limit; true when there is a reason to stop.
    bool wait_for(int milliseconds, StopReason* reason = nullptr);
    /// Makes wait() return; from any thread.
    void request();

private:
    UniqueFd signals_;
    UniqueFd requests_;
    UniqueFd lease_;
};

}  // namespace qd::core
