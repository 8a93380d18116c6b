#include "core/stop_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace qd::core {
namespace {

/// SIGHUP as well: a terminal that is closed is no reason to leave without draining. Who ignores it (nohup)
/// goes on ignoring it.
sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    return set;
}

}  // namespace

StopSignal::StopSignal(int lease_fd) : lease_(lease_fd) {
    std::signal(SIGPIPE, SIG_IGN);
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    requests_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!signals_ || !requests_) throw std::runtime_error("no descriptors for signals");
}

StopReason StopSignal::wait() {
    StopReason reason{};
    while (!wait_for(-1, &reason)) {
    }
    // From here on a second signal does what it does by default: it ends the process.
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    return reason;
}

bool StopSignal::wait_for(int milliseconds, StopReason* reason) {
    pollfd polled[3] = {{signals_.get(), POLLIN, 0}, {requests_.get(), POLLIN, 0}, {lease_.get(), POLLIN, 0}};
    if (::poll(polled, lease_ ? 3 : 2, milliseconds) <= 0) return false;
    StopReason found = StopReason::requested;
    if (polled[0].revents != 0) {
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != ssize_t(sizeof info)) return false;
        found = info.ssi_signo == SIGINT ? StopReason::interrupt : StopReason::terminate;
    } else if (lease_ && polled[2].revents != 0) {
        char byte = 0;
        if (::read(lease_.get(), &byte, 1) > 0) return false;
        found = StopReason::owner_gone;
    }
    if (reason != nullptr) *reason = found;
    return true;
}

void StopSignal::request() {
    const std::uint64_t one = 1;
    if (::write(requests_.get(), &one, sizeof one) < 0) return;  // already requested
}

}  // namespace qd::core
