#pragma once
// Common Media Client Data (CTA-5004) as request headers: what the server's logs need to tell one player's
// story. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "http/message.hpp"

namespace qd::player {

enum class CmcdObject { manifest, audio, video, muxed, init, caption, key };

struct CmcdState {
    CmcdObject object = CmcdObject::manifest;
    std::string session_id;                 // sid
    std::string content_id;                 // cid, left out when empty
    std::optional<bool> live;               // st: nothing while not known
    double bitrate_bps = 0;                 // br, media only; 0: left out
    double top_bitrate_bps = 0;             // tb
    core::Seconds duration{};               // d
    std::optional<core::Seconds> buffered;  // bl
    double throughput_bps = 0;              // mtp; 0: not measured
    double rate = 0;                        // pr: at which the playhead moves; 0 and 1: left out
    std::string next_object;                // nor: a reference relative to this request; empty: left out
    bool starting_up = false;               // su: needed at once, after open, a seek or a stall
    bool starved = false;                   // bs: the buffer ran dry since the last request
};

/// Adds CMCD-Object, CMCD-Request, CMCD-Session and CMCD-Status, each only when it has a key. Numbers are
/// rounded as the specification asks: br and tb to 1 kbit/s, bl and d to ms (bl to 100), mtp to 100 kbit/s.
/// dl, when the object must be there, is bl over the rate.
void add_cmcd(http::Headers& headers, const CmcdState& state);

/// The last part of `next`'s path, percent-encoded, when it lies in the same folder as `current`; else empty.
std::string next_object_of(std::string_view current, std::string_view next);

}  // namespace qd::player
