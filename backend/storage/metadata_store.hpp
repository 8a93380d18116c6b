#pragma once
// What is known about the videos. Sharded by owner (storage/shard.hpp): a file a shard.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/shard.hpp"

namespace qd::storage {

enum class VideoState {
    queued,      // stored; waits for a worker
    processing,  // a worker has it
    playable,    // the lowest rung is complete, others follow
    ready,       // all rungs are complete
    failed,      // see error
};

std::string_view to_string(VideoState state);
std::optional<VideoState> parse_video_state(std::string_view text);

struct Rendition {
    std::string name;  // "480p"
    unsigned width = 0;
    unsigned height = 0;
    std::uint64_t bandwidth = 0;  // peak, bits per second
    std::string codecs;           // RFC 6381

    bool operator==(const Rendition&) const = default;
};

struct VideoError {
    std::string code;
    std::string message;

    bool operator==(const VideoError&) const = default;
};

struct Video {
    VideoId id;
    std::string title;
    std::string owner;
    VideoState state = VideoState::queued;
    std::optional<VideoError> error;
    double progress = 0;  // 0..1 of the whole ladder
    core::Seconds duration{};
    unsigned width = 0;  // as shown, in pixels, rotation applied
    unsigned height = 0;
    double frame_rate = 0;
    bool has_audio = false;
    bool has_poster = false;
    std::vector<Rendition> renditions;
    core::WallTime created_at;
    std::uint64_t version = 0;  // counted by the store

    bool operator==(const Video&) const = default;
};

struct VideoPage {
    std::vector<Video> items;  // newest first
    std::string next;          // cursor of the next page; empty at the end
};

/// Thread-safe, and safe against other processes that have the same files open.
class MetadataStore {
public:
    virtual ~MetadataStore() = default;

    /// Errc::conflict when the id exists. The stored version is 1.
    virtual core::Result<Video> insert(Video video) = 0;
    /// Errc::not_found.
    virtual core::Result<Video> get(const VideoId& id) const = 0;
    /// Replaces the video if the stored version is still `video.version`, otherwise
    /// Errc::precondition_failed; Errc::not_found when it is gone. Returns it with its new version.
    virtual core::Result<Video> update(Video video) = 0;
    /// `limit` 1..100; `cursor` empty or from a page before, otherwise Errc::invalid_argument.
    virtual core::Result<VideoPage> list(std::string_view cursor, std::size_t limit) const = 0;
    /// Errc::not_found when there is none.
    virtual core::Result<> remove(const VideoId& id) = 0;
};

/// get(), `change`, update() until no other hand comes between (at most 20 times).
template <class Change>
core::Result<Video> modify(MetadataStore& store, const VideoId& id, Change&& change) {
    for (int attempt = 0;; ++attempt) {
        auto video = store.get(id);
        if (!video) return video;
        change(*video);
        auto updated = store.update(std::move(*video));
        if (updated || updated.error().code != core::Errc::precondition_failed || attempt == 20)
            return updated;
    }
}

/// SQLite files metadata.sqlite (shard 0), metadata-1.sqlite, … in `folder`, which must exist.
core::Result<std::unique_ptr<MetadataStore>> open_metadata_store(const std::filesystem::path& folder,
                                                                 ShardMap shards);

}  // namespace qd::storage
