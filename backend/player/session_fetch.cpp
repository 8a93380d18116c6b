// Requests of a session: headers, progress, what an answer is worth, and the records.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "http/url.hpp"
#include "player/cmcd.hpp"
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

}  // namespace

PlayerSession::Impl::FetchId PlayerSession::Impl::start_fetch(FetchRecord record,
                                                              std::optional<ByteRange> range,
                                                              core::SteadyTime now, bool keep_body) {
    const FetchId id = next_fetch_++;
    record.at = clock_.now();

    http::ClientRequest request;
    request.url = record.url;
    request.timeout = options_.request_timeout;
    request.stall_timeout = options_.stall_timeout;
    const bool playlist = record.kind == FetchKind::multivariant || record.kind == FetchKind::media_playlist;
    request.max_body_bytes = playlist ? max_playlist_bytes : options_.max_segment_bytes;
    if (range && range->length > 0)
        request.headers.set("Range",
                            fmt::format("bytes={}-{}", range->offset, range->offset + range->length - 1));
    add_headers(request, record, record.trace_id);

    auto progress = std::make_shared<Progress>();
    request.on_head = [progress](unsigned, const http::Headers& headers) {
        progress->announced = content_length(headers);
        progress->head = true;
    };
    request.on_data = [progress, keep_body, limit = request.max_body_bytes,
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
    outbox_.add([self = shared_from_this(), id, progress, request = std::move(request)]() mutable {
        progress->ticket = self->transport_.send(
            std::move(request),
            [weak = std::weak_ptr(self), id](core::Result<http::ClientResponse> response) {
                if (const auto alive = weak.lock()) alive->answered(id, std::move(response));
            });
    });
    fetches_.emplace(id, Fetch{id, std::move(record), now, range, std::move(progress)});
    return id;
}

void PlayerSession::Impl::add_headers(http::ClientRequest& request, const FetchRecord& record,
                                      std::string& trace_id) const {
    const telemetry::TraceContext trace = telemetry::new_trace(random_);
    trace_id = trace.trace_id;
    request.headers.set("traceparent", telemetry::format_traceparent(trace));

    const core::SteadyTime now = clock_.steady_now();
    CmcdState cmcd;
    cmcd.session_id = options_.session_id;
    cmcd.content_id = options_.content_id;
    switch (record.kind) {
        case FetchKind::multivariant:
        case FetchKind::media_playlist:
            cmcd.object = CmcdObject::manifest;
            break;
        case FetchKind::init:
            cmcd.object = CmcdObject::init;
            break;
        case FetchKind::segment:
            cmcd.object = record.track == Track::audio ? CmcdObject::audio
                          : audio_tracker_             ? CmcdObject::video
                                                       : CmcdObject::muxed;
            break;
    }
    if (streaming_begun_) {
        const TrackState& main = tracks_[0];
        cmcd.live = main.level >= 0 && !trackers_[std::size_t(main.level)].complete();
        cmcd.buffered = buffered(now);
        cmcd.starting_up = *cmcd.buffered <= core::Seconds(0);
        cmcd.starved = cmcd.starting_up && !main.after_gap && record.kind == FetchKind::segment;
    }
    cmcd.bitrate_bps = record.level_bps;
    if (!presentation_.levels.empty()) cmcd.top_bitrate_bps = presentation_.levels.back().bandwidth_bps;
    cmcd.duration = record.media_duration;
    if (estimator_.measured()) cmcd.throughput_bps = estimator_.bits_per_second();
    add_cmcd(request.headers, cmcd);

    // A playlist may name other hosts: the bearer's token is not theirs to see.
    const auto url = http::Url::parse(record.url);
    if (url && url->origin() == origin_)
        for (const auto& [name, value] : options_.headers) request.headers.set(name, value);
}

core::Result<> PlayerSession::Impl::judge(const Fetch& fetch, const http::ClientResponse& response) const {
    const std::uint64_t bytes = fetch.progress->bytes;
    if (response.status < 200 || response.status >= 300)
        return core::fail(core::from_http_status(std::max(response.status, 400u)), "the server answered {}",
                          response.status);
    if (bytes == 0) return core::fail(core::Errc::corrupt, "the answer was empty");
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
    if (fetch.record.kind != FetchKind::segment) return;
    core::Seconds transfer = timings.total - timings.first_byte;
    if (timings.total.count() == 0) {  // a transport that measures nothing: our own clock
        const core::SteadyTime first{core::SteadyTime::duration(fetch.progress->first_byte_ns.load())};
        transfer = clock_.steady_now() - first;
    }
    estimator_.add_transfer(fetch.progress->bytes, transfer);
}

void PlayerSession::Impl::answered(FetchId id, core::Result<http::ClientResponse> response) {
    {
        const std::lock_guard lock(mutex_);
        const auto at = fetches_.find(id);
        if (at == fetches_.end()) return;  // cancelled, and recorded then
        Fetch fetch = std::move(at->second);
        fetches_.erase(at);
        const core::SteadyTime now = clock_.steady_now();
        fetch.record.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - fetch.began);
        fetch.record.bytes = fetch.progress->bytes;
        if (response) {
            fetch.record.status = response->status;
            fetch.record.timings = response->timings;
            fetch.record.served_by = parse_served_by(response->headers.get("X-Served-By"));
            fetch.record.cache = response->headers.get("X-Cache").substr(0, 32);
            fetch.record.request_id = response->headers.get("X-Request-Id").substr(0, 128);
            if (const auto trace = telemetry::parse_traceparent(response->headers.get("traceparent")))
                fetch.record.trace_id = trace->trace_id;
            if (const auto fine = judge(fetch, *response); !fine)
                fetch.record.error = fine.error();
            else
                note_timings(fetch, *response);
            outage_since_.reset();
        } else {
            fetch.record.error = response.error();
            if (fetch.progress->bytes > options_.max_segment_bytes)
                fetch.record.error = core::Error{core::Errc::too_large, "the answer is too large"};
        }

        std::string body = std::move(fetch.progress->body);
        if (!fetch.record.error && fetch.range && fetch.record.status == 200 && !body.empty())
            body = body.substr(fetch.range->offset, fetch.range->length);
        const FetchKind kind = fetch.record.kind;
        if (kind == FetchKind::multivariant || kind == FetchKind::media_playlist) {
            // These report themselves: whether the text can be read is part of the verdict.
            if (fetch.record.error) {
                report(fetch.record);
                kind == FetchKind::multivariant ? multivariant_failed(fetch, *fetch.record.error)
                                                : playlist_failed(fetch, *fetch.record.error);
            } else {
                kind == FetchKind::multivariant ? multivariant_arrived(fetch, std::move(body))
                                                : playlist_arrived(fetch, std::move(body));
            }
        } else {
            report(fetch.record);
            if (fetch.record.error)
                part_failed(fetch, *fetch.record.error, now);
            else
                part_arrived(fetch, std::make_shared<const std::string>(std::move(body)), fetch.record.bytes);
        }
        pump();
    }
    outbox_.drain(mutex_);
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

}  // namespace qd::player
