// Subtitles: side a's are chosen, side b gets those that fit.

#include "compare/lockstep_impl.hpp"
#include "compare/track_match.hpp"

namespace qd::compare {

void Lockstep::Impl::select_subtitles(std::optional<int> index) {
    const std::lock_guard control(control_);
    {
        const std::lock_guard lock(mutex_);
        if (!open()) return;
        subtitles_asked_ = index;
        subtitles_to_match_ = true;
    }
    player(Side::a).session.select_subtitles(index);
    match_subtitles();
}

/// Without locks: as soon as both sides' tracks are known.
void Lockstep::Impl::match_subtitles() {
    const std::lock_guard control(control_);
    std::optional<int> index;
    {
        const std::lock_guard lock(mutex_);
        const auto& a = player(Side::a).presentation;
        const auto& b = player(Side::b).presentation;
        if (!subtitles_to_match_ || !a || !b) return;
        subtitles_to_match_ = false;
        if (subtitles_asked_) {
            const TrackMatch match = match_tracks(a->subtitle_tracks, b->subtitle_tracks, *subtitles_asked_,
                                                  player(Side::b).options.name);
            index = match.b;
            if (!match.notice.empty()) notice(match.notice);
        }
    }
    outbox_.drain(mutex_);
    player(Side::b).session.select_subtitles(index);
}

}  // namespace qd::compare
