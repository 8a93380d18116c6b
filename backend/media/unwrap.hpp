#pragma once
// Timestamps of containers that may jump (MPEG-TS: a recorder restarted, a wrap) as one continuous clock.
// Pure.

#include <optional>

namespace qd::media {

class Unwrap {
public:
    /// Jumps forward of more than this are no gaps but a new beginning; so is any step back of more than a
    /// second.
    static constexpr double jump_s = 10;
    static constexpr double step_back_s = 1;

    /// `discontinuous`: whether the container's timestamps may jump at all.
    explicit Unwrap(bool discontinuous = false) : discontinuous_(discontinuous) {}

    /// `at_s`: a frame's timestamp; nothing when it has none, which then follows the frame before.
    /// `duration_s` >= 0.
    double operator()(std::optional<double> at_s, double duration_s) {
        double result = at_s ? *at_s + offset_s_ : expected_s_;
        const double ahead_s = result - expected_s_;
        if (discontinuous_ && at_s && started_ && (ahead_s > jump_s || ahead_s < -step_back_s)) {
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
