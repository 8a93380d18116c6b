#include "gateway/breaker.hpp"

#include <algorithm>

namespace qd::gateway {

bool Breaker::would_allow(core::SteadyTime now) const {
    return !open_ || now >= closed_until_;
}

bool Breaker::allow(core::SteadyTime now) {
    if (!would_allow(now)) return false;
    if (open_) {
        probing_ = true;
        closed_until_ = now + open_for_;  // the next probe, if this one is never heard of again
    }
    return true;
}

void Breaker::succeeded() {
    if (open_ && !probing_) return;
    failures_ = 0;
    open_ = probing_ = false;
    open_for_ = options_.open_for;
}

void Breaker::failed(core::SteadyTime now) {
    if (open_) {
        if (!probing_) return;
        probing_ = false;
        open_for_ = std::min(open_for_ * 2, options_.longest_open);
    } else if (++failures_ < options_.failures_to_open) {
        return;
    }
    open_ = true;
    closed_until_ = now + open_for_;
}

Breaker::State Breaker::state(core::SteadyTime now) const {
    if (!open_) return State::closed;
    return now >= closed_until_ ? State::half_open : State::open;
}

std::string_view to_string(Breaker::State state) {
    switch (state) {
        case Breaker::State::closed:
            return "closed";
        case Breaker::State::open:
            return "open";
        case Breaker::State::half_open:
            return "half_open";
    }
    return "closed";
}

}  // namespace qd::gateway
