#include "media/pacer.hpp"

#include <cmath>

namespace qd::media {
namespace {

// Containers with millisecond timestamps shift a picture by up to one.
constexpr Ticks timestamp_jitter = 180;

}  // namespace

Ticks to_ticks(double seconds) {
    return std::llround(seconds * double(ticks_per_second));
}
double to_seconds(Ticks ticks) {
    return double(ticks) / double(ticks_per_second);
}

void Pacer::offer(Ticks at, std::vector<Picture>& out) {
    if (!last_)
        at = 0;
    else if (at <= *last_)
        return;
    if (least_interval_ && last_) {
        const Ticks slot = (at + timestamp_jitter) / *least_interval_;
        if (slot <= last_slot_) return;
        last_slot_ = slot;
    }
    if (last_) extend(at, out);
    put(at, false, out);
}

void Pacer::extend(Ticks end, std::vector<Picture>& out) {
    if (!last_) return;
    while (segments_.next() + longest_delay < end) put(segments_.next(), true, out);
}

void Pacer::put(Ticks at, bool repeat, std::vector<Picture>& out) {
    const bool begins_segment = segments_.take(at);
    const bool begins_group = groups_.take(at) || begins_segment;
    out.push_back({at, begins_segment, begins_group, repeat});
    last_ = at;
}

}  // namespace qd::media
