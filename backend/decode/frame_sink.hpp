#pragma once
// Where pictures and sound go. The console maps these onto its widgets and its audio device; tests collect
// them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/clock.hpp"

namespace qd::decode {

/// A picture ready to be painted: 32-bit BGRA in memory order (QImage::Format_RGB32 on little-endian
/// machines; alpha is 255). The pixels are shared and never written again.
struct VideoFrame {
    int width = 0;
    int height = 0;
    int stride_bytes = 0;  // >= 4 * width, a multiple of 32
    std::shared_ptr<const std::uint8_t> pixels;
    core::Seconds at{};  // position in the presentation
    core::Seconds duration{};
    int level = -1;        // index into PresentationInfo::levels
    int source_width = 0;  // as coded, before scaling
    int source_height = 0;
    std::optional<std::uint32_t> frame_number;  // read from the title's frame code, when that is asked for
};

/// on_frame comes from the playback's "present" thread at the moment the picture is due. It must not block:
/// hand the value on to the thread that paints.
class FrameSink {
public:
    virtual ~FrameSink() = default;
    virtual void on_frame(VideoFrame frame) = 0;
};

inline constexpr int audio_rate_hz = 48'000;
inline constexpr int audio_channels = 2;

/// A sound device. All calls come from the playback's "present" thread; none may block or call the playback.
/// Samples are interleaved stereo, signed 16 bits, 48 kHz.
class AudioSink {
public:
    virtual ~AudioSink() = default;

    /// Sound of a new title or position follows. False: there is no device, and the system clock paces.
    virtual bool start() = 0;
    /// Takes as many whole stereo frames as it has room for (about 0.2 s in all) and returns their number.
    virtual std::size_t write(std::span<const std::int16_t> interleaved) = 0;
    /// Seconds of what was written since start() or flush() that have been heard, device latency taken out as
    /// far as it is known; nothing while the device does not run. This is the master clock: it must not go
    /// back.
    virtual std::optional<core::Seconds> played() const = 0;
    virtual void pause() = 0;
    virtual void resume() = 0;
    /// Drops what was written and not yet heard; played() starts from zero again.
    virtual void flush() = 0;
    virtual void stop() = 0;
};

}  // namespace qd::decode
