#include "app/adapters/player_adapter.hpp"

#include <atomic>
#include <mutex>

#include "app/adapters/audio_output.hpp"

namespace qd::app {
namespace {

constexpr int kPollMs = 250;
constexpr std::size_t kMaxFetches = 300;

}  // namespace

/// Keeps the newest frame; the UI thread is told once until it has fetched it, so that a slow UI drops frames
/// instead of queueing them.
class FrameMailbox : public decode::FrameSink {
public:
    explicit FrameMailbox(std::function<void()> notify) : notify_(std::move(notify)) {}

    void on_frame(decode::VideoFrame frame) override {
        {
            const std::lock_guard lock(mutex_);
            frame_ = std::move(frame);
            if (std::exchange(told_, true)) return;
        }
        notify_();
    }

    QImage take() {
        decode::VideoFrame frame;
        {
            const std::lock_guard lock(mutex_);
            told_ = false;
            frame = std::exchange(frame_, {});
        }
        if (!frame.pixels || frame.width <= 0 || frame.height <= 0) return {};
        // The image holds the pixels' owner: nothing is copied.
        auto* owner = new std::shared_ptr<const std::uint8_t>(frame.pixels);
        return QImage(
            frame.pixels.get(), frame.width, frame.height, frame.stride_bytes, QImage::Format_RGB32,
            [](void* held) { delete static_cast<std::shared_ptr<const std::uint8_t>*>(held); }, owner);
    }

private:
    std::mutex mutex_;
    decode::VideoFrame frame_;
    bool told_ = false;
    std::function<void()> notify_;
};

PlayerAdapter::PlayerAdapter(OpsLink& link, QObject* parent) : QObject(parent), link_(link) {
    poll_.setInterval(kPollMs);
    connect(&poll_, &QTimer::timeout, this, &PlayerAdapter::poll);
}

PlayerAdapter::~PlayerAdapter() = default;

void PlayerAdapter::ensurePlayback() {
    if (playback_) return;
    const QPointer<QObject> guard(this);
    transport_ = std::make_unique<player::HttpTransport>(link_.http());
    frames_ = std::make_unique<FrameMailbox>([this, guard] {
        onUiThread(guard, [this] {
            const QImage image = frames_->take();
            if (!image.isNull() && isOpen()) emit frameArrived(image);
        });
    });
    audio_ = std::make_unique<AudioOutput>();
    audio_->setVolume(volume_);
    decode::PlaybackCallbacks callbacks;
    callbacks.on_state = [this, guard](decode::PlaybackState) {
        onUiThread(guard, [this] {
            poll();
            emit stateChanged();
        });
    };
    playback_ = std::make_unique<decode::Playback>(
        decode::PlaybackServices{*transport_, link_.executor(), link_.clock(), link_.random()}, *frames_,
        audio_.get(), decode::PlaybackOptions{}, std::move(callbacks));
    playback_->set_output_size(outputSize_.width(), outputSize_.height());
}

void PlayerAdapter::play(const QString& titleId, Path path) {
    const Endpoints& site = link_.endpoints();
    if (site.gateway.empty() || titleId.isEmpty()) return;
    ensurePlayback();
    titleId_ = titleId;
    path_ = path;
    fetches_.clear();
    player::SessionOptions options;
    options.content_id = titleId.toStdString();
    options.session_id = link_.random().hex(8);
    if (path != Path::Auto) {
        options.headers.set("X-Quarterdeck-Arm", path == Path::Stable ? "stable" : "canary");
        if (!site.token.empty()) options.headers.set("Authorization", "Bearer " + site.token);
    }
    playback_->play(site.gateway + "/api/v1/stream/" + http::percent_encode(titleId.toStdString()),
                    std::move(options));
    poll_.start();
    poll();
    emit stateChanged();
}

void PlayerAdapter::pause() {
    if (playback_) playback_->pause();
}

void PlayerAdapter::resume() {
    if (playback_) playback_->resume();
}

void PlayerAdapter::seek(qint64 positionMs) {
    if (playback_) playback_->seek(core::Seconds(double(positionMs) / 1000));
}

void PlayerAdapter::stop() {
    if (!playback_) return;
    playback_->stop();
    poll_.stop();
    titleId_.clear();
    poll();
    emit stateChanged();
}

void PlayerAdapter::setOutputSize(QSize pixels) {
    if (pixels == outputSize_ || pixels.isEmpty()) return;
    outputSize_ = pixels;
    if (playback_) playback_->set_output_size(pixels.width(), pixels.height());
}

void PlayerAdapter::lockLevel(int level) {
    if (playback_) playback_->lock_level(level < 0 ? std::nullopt : std::optional<int>(level));
}

void PlayerAdapter::setVolume(double volume) {
    volume_ = std::clamp(volume, 0.0, 1.0);
    if (audio_) audio_->setVolume(volume_);
}

QString PlayerAdapter::noAudioReason() const {
    return audio_ ? audio_->reason() : QString();
}

std::vector<player::StallInterval> PlayerAdapter::stalls() const {
    return playback_ ? playback_->stalls() : std::vector<player::StallInterval>{};
}

void PlayerAdapter::poll() {
    if (!playback_) return;
    snapshot_ = playback_->snapshot();
    auto more = playback_->fetches(fetches_.empty() ? 0 : fetches_.back().number);
    fetches_.insert(fetches_.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    if (fetches_.size() > kMaxFetches)
        fetches_.erase(fetches_.begin(), fetches_.end() - std::ptrdiff_t(kMaxFetches));
    emit snapshotChanged();
}

}  // namespace qd::app
