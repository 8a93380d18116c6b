#pragma once
// A part of a title as an MP4 file, as it was delivered: nothing is encoded again.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::decode {

struct ClipRequest {
    std::string url;        // multivariant or media playlist
    http::Headers headers;  // to the address's own origin only
    core::Seconds from{};
    core::Seconds to{};
    int level = 0;  // index into PresentationInfo::levels; clamped
    std::filesystem::path path;
};

struct ClipReport {
    /// What the file holds: from the last key picture at or before `from` to the first one at or after `to`
    /// (or the end).
    core::Seconds from{}, to{};
    std::uint64_t bytes = 0;  // of the file
    unsigned segments = 0;
    std::uint64_t pictures = 0;
    std::uint64_t sounds = 0;  // packets
    std::string video_codec, audio_codec;
    std::vector<std::string> notes;  // what was left out, and why
};

/// Blocks; fetches over a client of its own. `progress` gets 0..1 from the calling thread and may be empty.
/// Writes beside `path` and renames at the end: a failure leaves nothing behind and an older file in place.
/// Errc::cancelled by `stop`, invalid_argument for an empty range, not_found where the range holds nothing,
/// unprocessable for what cannot be copied (encryption that is not known, a codec that changes in between),
/// and what fetching and writing give. At most 1 h and 4 GB.
core::Result<ClipReport> export_clip(const ClipRequest& request, const std::function<void(double)>& progress,
                                     std::stop_token stop = {});

}  // namespace qd::decode
