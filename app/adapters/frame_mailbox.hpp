#pragma once
// From a thread that shows frames when they are due to the one that paints.

#include <QImage>
#include <functional>
#include <mutex>
#include <utility>

#include "decode/frame_sink.hpp"

namespace qd::app {

/// The image holds the pixels' owner: nothing is copied. Null for an empty frame.
QImage imageOf(const decode::VideoFrame& frame);

/// Keeps the newest frame; the UI thread is told once until it has fetched it, so that a slow UI drops frames
/// instead of queueing them. Thread-safe.
class FrameMailbox : public decode::FrameSink {
public:
    explicit FrameMailbox(std::function<void()> notify) : notify_(std::move(notify)) {}

    void on_frame(decode::VideoFrame frame) override;
    /// Without pixels when none has come since.
    decode::VideoFrame take();

private:
    std::mutex mutex_;
    decode::VideoFrame frame_;
    bool told_ = false;
    std::function<void()> notify_;
};

}  // namespace qd::app
