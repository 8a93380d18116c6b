#include "player/cue_store.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace qd::player {
namespace {

constexpr double ts_clock = 90'000;
constexpr core::Seconds wrap{8'589'934'592.0 / ts_clock};  // 33 bits
constexpr core::Seconds tolerance{10};

std::size_t size_of(const CueStore::Entry& entry) {
    std::size_t bytes = sizeof(entry);
    for (const hls::Cue& cue : entry.text.cues) bytes += sizeof(cue) + cue.text.size();
    return bytes;
}

/// How far `position` lies outside the segment.
core::Seconds outside(const CueStore::Entry& entry, core::Seconds position) {
    return std::max({core::Seconds(0), entry.start - position, position - (entry.start + entry.duration)});
}

}  // namespace

void CueStore::add(std::uint64_t sequence, Entry entry) {
    if (const auto old = entries_.find(sequence); old != entries_.end()) {
        bytes_ -= size_of(old->second);
        entries_.erase(old);
    }
    const std::size_t size = size_of(entry);
    if (size > max_bytes) return;
    while (!entries_.empty() && (bytes_ + size > max_bytes || entries_.size() >= max_segments)) {
        auto farthest = entries_.begin();
        const auto last = std::prev(entries_.end());
        if (std::abs((last->second.start - entry.start).count()) >
            std::abs((farthest->second.start - entry.start).count()))
            farthest = last;
        bytes_ -= size_of(farthest->second);
        entries_.erase(farthest);
    }
    bytes_ += size;
    entries_.emplace(sequence, std::move(entry));
}

void CueStore::set_clock(std::uint64_t discontinuity_sequence, core::Seconds media, core::Seconds position) {
    if (clocks_.size() >= max_clocks && clocks_.count(discontinuity_sequence) == 0)
        clocks_.erase(clocks_.begin());
    clocks_.emplace(discontinuity_sequence,
                    media - position);  // the first one counts: later ones are rounded
}

/// What is added to a cue's time to get its position.
core::Seconds CueStore::shift(const Entry& entry, core::Seconds first_cue) const {
    const auto& map = entry.text.timestamp_map;
    if (!map) {
        // Without a map, times are the presentation's by the RFC; some packagers begin at 0 in each segment.
        const bool relative = outside(entry, first_cue) > tolerance + entry.duration &&
                              outside(entry, entry.start + first_cue) == core::Seconds(0);
        return relative ? entry.start : core::Seconds(0);
    }
    core::Seconds result = core::Seconds(double(map->mpegts) / ts_clock) - map->local;
    const auto clock = clocks_.find(entry.discontinuity_sequence);
    if (clock != clocks_.end()) result -= clock->second;
    // 33 bits run over after 26.5 hours: the turn that comes nearest to the segment is meant.
    result += wrap * std::round((entry.start - (first_cue + result)) / wrap);
    // Nobody told the media's clock: a map that leads far away can only mean times within the segment.
    if (clock == clocks_.end() && outside(entry, first_cue + result) > tolerance + entry.duration)
        result = entry.start - map->local;
    return result;
}

std::vector<hls::Cue> CueStore::at(core::Seconds position) const {
    std::vector<hls::Cue> result;
    for (const auto& [sequence, entry] : entries_) {
        if (entry.text.cues.empty()) continue;
        const core::Seconds by = shift(entry, entry.text.cues.front().from);
        for (const hls::Cue& cue : entry.text.cues) {
            const core::Seconds from = cue.from + by, to = cue.to + by;
            if (position < from || position >= to) continue;
            const bool known = std::any_of(result.begin(), result.end(), [&](const hls::Cue& other) {
                return other.text == cue.text && std::abs((other.from - from).count()) < 0.002;
            });
            if (!known) result.push_back({from, to, cue.text});
        }
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const hls::Cue& a, const hls::Cue& b) { return a.from < b.from; });
    return result;
}

void CueStore::clear_text() {
    entries_.clear();
    bytes_ = 0;
}

void CueStore::clear() {
    clear_text();
    clocks_.clear();
}

}  // namespace qd::player
