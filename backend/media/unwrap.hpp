#pragma once
// Timestamps of containers that may jump (MPEG-TS: a recorder restarted, a wrap) as one continuous clock.
// Pure.

#include <cmath>
#include <optional>

namespace qd::media {

class Unwrap {
public:
    /// Jumps of more than this, in either direction, are no gaps but a new beginning.
    static constexpr double jump_s = 10;

    /// `discontinuous`: whether the container's timestamps may jump at all.
    explicit Unwrap(bool discontinuous = false) : discontinuous_(discontinuous) {}

    /// `at_s`: a frame's timestamp; nothing when it has none, which then follows the frame before.
    /// `duration_s` >= 0.
    double operator()(std::optional<double> at_s, double duration_s) {
        double result = at_s ? *at_s + offset_s_ : expected_s_;
        if (discontinuous_ && at_s && started_ && std::abs(result - expected_s_) > jump_s) {
            offset_s_ += expected_s_ - result;
            result = expected_s_;
        }
        started_ = true;
        expected_s_ = result + duration_s;
        return result;
    }

private:
    bool discontinuous_;
    bool started_ = false;
    double offset_s_ = 0;
    double expected_s_ = 0;
};

}  // namespace qd::media
