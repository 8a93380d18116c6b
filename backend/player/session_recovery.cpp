// Ways on when something goes wrong: redirects, waiting as asked, other copies, other levels, addresses that
// have expired; and telling of it.

#include <fmt/format.h>

#include <algorithm>

#include "http/url.hpp"
#include "player/retry_after.hpp"
#include "player/session_impl.hpp"

namespace qd::player {
namespace {

constexpr unsigned most_redirects = 5;
constexpr std::size_t most_notes = 256;
constexpr std::size_t most_holds = 32;
constexpr std::size_t most_failed_levels_here = 3;
constexpr double affordable = 0.7;  // of the estimate, as for going up
constexpr core::Seconds shortest_refresh_gap{5}, longest_refresh_gap{300};

std::string origin_of(const std::string& url) {
    const auto parsed = http::Url::parse(url);
    return parsed ? parsed->origin() : std::string();
}

/// Without what may be a secret.
std::string without_query(std::string_view url) {
    return std::string(url.substr(0, std::min<std::size_t>(url.find('?'), 200)));
}

std::string_view sentence(hls::IgnoredFeature feature) {
    switch (feature) {
        case hls::IgnoredFeature::parts:
            return "the stream offers low latency (partial segments); whole segments are played";
        case hls::IgnoredFeature::delta_updates:
            return "the playlist leaves out older segments (EXT-X-SKIP), which nobody asked for";
        case hls::IgnoredFeature::content_steering:
            return "the playlist asks to be steered between paths; the order of the playlist is kept";
        case hls::IgnoredFeature::session_keys:
            return "the playlist announces keys of a DRM system; segments under them cannot be played";
    }
    return {};
}

/// "file" of "file:///etc/passwd"; empty for a reference without one.
std::string_view scheme_of(std::string_view address) {
    const std::size_t end = address.find_first_of(":/?#");
    return end == std::string_view::npos || address[end] != ':' ? std::string_view() : address.substr(0, end);
}

}  // namespace

/// With a key: once a session.
void PlayerSession::Impl::note(const std::string& code, const std::string& message,
                               const std::string& once_key) {
    if (!once_key.empty()) {
        if (noted_.size() >= most_notes || !noted_.insert(code + ' ' + once_key).second) return;
    }
    tell([notice = Notice{clock_.now(), code, message}](SessionObserver& observer) {
        observer.on_notice(notice);
    });
}

void PlayerSession::Impl::note_ignored(const std::vector<hls::IgnoredFeature>& features) {
    for (const hls::IgnoredFeature feature : features)
        note("ignored", std::string(sentence(feature)), std::to_string(int(feature)));
}

/// What a playlist just loaded gives cause to say.
void PlayerSession::Impl::note_playlist(const PlaylistTracker& playlist, core::SteadyTime now) {
    note_ignored(playlist.ignored());
    // Rounded, no segment may be longer (RFC 8216, 4.3.3.1).
    if (playlist.longest_segment() > playlist.target_duration() + core::Seconds(0.75))
        note("target_duration",
             fmt::format("segments last up to {:.1f} s although the playlist promises at most {:.0f} s",
                         playlist.longest_segment().count(), playlist.target_duration().count()),
             "long");
    if (const auto since = playlist.unchanged_since()) {
        const core::Seconds silence = now - *since;
        if (silence > std::max(3 * playlist.pace(), core::Seconds(6)))
            note("playlist_stale",
                 fmt::format(
                     "a live playlist brings nothing new ({:.0f} s by now); it is asked again every {:.1f} s",
                     silence.count(), playlist.pace().count() / 2),
                 std::to_string(since->time_since_epoch().count()));
    }
}

/// The next lower one that may work, else the next higher one: whatever it costs when `level` has failed for
/// good, else only when the bandwidth carries it (a server or network in trouble is not helped by more
/// bytes).
std::optional<int> PlayerSession::Impl::other_level(const TrackState& state, int level, bool for_good) const {
    const int cap = cap_level();
    const int count = cap < 0 ? int(presentation_.levels.size()) : cap + 1;
    for (int lower = level - 1; lower >= 0; --lower)
        if (!unusable(state, lower)) return lower;
    for (int higher = level + 1; higher < count; ++higher)
        if (!unusable(state, higher) && (for_good || presentation_.levels[std::size_t(higher)].bandwidth_bps <
                                                         affordable * estimator_.bits_per_second()))
            return higher;
    return std::nullopt;
}

/// The segment that is next, in another level; false when there is none to try.
bool PlayerSession::Impl::move_level(TrackState& state, bool for_good, core::SteadyTime now) {
    state.failed_here.insert(state.level);
    if (options_.locked_level || state.failed_here.size() >= most_failed_levels_here) return false;
    const std::optional<int> level = other_level(state, state.level, for_good);
    if (!level) return false;
    AbrDecision decision;
    decision.level = *level;
    decision.reason = AbrReason::failed;
    decision.at = now;
    decision.sequence = state.loading ? state.loading->source.sequence : state.next_sequence.value_or(0);
    for (const LevelInfo& info : presentation_.levels)
        decision.inputs.level_bps.push_back(info.bandwidth_bps);
    decision.inputs.current = state.level;
    decision.inputs.estimate_bps = estimator_.bits_per_second();
    decision.inputs.ttfb = estimator_.ttfb();
    decision.inputs.buffered = buffered(state, now);
    if (state.loading) decision.inputs.segment_duration = state.loading->source.duration;
    tell([decision = std::move(decision)](SessionObserver& observer) { observer.on_decision(decision); });
    drop_loading(state);
    state.level = *level;
    state.next_sequence.reset();
    return true;
}

/// A redundant copy of the same level or track first, then another level.
bool PlayerSession::Impl::try_elsewhere(TrackState& state, Track track, const std::string& reason,
                                        bool for_good, core::SteadyTime now) {
    std::vector<std::string>* backups = nullptr;
    const std::size_t level = std::size_t(std::max(state.level, 0));
    if (track == Track::main && level < presentation_.backups.size())
        backups = &presentation_.backups[level];
    else if (track == Track::audio && audio_track_ >= 0)
        backups = &presentation_.audio_backups[std::size_t(audio_track_)];
    if (backups != nullptr && !backups->empty()) {
        const std::string url = backups->front();
        backups->erase(backups->begin());
        note("failover", fmt::format("{}: the redundant copy at {} is used", reason, without_query(url)));
        drop_loading(state);
        relocate(track, state.level, url, now);
        return true;
    }
    return track == Track::main && move_level(state, for_good, now);
}

/// The playlist of a level or track is to be read at `url`, and goes on where the old one was left.
void PlayerSession::Impl::relocate(Track track, int level, std::string url, core::SteadyTime now) {
    PlaylistTracker* playlist = tracker(track, level);
    if (playlist == nullptr) return;
    cancel_playlists(track);
    if (track == Track::main) presentation_.levels[std::size_t(level)].url = url;
    if (track == Track::audio) presentation_.audio_tracks[std::size_t(audio_track_)].url = url;
    playlist->relocate(std::move(url), now);
    TrackState& state = state_of(track);
    if (track == Track::main && state.level != level) return;
    if (state.next_sequence) state.slack = core::Seconds(0.02);
    state.next_sequence.reset();
}

/// 401, 403 and 410 are what signed addresses answer once they have expired: the playlists are read again,
/// once until a segment has come. True when that is under way.
bool PlayerSession::Impl::refresh_addresses(const FetchRecord& failed, core::SteadyTime now) {
    const unsigned status = failed.status;
    if (failed.track == Track::subtitles) return false;  // the picture is not to be touched for them
    if (status != 401 && status != 403 && status != 410) return false;
    if (refresh_ != 0) return true;
    if (refresh_spent_ || (refreshed_at_ && now - *refreshed_at_ < refresh_gap_)) return false;
    refresh_spent_ = true;
    refreshed_at_ = now;
    refreshed_for_ = failed.sequence;
    refresh_gap_ = std::clamp(2 * refresh_gap_, shortest_refresh_gap, longest_refresh_gap);
    note("refreshed",
         fmt::format("the server answered {}: addresses may have expired, the playlists are read again",
                     status));
    const bool bare = presentation_.levels.size() == 1 && presentation_.bare;
    if (bare) {
        relocate(Track::main, 0, url_, now);
        return true;
    }
    FetchRecord record;
    record.kind = FetchKind::multivariant;
    record.url = url_;
    refresh_ = start_fetch(std::move(record), std::nullopt, now, true);
    return true;
}

void PlayerSession::Impl::refreshed(const Fetch& fetch, core::Result<Presentation> fresh) {
    FetchRecord record = fetch.record;
    refresh_ = 0;
    if (!fresh) {
        record.error = fresh.error();
        report(std::move(record));
        return;  // what could not be had will be asked for as it is, and fail with its own reason
    }
    report(std::move(record));
    const core::SteadyTime now = clock_.steady_now();
    failed_levels_.clear();
    std::vector<LevelInfo>& levels = presentation_.levels;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        auto same = std::find_if(fresh->levels.begin(), fresh->levels.end(), [&](const LevelInfo& level) {
            return level.bandwidth_bps == levels[i].bandwidth_bps && level.height == levels[i].height &&
                   level.codecs == levels[i].codecs;
        });
        if (same == fresh->levels.end() && fresh->levels.size() == levels.size())
            same = fresh->levels.begin() + std::ptrdiff_t(i);
        if (same == fresh->levels.end()) continue;
        presentation_.backups[i] = fresh->backups[std::size_t(same - fresh->levels.begin())];
        relocate(Track::main, int(i), same->url, now);
    }
    const auto again = [&](Track track, std::vector<TrackInfo>& known, const std::vector<TrackInfo>& given,
                           std::optional<int> chosen) {
        for (std::size_t i = 0; i < known.size(); ++i) {
            const auto same = std::find_if(given.begin(), given.end(), [&](const TrackInfo& other) {
                return other.name == known[i].name && other.language == known[i].language;
            });
            if (same == given.end()) continue;
            known[i].url = same->url;
            if (chosen == int(i) && !same->url.empty()) relocate(track, 0, same->url, now);
        }
    };
    again(Track::audio, presentation_.audio_tracks, fresh->audio_tracks,
          audio_track_ >= 0 ? std::optional(audio_track_) : std::nullopt);
    again(Track::subtitles, presentation_.subtitle_tracks, fresh->subtitle_tracks, subtitle_track_);
    presentation_.i_frames = std::move(fresh->i_frames);
    publish_presentation();
}

/// Sends the same fetch to where the answer points, or says why not.
std::optional<core::Error> PlayerSession::Impl::follow_redirect(Fetch& fetch,
                                                                const http::ClientResponse& response,
                                                                core::SteadyTime now) {
    using core::Errc;
    const std::string location(response.headers.get("Location"));
    if (location.empty()) return core::Error{Errc::corrupt, "a redirect without an address"};
    if (fetch.redirects >= most_redirects)
        return core::Error{Errc::unprocessable, fmt::format("more than {} redirects", most_redirects)};
    const auto target = http::resolve(fetch.record.url, location);
    const auto before = http::Url::parse(fetch.record.url);
    const std::string_view from = scheme_of(fetch.record.url), to = scheme_of(target ? *target : location);
    if ((to != "http" && to != "https") || (from == "https" && to == "http"))
        return core::Error{Errc::unprocessable, fmt::format("a redirect from {} to {}, which is not followed",
                                                            from, to.substr(0, 32))};
    const auto url = target ? http::Url::parse(*target) : core::fail(Errc::corrupt, "unreadable");
    if (!url || !before) return core::Error{Errc::corrupt, "a redirect to an address that cannot be read"};
    if (before->origin() != url->origin())
        note("redirect",
             fmt::format("{} sends requests on to {}{}", before->origin(), url->origin(),
                         options_.headers.size() > 0 ? ", without the session's own headers" : ""),
             before->origin() + ' ' + url->origin());
    report(fetch.record);
    ++fetch.redirects;
    FetchRecord next;
    next.kind = fetch.record.kind;
    next.track = fetch.record.track;
    next.url = *target;
    next.sequence = fetch.record.sequence;
    next.level = fetch.record.level;
    next.level_bps = fetch.record.level_bps;
    next.media_start = fetch.record.media_start;
    next.media_duration = fetch.record.media_duration;
    next.attempt = fetch.record.attempt;
    fetch.record = std::move(next);
    fetch.began = now;
    send(fetch);
    return std::nullopt;
}

void PlayerSession::Impl::obey_retry_after(const Fetch& fetch, const http::ClientResponse& response,
                                           core::SteadyTime now) {
    if (response.status != 429 && response.status != 503) return;
    const auto asked = parse_retry_after(response.headers.get("Retry-After"), clock_.now());
    if (!asked || *asked <= core::Seconds(0)) return;
    const core::Seconds wait = std::min(*asked, core::Seconds(options_.longest_retry_after));
    const std::string origin = origin_of(fetch.record.url);
    if (holds_.size() >= most_holds) holds_.clear();
    holds_[origin] = core::after(now, wait);
    note("retry_after",
         fmt::format("{} answered {} and asks for {:.0f} s of patience; it is left alone for {:.0f} s",
                     origin, response.status, asked->count(), wait.count()));
}

core::SteadyTime PlayerSession::Impl::held_until(const std::string& url) const {
    if (holds_.empty()) return {};
    const auto hold = holds_.find(origin_of(url));
    return hold == holds_.end() ? core::SteadyTime{} : hold->second;
}

}  // namespace qd::player
