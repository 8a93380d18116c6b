#pragma once
// An MP4 with one picture track and perhaps one of sound: written beside its place, renamed when complete.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::media {

/// Not thread-safe.
class TitleWriter {
public:
    struct Settings {
        int width = 0;
        int height = 0;
        int fps = 30;
        bool audio = true;
        unsigned threads = 2;
    };

    static core::Result<std::unique_ptr<TitleWriter>> open(const std::filesystem::path& path,
                                                           const Settings& settings);
    /// Removes what is not complete.
    ~TitleWriter();

    /// yuv420p; pts counts frames.
    core::Result<> picture(AVFrame& frame) { return encode(*video_encoder_, &frame, 0); }
    /// Planar float stereo at 48 kHz, 1,024 samples; pts counts samples.
    core::Result<> sound(AVFrame& frame) { return encode(*audio_encoder_, &frame, 1); }
    core::Result<> finish();

private:
    TitleWriter() = default;
    core::Result<> open_encoders(const Settings& settings);
    core::Result<> open_file();
    core::Result<> encode(AVCodecContext& encoder, AVFrame* frame, int stream);

    std::filesystem::path path_, temporary_;
    OutputFormat format_;
    CodecContext video_encoder_, audio_encoder_;
    bool finished_ = false;
};

}  // namespace qd::media
