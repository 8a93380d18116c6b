#include "media/pacer.hpp"

namespace qd::media {
namespace {

// Containers with millisecond timestamps shift a picture by up to one.
constexpr Ticks timestamp_jitter = 180;

}  // namespace

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
    const bool begins_segment = at + rounding >= next_boundary_;
    if (begins_segment) next_boundary_ = ((at + rounding) / segment_ + 1) * segment_;
    out.push_back({at, begins_segment, false});
    last_ = at;
}

void Pacer::extend(Ticks end, std::vector<Picture>& out) {
    if (!last_) return;
    while (next_boundary_ + longest_delay < end) {
        out.push_back({next_boundary_, true, true});
        last_ = next_boundary_;
        next_boundary_ += segment_;
    }
}

}  // namespace qd::media
