#pragma once
// The time of the presentation as it passes: the steady clock with an anchor, corrected towards the sound
// that is heard. Pure; not thread-safe.

#include <cmath>

#include "core/clock.hpp"

namespace qd::decode {

class MediaClock {
public:
    /// ffplay's figures: a smaller difference between picture and sound is not noticed; beyond the other, the
    /// timestamps are broken and following them would only make it worse.
    static constexpr core::Seconds tolerance{0.04};
    static constexpr core::Seconds nonsense{10};

    void set(core::Seconds media, core::SteadyTime now) {
        media_ = media;
        anchor_ = now;
    }
    void run(core::SteadyTime now) {
        if (!running_) anchor_ = now;
        running_ = true;
    }
    void halt(core::SteadyTime now) {
        media_ = at(now);
        anchor_ = now;
        running_ = false;
    }
    bool running() const { return running_; }
    core::Seconds at(core::SteadyTime now) const {
        return running_ ? media_ + core::Seconds(now - anchor_) : media_;
    }
    /// When it will read `media`; only while it runs.
    core::SteadyTime when(core::Seconds media) const {
        return anchor_ + std::chrono::ceil<core::SteadyTime::duration>(media - media_);
    }
    /// The sound that is heard now belongs to `heard`.
    void discipline(core::Seconds heard, core::SteadyTime now) {
        const double difference = std::abs((heard - at(now)).count());
        if (difference > tolerance.count() && difference < nonsense.count()) set(heard, now);
    }

private:
    core::Seconds media_{};
    core::SteadyTime anchor_{};
    bool running_ = false;
};

}  // namespace qd::decode
