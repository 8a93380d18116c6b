#pragma once
// One rung of the ladder on a thread of its own: takes pictures from the rung above, scales them, hands them
// down, encodes them, cuts segments. Chained, so that each picture is scaled from the next larger one, not
// from the source.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.hpp"
#include "media/bounded_queue.hpp"
#include "media/segmenter.hpp"
#include "media/shaper.hpp"
#include "media/video_encoder.hpp"

namespace qd::media {

class Rendition {
public:
    /// One of: a picture (pts in 1/90,000 s; pict_type I where a group of pictures begins, else none), a
    /// packet of sound, or the end of the title.
    struct Item {
        Frame picture;
        Packet sound;
        Ticks end = 0;
    };

    struct Settings {
        VideoEncoderSettings encoder;
        std::string name;                          // "480p"
        const AVCodecParameters* sound = nullptr;  // null: none; outlives this
        Rendition* below = nullptr;                // the next smaller rung
        std::function<core::Result<>(const std::string& init, const std::string& codec)> on_init;
        std::function<core::Result<>(const Segmenter::Segment&)> on_segment;
        std::function<void(const core::Error&)> on_failure;  // once; the owner then aborts all renditions
    };

    /// Pictures in the queue of one rung: enough to keep both sides busy, not more (3 MB each at 1080p).
    static constexpr std::size_t queued_pictures = 6;

    explicit Rendition(Settings settings);
    /// Aborts and waits.
    ~Rendition();
    Rendition(const Rendition&) = delete;
    Rendition& operator=(const Rendition&) = delete;

    void start();
    /// Waits for room. False once aborted.
    bool push(Item item);
    void abort() { queue_.abort(); }
    /// After the item that ends the title: waits until all of it is encoded.
    void join();

private:
    void run();
    core::Result<> handle(Item item);
    core::Result<> encode(const AVFrame* picture);
    core::Result<> open(const AVFrame& picture);

    Settings settings_;
    BoundedQueue<Item> queue_{queued_pictures};
    Resizer resizer_;
    CodecContext encoder_;
    std::unique_ptr<Segmenter> segmenter_;
    std::vector<Packet> early_sound_;  // came before the first picture
    std::thread thread_;
};

}  // namespace qd::media
