#pragma once
// Packets into an MP4 file as they are: written beside its path and renamed when complete.

#include <filesystem>
#include <memory>
#include <optional>

#include "core/result.hpp"
#include "decode/segment_reader.hpp"
#include "media/ff.hpp"

namespace qd::decode {

/// Not thread-safe. What was written is gone unless finish() has succeeded.
class ClipWriter {
public:
    /// Either configuration may be null, not both. Errc::unprocessable when MP4 cannot hold one of them.
    static core::Result<std::unique_ptr<ClipWriter>> open(const std::filesystem::path& path,
                                                          const StreamConfigPtr& video, AVRational video_base,
                                                          const StreamConfigPtr& audio,
                                                          AVRational audio_base);
    ~ClipWriter();
    ClipWriter(const ClipWriter&) = delete;
    ClipWriter& operator=(const ClipWriter&) = delete;

    /// Timestamps in `time_base`, from the clip's beginning on. Takes the packet over.
    core::Result<> write(StreamKind kind, AVPacket& packet, AVRational time_base);
    /// The file's size.
    core::Result<std::uint64_t> finish();

private:
    ClipWriter() = default;

    std::filesystem::path path_, partial_;
    media::OutputFormat format_;
    AVIOContext* io_ = nullptr;
    int streams_[2] = {-1, -1};
};

}  // namespace qd::decode
