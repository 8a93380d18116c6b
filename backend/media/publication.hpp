#pragma once
// The files of a title while it is encoded: each appears complete, playlists follow what they list,
// everything goes when the encode fails.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "hls/bandwidth.hpp"
#include "media/encode.hpp"
#include "media/segmenter.hpp"

namespace qd::media {

/// Thread-safe: every rung's thread hands its own segments in.
class Publication {
public:
    /// Segments that each rung has before the title counts as playable.
    static constexpr std::size_t playable_segments = 2;

    Publication(const EncodeJob& job, const EncodeHooks& hooks, std::vector<Rung> ladder, double frame_rate,
                bool has_audio);
    /// Removes the output folder unless finish() has succeeded.
    ~Publication();
    Publication(const Publication&) = delete;
    Publication& operator=(const Publication&) = delete;

    /// Makes the folders; whatever an earlier run left there is removed.
    core::Result<> prepare();
    core::Result<> init(std::size_t rung, const std::string& bytes, std::string codecs);
    core::Result<> segment(std::size_t rung, const Segmenter::Segment& segment);
    core::Result<> poster(const std::string& bytes);
    void progress(double share);

    /// The last playlists, and all of it safely on disk. Fills master, rungs, bytes.
    core::Result<EncodedTitle> finish(double frame_rate);

private:
    struct Rendition {
        Rung rung;
        std::string codecs;
        hls::MediaPlaylist playlist;
        std::vector<hls::SegmentSize> sizes;
        std::uint64_t bytes = 0;
        std::size_t announced = 0;  // segments in the playlist as it was last written
    };

    core::Result<> write(const std::string& relative_path, std::string_view content);
    core::Result<> write_playlist(Rendition& rendition);
    core::Result<> announce_playable();
    hls::MultivariantPlaylist master(bool measured) const;
    void announce(const std::string& relative_path) const;

    const EncodeJob& job_;
    const EncodeHooks& hooks_;
    double frame_rate_;
    bool has_audio_;
    std::mutex mutex_;  // everything below, and the hooks
    std::vector<Rendition> renditions_;
    std::uint64_t bytes_ = 0;
    double progress_ = -1;
    bool playable_ = false;
    bool prepared_ = false;
    bool finished_ = false;
};

}  // namespace qd::media
