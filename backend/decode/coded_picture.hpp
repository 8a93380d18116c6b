#pragma once
// What a picture's packet tells of its part in decoding, before it is decoded. Pure.

#include "media/ff.hpp"

namespace qd::decode {

/// No other picture is decoded from this one: it may be left out. True only for H.264 and HEVC, and only
/// where every slice says so and nothing else that counts (parameter sets) comes with it; false wherever the
/// packet cannot be read to its end.
bool is_disposable(const AVPacket& packet, const AVCodecParameters& stream);

/// Nothing that follows needs a picture before this one (an IDR picture): a decoder may be emptied in
/// between. Other key pictures may have such followers. False for other codecs than H.264 and HEVC.
bool begins_anew(const AVPacket& packet, const AVCodecParameters& stream);

}  // namespace qd::decode
