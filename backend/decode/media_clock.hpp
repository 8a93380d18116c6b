#pragma once
// The time of the presentation as it passes: the steady clock times a rate, with an anchor, drawn towards the
// sound that is heard. Pure; not thread-safe.

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/clock.hpp"

namespace qd::decode {

class MediaClock {
public:
    /// ffplay's figures: beyond the first, picture and sound are visibly apart and the clock jumps; beyond
    /// the other, the timestamps are broken and following them would only make it worse.
    static constexpr core::Seconds tolerance{0.04};
    static constexpr core::Seconds nonsense{10};
    /// Within the tolerance the clock closes in on the sound with this time constant: slowly enough that the
    /// steps in which a device reports do not shake the picture, and a device whose clock is off by a
    /// thousandth stays within half a millisecond.
    static constexpr core::Seconds settling{0.5};

    void set(core::Seconds media, core::SteadyTime now) {
        media_ = media;
        anchor_ = now;
        disciplined_.reset();
    }
    void run(core::SteadyTime now) {
        if (!running_) anchor_ = now;
        running_ = true;
    }
    void halt(core::SteadyTime now) {
        media_ = at(now);
        anchor_ = now;
        running_ = false;
        disciplined_.reset();
    }
    /// Media seconds for each second of the steady clock, > 0.
    void set_rate(double rate, core::SteadyTime now) {
        if (rate == rate_) return;
        media_ = at(now);
        anchor_ = now;
        rate_ = rate;
    }
    double rate() const { return rate_; }
    bool running() const { return running_; }
    core::Seconds at(core::SteadyTime now) const {
        return running_ ? media_ + rate_ * core::Seconds(now - anchor_) : media_;
    }
    /// When it will read `media`; only while it runs.
    core::SteadyTime when(core::Seconds media) const {
        return anchor_ + std::chrono::ceil<core::SteadyTime::duration>((media - media_) / rate_);
    }
    /// The sound that is heard now belongs to `heard`.
    void discipline(core::Seconds heard, core::SteadyTime now) {
        const core::Seconds reading = at(now);
        const core::Seconds difference = heard - reading;
        const double apart = std::abs(difference.count()) / rate_;
        if (apart >= nonsense.count()) return;
        if (apart > tolerance.count()) {
            set(heard, now);
        } else {
            const core::Seconds since = disciplined_ ? core::Seconds(now - *disciplined_) : core::Seconds(0);
            media_ = reading + difference * (1 - std::exp(-std::max(since, core::Seconds(0)) / settling));
            anchor_ = now;
        }
        disciplined_ = now;
    }

private:
    core::Seconds media_{};
    core::SteadyTime anchor_{};
    double rate_ = 1;
    bool running_ = false;
    std::optional<core::SteadyTime> disciplined_;
};

}  // namespace qd::decode
