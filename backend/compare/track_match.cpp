#include "compare/track_match.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace qd::compare {
namespace {

std::string word(const player::TrackInfo& track) {
    if (!track.name.empty()) return "'" + track.name + "'";
    return track.language.empty() ? "of an unnamed language" : "'" + track.language + "'";
}

int likeness(const player::TrackInfo& one, const player::TrackInfo& two) {
    return (one.name == two.name ? 2 : 0) + (one.forced == two.forced ? 1 : 0);
}

}  // namespace

TrackMatch match_tracks(const std::vector<player::TrackInfo>& a, const std::vector<player::TrackInfo>& b,
                        int wanted, const std::string& name_of_b) {
    TrackMatch match;
    if (a.empty()) return match;
    const player::TrackInfo& track = a[std::size_t(std::clamp(wanted, 0, int(a.size()) - 1))];
    for (std::size_t i = 0; i < b.size(); ++i)
        if (b[i].language == track.language &&
            (!match.b || likeness(track, b[i]) > likeness(track, b[std::size_t(*match.b)])))
            match.b = int(i);
    if (match.b) return match;
    const auto same_index = std::size_t(&track - a.data());
    if (same_index < b.size()) {
        match.b = int(same_index);
        match.notice =
            fmt::format("{} has no subtitles {}: {} are shown", name_of_b, word(track), word(b[same_index]));
    } else {
        match.notice = fmt::format("{} has no subtitles {}", name_of_b, word(track));
    }
    return match;
}

}  // namespace qd::compare
