// Requests of a session: headers, progress, what an answer is worth, and the records.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/url.hpp"
#include "player/cmcd.hpp"
#include "player/media_time.hpp"
#include "player/session_impl.hpp"
#include "telemetry/trace.hpp"

namespace qd::player {
namespace {

std::uint64_t content_length(const http::Headers& headers) {
    const std::string_view text = headers.get("Content-Length");
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

constexpr std::uint64_t max_playlist_bytes = 8u << 20;
constexpr std::uint64_t max_init_bytes = 8u << 20;
constexpr std::uint64_t max_subtitle_bytes = 4u << 20;
constexpr std::uint64_t max_key_bytes = 4'096;  // of which all but 16 are an error page

std::uint64_t most_bytes(const FetchRecord& record, const SessionOptions& options) {
    switch (record.kind) {
        case FetchKind::multivariant:
        case FetchKind::media_playlist:
            return max_playlist_bytes;
        case FetchKind::init:
            return std::min(options.max_segment_bytes, max_init_bytes);
        case FetchKind::key:
            return max_key_bytes;
        case FetchKind::segment:
            break;
    }
    return record.track == Track::subtitles ? max_subtitle_bytes : options.max_segment_bytes;
}

CmcdObject object_of(const FetchRecord& record, bool separate_audio) {
    switch (record.kind) {
        case FetchKind::multivariant:
        case FetchKind::media_playlist:
            return CmcdObject::manifest;
        case FetchKind::init:
            return CmcdObject::init;
        case FetchKind::key:
            return CmcdObject::key;
        case FetchKind::segment:
            break;
    }
    if (record.track == Track::subtitles) return CmcdObject::caption;
    if (record.track == Track::audio) return CmcdObject::audio;
    return separate_audio ? CmcdObject::video : CmcdObject::muxed;
}

bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

PlayerSession::Impl::FetchId PlayerSession::Impl::start_fetch(FetchRecord record,
                                                              std::optional<ByteRange> range,
                                                              core::SteadyTime now, bool keep_body,
                                                              std::optional<Decryption> decryption) {
    Fetch fetch;
    fetch.id = next_fetch_++;
    fetch.record = std::move(record);
    fetch.began = now;
    fetch.range = range;
    fetch.decryption = std::move(decryption);
    fetch.keep_body = keep_body;
    send(fetch);
    const FetchId id = fetch.id;
    fetches_.emplace(id, std::move(fetch));
    return id;
}

/// The fetch as its record now stands: the first time, or to where a redirect points.
void PlayerSession::Impl::send(Fetch& fetch) {
    FetchRecord& record = fetch.record;
    record.at = clock_.now();
    http::ClientRequest request;
    request.url = record.url;
    request.timeout = options_.request_timeout;
    request.stall_timeout = options_.stall_timeout;
    request.max_body_bytes = most_bytes(record, options_);
    if (fetch.range && fetch.range->length > 0)
        request.headers.set("Range", fmt::format("bytes={}-{}", fetch.range->offset,
                                                 fetch.range->offset + fetch.range->length - 1));
    add_headers(request, record);

    auto progress = std::make_shared<Progress>();
    request.on_head = [progress](unsigned, const http::Headers& headers) {
        progress->announced = content_length(headers);
        progress->head = true;
    };
    request.on_data = [progress, keep_body = fetch.keep_body, limit = request.max_body_bytes,
                       &clock = clock_](std::string_view data) {
        if (progress->first_byte_ns == 0)
            progress->first_byte_ns = clock.steady_now().time_since_epoch().count();
        progress->bytes += data.size();
        if (progress->bytes > limit) return false;
        if (keep_body) {
            if (progress->body.empty())
                progress->body.reserve(std::min<std::uint64_t>(progress->announced, limit));
            progress->body.append(data);
        }
        return true;
    };
    fetch.progress = progress;
    outbox_.add([self = shared_from_this(), id = fetch.id, progress, request = std::move(request)]() mutable {
        progress->ticket = self->transport_.send(
            std::move(request),
            [weak = std::weak_ptr(self), id](core::Result<http::ClientResponse> response) {
                if (const auto alive = weak.lock()) alive->answered(id, std::move(response));
            });
    });
}

void PlayerSession::Impl::add_headers(http::ClientRequest& request, FetchRecord& record) {
    const telemetry::TraceContext trace = telemetry::new_trace(random_);
    record.trace_id = trace.trace_id;
    request.headers.set("traceparent", telemetry::format_traceparent(trace));

    const core::SteadyTime now = clock_.steady_now();
    CmcdState cmcd;
    cmcd.session_id = options_.session_id;
    cmcd.content_id = options_.content_id;
    cmcd.object = object_of(record, audio_tracker_.has_value());
    if (streaming_begun_) {
        const PlaylistTracker* playlist = tracker(Track::main, tracks_[0].level);
        if (playlist != nullptr && playlist->known()) cmcd.live = !playlist->complete();
        cmcd.buffered = buffered(now);
        cmcd.starting_up = *cmcd.buffered <= core::Seconds(0);
        cmcd.rate = playhead_rate_;
        if (record.kind == FetchKind::segment && record.track != Track::subtitles) {
            const bool dry = cmcd.starting_up && !tracks_[0].after_gap;
            cmcd.starved = std::exchange(starved_, false) || dry;
            const PlaylistTracker* own = tracker(record.track, record.level);
            const TimelineSegment* next = own != nullptr ? own->by_sequence(record.sequence + 1) : nullptr;
            if (next != nullptr && !next->range && !next->gap)
                cmcd.next_object = next_object_of(record.url, next->url);
        }
    }
    cmcd.bitrate_bps = record.level_bps;
    if (!presentation_.levels.empty()) cmcd.top_bitrate_bps = presentation_.levels.back().bandwidth_bps;
    cmcd.duration = record.media_duration;
    if (estimator_.measured()) cmcd.throughput_bps = estimator_.bits_per_second();
    add_cmcd(request.headers, cmcd);

    // A playlist may name other hosts: the bearer's token is not theirs to see.
    if (options_.headers.size() == 0) return;
    const auto url = http::Url::parse(record.url);
    if (url && url->origin() == origin_)
        for (const auto& [name, value] : options_.headers) request.headers.set(name, value);
    else if (url)
        note("headers_withheld",
             fmt::format("{} is not the opened address' host: the session's own headers are not sent there",
                         url->origin()),
             url->origin());
}

core::Result<> PlayerSession::Impl::judge(const Fetch& fetch, const http::ClientResponse& response) const {
    const std::uint64_t bytes = fetch.progress->bytes;
    if (response.status == 304 || (response.status >= 300 && response.status < 400))
        return core::fail(core::Errc::unavailable, "the server answered {}, which leads nowhere",
                          response.status);
    if (response.status < 200 || response.status >= 300)
        return core::fail(core::from_http_status(std::max(response.status, 400u)), "the server answered {}",
                          response.status);
    if (bytes == 0) return core::fail(core::Errc::corrupt, "the answer was empty");
    if (fetch.record.kind == FetchKind::key && bytes != 16)
        return core::fail(core::Errc::corrupt, "a key of {} bytes came; AES-128 takes 16", bytes);
    if (fetch.progress->announced > 0 && bytes != fetch.progress->announced &&
        !response.headers.has("Content-Encoding"))
        return core::fail(core::Errc::unavailable, "{} of {} bytes came", bytes,
                          fetch.progress->announced.load());
    if (fetch.range && response.status == 206 && bytes != fetch.range->length)
        return core::fail(core::Errc::corrupt, "asked for {} bytes, got {}", fetch.range->length, bytes);
    if (fetch.range && response.status == 200 && bytes < fetch.range->offset + fetch.range->length)
        return core::fail(core::Errc::corrupt, "the range lies beyond the resource's {} bytes", bytes);
    return {};
}

void PlayerSession::Impl::note_timings(const Fetch& fetch, const http::ClientResponse& response) {
    const http::Timings& timings = response.timings;
    if (timings.first_byte.count() > 0) estimator_.add_ttfb(timings.first_byte);
    if (fetch.record.kind != FetchKind::segment || fetch.record.track == Track::subtitles) return;
    core::Seconds transfer = timings.total - timings.first_byte;
    if (timings.total.count() == 0) {  // a transport that measures nothing: our own clock
        const core::SteadyTime first{core::SteadyTime::duration(fetch.progress->first_byte_ns.load())};
        transfer = clock_.steady_now() - first;
    }
    estimator_.add_transfer(fetch.progress->bytes, transfer);
    if (fetch.record.track == Track::main)
        estimator_.add_segment(fetch.progress->bytes, fetch.record.media_duration, fetch.record.level_bps);
}

void PlayerSession::Impl::decrypt(Fetch& fetch, std::string& body) {
    if (!fetch.decryption || !fetch.keep_body) return;
    auto plain = decrypt_aes128(body, fetch.decryption->key, fetch.decryption->iv);
    if (plain && plain->empty()) plain = core::fail(core::Errc::corrupt, "nothing is left after decryption");
    if (plain && !looks_like_media(*plain))
        plain = core::fail(core::Errc::corrupt, "the key does not fit (what it gives is no media)");
    if (plain) {
        body = std::move(*plain);
        return;
    }
    fetch.record.error = plain.error();
    fetch.misfit = true;
    keys_.erase(fetch.decryption->key_url);  // it may have been replaced at its address
}

void PlayerSession::Impl::answered(FetchId id, core::Result<http::ClientResponse> response) {
    {
        const std::lock_guard lock(mutex_);
        const auto at = fetches_.find(id);
        if (at == fetches_.end()) return;  // cancelled, and recorded then
        Fetch fetch = std::move(at->second);
        fetches_.erase(at);
        const core::SteadyTime now = clock_.steady_now();
        FetchRecord& record = fetch.record;
        record.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - fetch.began);
        record.bytes = fetch.progress->bytes;
        if (response) {
            record.status = response->status;
            record.timings = response->timings;
            record.served_by = parse_served_by(response->headers.get("X-Served-By"));
            record.cache = response->headers.get("X-Cache").substr(0, 32);
            record.request_id = response->headers.get("X-Request-Id").substr(0, 128);
            if (const auto trace = telemetry::parse_traceparent(response->headers.get("traceparent")))
                record.trace_id = trace->trace_id;
            outage_since_.reset();
            if (is_redirect(record.status)) {
                record.error = follow_redirect(fetch, *response, now);
                if (!record.error) fetches_.emplace(id, std::move(fetch));  // it goes on under that number
            } else if (const auto fine = judge(fetch, *response); !fine) {
                record.error = fine.error();
                obey_retry_after(fetch, *response, now);
            } else {
                note_timings(fetch, *response);
            }
        } else {
            record.error = response.error();
            if (fetch.progress->bytes > most_bytes(record, options_))
                record.error = core::Error{core::Errc::too_large, "the answer is too large"};
        }
        if (fetches_.count(id) == 0) deliver(fetch, now);
        pump();
    }
    outbox_.drain(mutex_);
}

/// To whoever waits for it; `fetch` is no longer among those under way.
void PlayerSession::Impl::deliver(Fetch& fetch, core::SteadyTime now) {
    FetchRecord& record = fetch.record;
    std::string body = std::move(fetch.progress->body);
    if (!record.error && fetch.range && record.status == 200 && !body.empty())
        body = body.substr(std::size_t(fetch.range->offset), std::size_t(fetch.range->length));
    if (!record.error) decrypt(fetch, body);
    const auto& loading = state_of(record.track).loading;
    if (!record.error && record.kind == FetchKind::segment && record.track != Track::subtitles && loading) {
        if (const auto reason = unplayable(body, loading->init.needed))
            record.error = core::Error{core::Errc::unprocessable, std::string(*reason)};
    }
    if (record.kind == FetchKind::multivariant || record.kind == FetchKind::media_playlist) {
        // These report themselves: whether the text can be read is part of the verdict.
        const bool multivariant = record.kind == FetchKind::multivariant;
        if (!record.error) {
            multivariant ? multivariant_arrived(fetch, std::move(body))
                         : playlist_arrived(fetch, std::move(body));
            return;
        }
        report(record);
        multivariant ? multivariant_failed(fetch, *record.error) : playlist_failed(fetch, *record.error);
        return;
    }
    report(record);
    const bool secret = record.kind == FetchKind::key;
    if (record.error)
        part_failed(fetch, *record.error, now);
    else if (record.kind == FetchKind::key)
        key_arrived(fetch, body);
    else
        part_arrived(fetch, std::make_shared<const std::string>(std::move(body)), record.bytes);
    if (secret) wipe(body);
}

bool PlayerSession::Impl::outage(const Fetch& fetch, const core::Error& error, core::SteadyTime now) {
    const bool unreachable = fetch.record.status == 0 && !fetch.progress->head &&
                             (error.code == core::Errc::unavailable || error.code == core::Errc::timeout);
    if (!unreachable) {
        outage_since_.reset();
        return false;
    }
    if (!outage_since_) outage_since_ = fetch.began;
    if (now - *outage_since_ > options_.outage_patience) {
        fail({core::Errc::unavailable,
              fmt::format("the server could not be reached for {:.0f} s: {}",
                          core::Seconds(now - *outage_since_).count(), error.message)});
    }
    return true;
}

void PlayerSession::Impl::cancel_fetch(FetchId id) {
    if (id == 0) return;
    const auto at = fetches_.find(id);
    if (at == fetches_.end()) return;
    outbox_.add([self = shared_from_this(), progress = at->second.progress] {
        self->transport_.cancel(progress->ticket);
    });
    fetches_.erase(at);
}

void PlayerSession::Impl::report(FetchRecord record) {
    record.number = ++reported_;
    tell([record = std::move(record)](SessionObserver& observer) { observer.on_fetch(record); });
}

void PlayerSession::Impl::cancel_playlists(Track track) {
    std::vector<std::pair<FetchId, int>> found;
    for (const auto& [id, fetch] : fetches_)
        if (fetch.record.kind == FetchKind::media_playlist && fetch.record.track == track)
            found.emplace_back(id, fetch.record.level);
    for (const auto& [id, level] : found) {
        cancel_fetch(id);
        if (PlaylistTracker* playlist = tracker(track, level)) playlist->load_cancelled(clock_.steady_now());
    }
}

}  // namespace qd::player
