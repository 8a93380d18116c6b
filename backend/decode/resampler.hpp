#pragma once
// Decoded sound to what sinks take: signed 16 bits, stereo, 48 kHz. Not thread-safe.

#include <cstdint>
#include <vector>

#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::decode {

class SoundConverter {
public:
    /// Interleaved samples; may be empty. Sets itself up again when the frame's format changes. Errc::corrupt
    /// for frames that make no sense.
    core::Result<std::vector<std::int16_t>> convert(const AVFrame& frame);
    /// Forgets what is held back for filtering: after a seek.
    void reset() { resampler_.reset(); }

private:
    media::Resampler resampler_;
    int format_ = -1, rate_ = 0, channels_ = 0;
};

}  // namespace qd::decode
