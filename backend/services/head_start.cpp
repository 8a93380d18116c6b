#include "services/head_start.hpp"

namespace qd::services {
namespace {

constexpr double pace_kept = 0.7;  // a machine gets busier than it was, and the audience that comes costs too

}  // namespace

bool has_head_start(const EncodePace& pace) {
    if (pace.duration <= core::Seconds(0) || pace.published >= pace.duration) return true;
    if (pace.published <= core::Seconds(0)) return false;
    if (pace.elapsed <= core::Seconds(0)) return true;
    // At s seconds the viewer is at s and the encoder at published + speed * s. It ends at the duration, and
    // until then a speed below 1 lets the viewer come nearer: what is there must make up for that.
    const double speed = pace_kept * (pace.published / pace.elapsed);
    return speed >= 1 || pace.published >= (1 - speed) * pace.duration;
}

}  // namespace qd::services
