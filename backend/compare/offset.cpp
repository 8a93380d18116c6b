#include "compare/offset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace qd::compare {
namespace {

using core::Seconds;

constexpr std::size_t most_frames = 300;
constexpr std::size_t enough_codes = 6;
constexpr std::size_t enough_pictures = 8;
constexpr Seconds furthest_code{60};
constexpr double same_rate = 0.02;
// The pictures must be clearly more alike than where they stand: a still picture is alike everywhere.
constexpr double clearly_better = 0.6;
constexpr double better_by = 0.5;
// … and so alike as only the same picture in two encodings is.
constexpr double alike = 4;
// Judged by the pairs that are most alike: a side that goes black or stands still half way would fit best
// where that is left out.
constexpr std::size_t judged_by = 3;

constexpr std::array methods{OffsetMethod::none,     OffsetMethod::frame_code, OffsetMethod::pictures,
                             OffsetMethod::sequence, OffsetMethod::date_time,  OffsetMethod::given};

double median(std::vector<double> values) {
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace

std::string_view to_string(OffsetMethod method) {
    switch (method) {
        case OffsetMethod::none:
            return "none";
        case OffsetMethod::frame_code:
            return "frame_code";
        case OffsetMethod::pictures:
            return "pictures";
        case OffsetMethod::sequence:
            return "sequence";
        case OffsetMethod::date_time:
            return "date_time";
        case OffsetMethod::given:
            return "given";
    }
    return "none";
}

std::optional<OffsetMethod> parse_offset_method(std::string_view name) {
    for (const OffsetMethod method : methods)
        if (to_string(method) == name) return method;
    return std::nullopt;
}

int Offset::frames() const {
    return frame > Seconds(0) ? int(std::lround(b_minus_a / frame)) : 0;
}

std::string Offset::text() const {
    static constexpr std::array words{
        "",           " (by frame code)", " (by the pictures)", " (by segment number)", " (by date and time)",
        " (as given)"};
    const char* how = words[std::size_t(method)];
    if (frame > Seconds(0)) {
        const int count = frames();
        if (count == 0) return fmt::format("no offset{}", how);
        return fmt::format("offset {:+} {}{}", count, std::abs(count) == 1 ? "frame" : "frames", how);
    }
    if (std::abs(b_minus_a.count()) < 0.0005) return fmt::format("no offset{}", how);
    return fmt::format("offset {:+.3f} s{}", b_minus_a.count(), how);
}

void OffsetFinder::add(Side side, const FrameStamp& stamp, const Sketch& picture) {
    if (items_[side].size() < most_frames) items_[side].push_back({stamp, picture});
}

Seconds OffsetFinder::span(Side side) const {
    const auto& items = items_[side];
    return items.empty() ? Seconds(0)
                         : items.back().stamp.at + items.back().stamp.duration - items.front().stamp.at;
}

std::optional<Offset> OffsetFinder::found(Seconds start) const {
    Both<double> each;
    for (const Side side : sides) {
        const auto& items = items_[side];
        if (items.empty()) {
            if (ended_[side]) return Offset{start, OffsetMethod::none, {}};
            return std::nullopt;
        }
        std::vector<double> durations;
        for (const Item& item : items) durations.push_back(item.stamp.duration.count());
        each[side] = median(std::move(durations));
    }
    const Seconds frame{std::max(each.a, each.b)};
    if (auto coded = by_code()) {
        coded->frame = frame;
        return coded;
    }
    for (const Side side : sides)
        if (!ended_[side] && span(side) < reach_ + Seconds(1) && items_[side].size() < most_frames)
            return std::nullopt;
    if (const auto shift = by_pictures(start, frame)) return Offset{*shift, OffsetMethod::pictures, frame};
    return Offset{start, OffsetMethod::none, frame};
}

std::optional<Offset> OffsetFinder::by_code() const {
    // Both count the same source's frames when a count lasts equally long on both; zero is where the count
    // began.
    Both<double> each, zero;
    for (const Side side : sides) {
        std::vector<const Item*> coded;
        for (const Item& item : items_[side])
            if (item.stamp.code) coded.push_back(&item);
        if (coded.size() < enough_codes || coded.size() * 10 < items_[side].size() * 8) return std::nullopt;
        const double counts = double(*coded.back()->stamp.code) - double(*coded.front()->stamp.code);
        if (counts <= 0) return std::nullopt;
        each[side] = (coded.back()->stamp.at - coded.front()->stamp.at).count() / counts;
        std::vector<double> zeros;
        for (const Item* item : coded)
            zeros.push_back(item->stamp.at.count() - each[side] * double(*item->stamp.code));
        zero[side] = median(zeros);
        const double near = 1.01 * std::max(each[side], coded.front()->stamp.duration.count());
        const auto steady = std::count_if(zeros.begin(), zeros.end(),
                                          [&](double value) { return std::abs(value - zero[side]) <= near; });
        if (std::size_t(steady) * 10 < zeros.size() * 9) return std::nullopt;
    }
    if (std::abs(each.a - each.b) > same_rate * std::max(each.a, each.b)) return std::nullopt;
    const Seconds shift(zero.b - zero.a);
    if (std::abs(shift.count()) > furthest_code.count()) return std::nullopt;
    return Offset{shift, OffsetMethod::frame_code, {}};
}

std::optional<Seconds> OffsetFinder::by_pictures(Seconds start, Seconds frame) const {
    if (frame <= Seconds(0)) return std::nullopt;
    const auto& a = items_[Side::a];
    const auto& b = items_[Side::b];
    const std::size_t enough = std::max(enough_pictures, std::min(a.size(), b.size()) / 3);
    const auto cost = [&](Seconds shift) {
        std::vector<double> costs;
        std::size_t at = 0;
        for (const Item& item : a) {
            const Seconds wanted = item.stamp.at + shift;
            const auto apart = [&](std::size_t i) { return std::abs((b[i].stamp.at - wanted).count()); };
            while (at + 1 < b.size() && apart(at + 1) <= apart(at)) ++at;
            if (apart(at) > 0.75 * b[at].stamp.duration.count()) continue;
            costs.push_back(difference(item.picture, b[at].picture).mean);
        }
        if (costs.size() < enough) return std::numeric_limits<double>::infinity();
        const auto part = costs.begin() + std::ptrdiff_t(costs.size() / judged_by + 1);
        std::nth_element(costs.begin(), part - 1, costs.end());
        return std::accumulate(costs.begin(), part, 0.0) / double(part - costs.begin());
    };
    const double here = cost(start);
    double best = here;
    Seconds shift = start;
    const int reach = int(reach_ / frame);
    for (int step = 1; step <= reach; ++step)
        for (const int sign : {1, -1}) {
            const double there = cost(start + sign * step * frame);
            if (there < best) {
                best = there;
                shift = start + sign * step * frame;
            }
        }
    if (!std::isfinite(best)) return std::nullopt;
    if (best > alike) return std::nullopt;
    if (shift != start && (best > clearly_better * here || here - best < better_by)) return std::nullopt;
    return shift;
}

std::optional<Seconds> offset_by_date_time(Seconds start_a, core::WallTime recorded_a, Seconds start_b,
                                           core::WallTime recorded_b, Seconds most) {
    const Seconds shift = (start_b - start_a) - Seconds(recorded_b - recorded_a);
    if (std::abs(shift.count()) > most.count()) return std::nullopt;
    return shift;
}

std::optional<Offset> live_offset(const PulledSegments& a, const PulledSegments& b) {
    if (a.empty() || b.empty()) return std::nullopt;
    const PulledSegment& last_a = a.rbegin()->second;
    const PulledSegment& last_b = b.rbegin()->second;
    if (last_a.recorded && last_b.recorded)
        if (const auto shift = offset_by_date_time(last_a.start, *last_a.recorded, last_b.start,
                                                   *last_b.recorded, Seconds(60)))
            return Offset{*shift, OffsetMethod::date_time, {}};
    for (auto segment = a.rbegin(); segment != a.rend(); ++segment)
        if (const auto same = b.find(segment->first); same != b.end())
            return Offset{same->second.start - segment->second.start, OffsetMethod::sequence, {}};
    return std::nullopt;
}

std::optional<Offset> offset_of_live(const PulledSegments& a, const PulledSegments& b, Seconds each) {
    if (a.empty() || b.empty()) return std::nullopt;
    if (const auto known = live_offset(a, b)) return known;
    const auto& [number_a, first_a] = *a.begin();
    const auto& [number_b, first_b] = *b.begin();
    const double apart = double(number_b) - double(number_a);
    return Offset{first_b.start - first_a.start - apart * each, OffsetMethod::sequence, {}};
}

}  // namespace qd::compare
