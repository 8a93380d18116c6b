#pragma once
// Subtitles that have been loaded, laid onto the presentation. Pure; not thread-safe.

#include <cstdint>
#include <map>
#include <vector>

#include "core/clock.hpp"
#include "hls/webvtt.hpp"

namespace qd::player {

class CueStore {
public:
    static constexpr std::size_t max_bytes = 4u << 20;
    static constexpr std::size_t max_segments = 4'096;
    static constexpr std::size_t max_clocks = 256;

    struct Entry {
        core::Seconds start{};  // of the segment, in the presentation
        core::Seconds duration{};
        std::uint64_t discontinuity_sequence = 0;
        hls::WebVtt text;
    };

    /// One segment; a second one of that number replaces it. Beyond the limits, what lies farthest from it is
    /// forgotten.
    void add(std::uint64_t sequence, Entry entry);
    bool holds(std::uint64_t sequence) const { return entries_.count(sequence) != 0; }
    /// Media with that discontinuity number and the timestamp `media` plays at `position`. From then on cues
    /// of segments with X-TIMESTAMP-MAP are placed by it, those loaded before as well.
    void set_clock(std::uint64_t discontinuity_sequence, core::Seconds media, core::Seconds position);
    /// The cues at `position`, ordered by their beginnings; the same cue in two segments is one.
    std::vector<hls::Cue> at(core::Seconds position) const;

    void clear_text();  // the clocks stay: they are the picture's
    void clear();
    std::size_t bytes() const { return bytes_; }

private:
    core::Seconds shift(const Entry& entry, core::Seconds first_cue) const;

    std::map<std::uint64_t, Entry> entries_;         // by media sequence number
    std::map<std::uint64_t, core::Seconds> clocks_;  // by discontinuity: media time minus position
    std::size_t bytes_ = 0;
};

}  // namespace qd::player
