#pragma once
// What became of each request a player made: the rows of the segment log. Values only.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/client.hpp"

namespace qd::player {

enum class Track { main, audio, subtitles };  // the latter two: renditions of their own (EXT-X-MEDIA, URI)
enum class FetchKind { multivariant, media_playlist, init, segment, key };

std::string_view to_string(Track track);
std::string_view to_string(FetchKind kind);

/// X-Served-By: role/version/instance; the role of a data-plane process is its arm.
struct ServedBy {
    std::string arm = "unknown";  // stable | canary | unknown
    std::string version;
    std::string instance;

    bool operator==(const ServedBy&) const = default;
};
ServedBy parse_served_by(std::string_view header);

/// One attempt at one request. Attempts that failed are rows as well, and so is each redirect on the way (its
/// status is 3xx). Of a key the address is here, its bytes never are.
struct FetchRecord {
    std::uint64_t number = 0;  // from 1, in the order in which attempts ended
    FetchKind kind = FetchKind::segment;
    Track track = Track::main;
    std::string url;
    std::uint64_t sequence = 0;        // media sequence number (segments)
    int level = -1;                    // index into PresentationInfo::levels; -1: none (multivariant, other
                                       // tracks)
    double level_bps = 0;              // the level's declared bandwidth, 0 when unknown
    core::Seconds media_start{};       // segments: position in the presentation
    core::Seconds media_duration{};    // segments
    core::WallTime at{};               // when it was sent
    unsigned attempt = 1;              // from 1
    unsigned status = 0;               // 0: no answer came
    std::optional<core::Error> error;  // set when the attempt did not give what was asked for
    bool abandoned = false;            // cancelled in favour of a lower level; not an error
    std::uint64_t bytes = 0;           // of the body, as received
    http::Timings timings;             // zero where the transfer failed
    std::chrono::microseconds elapsed{};  // by the session's clock, failures included
    ServedBy served_by;
    std::string cache;       // X-Cache: HIT | MISS | STALE | BYPASS, or empty
    std::string request_id;  // X-Request-Id of the answer
    std::string trace_id;

    bool ok() const { return !error && !abandoned; }
};

/// The label viewer_errors_total{kind} and lists use: timeout, connect, status_4xx, status_5xx, truncated,
/// playlist, media, other. Empty when the record is no failure.
std::string_view error_kind(const FetchRecord& record);

}  // namespace qd::player
