#include "app/adapters/frame_mailbox.hpp"

#include <memory>

namespace qd::app {

QImage imageOf(const decode::VideoFrame& frame) {
    if (!frame.pixels || frame.width <= 0 || frame.height <= 0) return {};
    auto* owner = new std::shared_ptr<const std::uint8_t>(frame.pixels);
    return QImage(
        frame.pixels.get(), frame.width, frame.height, frame.stride_bytes, QImage::Format_RGB32,
        [](void* held) { delete static_cast<std::shared_ptr<const std::uint8_t>*>(held); }, owner);
}

void FrameMailbox::on_frame(decode::VideoFrame frame) {
    {
        const std::lock_guard lock(mutex_);
        frame_ = std::move(frame);
        if (std::exchange(told_, true)) return;
    }
    notify_();
}

decode::VideoFrame FrameMailbox::take() {
    const std::lock_guard lock(mutex_);
    told_ = false;
    return std::exchange(frame_, {});
}

}  // namespace qd::app
