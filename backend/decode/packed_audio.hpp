#pragma once
// Packed audio segments (RFC 8216, 3.4): raw AAC, AC-3, E-AC-3 or MP3 behind an ID3 tag whose PRIV frame
// says where on the MPEG-2 clock the first sample belongs. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qd::decode {

struct PackedAudio {
    std::size_t tag_bytes = 0;              // all tags in front; what follows is sound
    std::optional<std::int64_t> timestamp;  // in 1/90,000 s, 33 bits
    const char* format = nullptr;           // FFmpeg's demuxer: aac, ac3, eac3, mp3
};

/// Nothing when `data` is no packed audio: it begins neither with an ID3 tag nor with a frame of one of these
/// formats. Tags beyond the data, or of more than 1 MB, count as none.
std::optional<PackedAudio> read_packed_audio(std::string_view data);

}  // namespace qd::decode
