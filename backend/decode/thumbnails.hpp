#pragma once
// Small pictures of any position of a title, for the scrub bar: from its I-frame playlist when it has one,
// else from the lowest level's segments. Independent of what plays.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "decode/frame_sink.hpp"
#include "player/session.hpp"

namespace qd::decode {

struct ThumbnailOptions {
    std::uint64_t cache_bytes = 8u << 20;  // pictures kept, the longest unused go first
    std::uint64_t max_segment_bytes = 16u << 20;  // the last one is kept as well
    std::chrono::milliseconds request_timeout{10'000};
};

/// Thread-safe; no call but the destructor blocks, and that waits for nothing but a decoder. One thread,
/// "thumbnails", fetches one thing at a time.
class Thumbnails {
public:
    /// The key picture nearest before the position asked for: `at` is its own. From the "thumbnails" thread;
    /// must not block.
    using OnThumbnail = std::function<void(core::Seconds at, VideoFrame frame)>;
    /// Why the last request got no picture. May be empty.
    using OnFailed = std::function<void(core::Seconds wanted, const core::Error& error)>;

    /// `transport` must outlive this.
    Thumbnails(player::Transport& transport, OnThumbnail done, OnFailed failed = {},
               ThumbnailOptions options = {});
    /// Afterwards no callback is running nor will one come.
    ~Thumbnails();
    Thumbnails(const Thumbnails&) = delete;
    Thumbnails& operator=(const Thumbnails&) = delete;

    /// The title from now on; of the options, `headers` and their rule (the address's own origin only) are
    /// used. Fetches nothing before the first request.
    void open(std::string url, player::SessionOptions options = {});
    void close();
    /// Replaces what was asked for and not yet begun, and cancels what is being fetched for another segment.
    /// `width` in pixels, 16 to 1024, clamped.
    void request(core::Seconds position, int width);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::decode
