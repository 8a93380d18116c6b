#pragma once
// A title's playlists and segments one at a time, for what needs some of them outside of playing: small
// pictures and clips. Blocks the calling thread; not thread-safe but for cancelling by the stop token.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.hpp"
#include "http/message.hpp"
#include "player/playlist_tracker.hpp"
#include "player/transport.hpp"

namespace qd::decode {

class TitleFetch {
public:
    struct Limits {
        std::uint64_t segment_bytes = 64u << 20;
        std::chrono::milliseconds timeout{20'000};  // of a request
        unsigned attempts = 2;
    };
    using Bytes = std::shared_ptr<const std::string>;

    /// `headers` go to the origin of `url` alone. `transport` must outlive this.
    TitleFetch(player::Transport& transport, std::string url, http::Headers headers, Limits limits);

    /// The title's own address: what there is to choose from.
    core::Result<player::Presentation> presentation(std::stop_token stop);
    core::Result<player::MediaTimeline> timeline(const std::string& url, const hls::Variables& variables,
                                                 std::stop_token stop);
    /// Decrypted. Errc::unprocessable for encryption that is not known; corrupt, cancelled, or what HTTP
    /// says.
    core::Result<Bytes> segment(const player::TimelineSegment& segment, std::stop_token stop);
    /// Null where the segment needs none. The last few are kept.
    core::Result<Bytes> init(const player::TimelineSegment& segment, std::stop_token stop);

private:
    struct Answer {
        std::string body;
        std::string url;  // after redirects
    };
    core::Result<Answer> get(const std::string& url, std::optional<player::ByteRange> range,
                             std::uint64_t max_bytes, std::stop_token stop);
    core::Result<http::ClientResponse> ask(const std::string& url,
                                           const std::optional<player::ByteRange>& range,
                                           std::uint64_t max_bytes, const std::stop_token& stop);
    core::Result<std::string> decrypted(std::string data, const std::optional<player::SegmentKey>& key,
                                        std::stop_token stop);

    player::Transport& transport_;
    std::string url_, origin_;
    http::Headers headers_;
    Limits limits_;
    std::map<std::string, Bytes> inits_;
    std::map<std::string, player::SecretKey> keys_;
};

}  // namespace qd::decode
