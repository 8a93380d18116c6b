#pragma once
// An untrusted file, opened for demuxing and decoding: nothing but the file itself is read, every wait ends
// at a deadline or on request.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::media {

/// When to give up reading.
struct Patience {
    std::stop_token stop;
    std::optional<std::chrono::steady_clock::time_point> deadline;

    bool over() const {
        return stop.stop_requested() || (deadline && std::chrono::steady_clock::now() >= *deadline);
    }
};

class Source {
public:
    /// Errc::unprocessable when it is no video container; Errc::io or not_found when it cannot be read.
    static core::Result<Source> open(const std::filesystem::path& path, Patience patience,
                                     std::int64_t probe_bytes);
    Source(Source&&) noexcept;
    Source& operator=(Source&&) noexcept;
    ~Source();

    AVFormatContext* format() const { return format_.get(); }
    AVStream* stream(int index) const { return format_->streams[index]; }
    std::int64_t size_bytes() const { return size_bytes_; }
    /// The picture to show: the default one or else the largest, never cover art; null when there is none.
    AVStream* video() const;
    /// The sound to hear; null when there is none that can be decoded.
    AVStream* audio() const;
    /// Leaves only the packets of that stream.
    void select_only(const AVStream* stream) const;

    /// The next packet. AVERROR_EOF at the end; errors in the middle of a file are passed on.
    int read(AVPacket* packet) const { return av_read_frame(format_.get(), packet); }
    /// Replaces the patience of open().
    void set_patience(Patience patience) { *patience_ = std::move(patience); }
    const Patience& patience() const { return *patience_; }

private:
    Source() = default;
    void close();

    std::unique_ptr<Patience> patience_;
    AVIOContext* io_ = nullptr;
    InputFormat format_;
    std::int64_t size_bytes_ = 0;
};

/// A decoder for that stream. `threads` 0: as many as there are cores. `max_pixels` 0: FFmpeg's own limit.
core::Result<CodecContext> open_decoder(const AVStream* stream, unsigned threads, std::int64_t max_pixels);

}  // namespace qd::media
