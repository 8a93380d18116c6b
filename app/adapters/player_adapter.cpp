#include "app/adapters/player_adapter.hpp"

#include <tuple>

#include "app/adapters/audio_output.hpp"
#include "app/adapters/frame_mailbox.hpp"
#include "app/models/values.hpp"

namespace qd::app {
namespace {

constexpr int kPlayerPollMs = 250;
constexpr std::size_t kMostPlayerRows = 300;
constexpr std::size_t kPlayerIdBytes = 8;

template <class Row>
void keepNewest(std::vector<Row>& rows) {
    if (rows.size() > kMostPlayerRows) rows.erase(rows.begin(), rows.end() - std::ptrdiff_t(kMostPlayerRows));
}

}  // namespace

QString pathWord(Path path) {
    switch (path) {
        case Path::Auto:
            return QStringLiteral("as viewers");
        case Path::Stable:
            return QStringLiteral("stable path");
        case Path::Canary:
            return QStringLiteral("canary path");
    }
    return {};
}

PlayerAdapter::PlayerAdapter(OpsLink& link, QObject* parent) : QObject(parent), link_(link) {
    poll_.setInterval(kPlayerPollMs);
    connect(&poll_, &QTimer::timeout, this, &PlayerAdapter::poll);
}

PlayerAdapter::~PlayerAdapter() = default;

void PlayerAdapter::ensurePlayback() {
    if (playback_) return;
    const QPointer<QObject> guard(this);
    transport_ = std::make_unique<player::HttpTransport>(link_.http());
    if (!shaped_)
        shaped_ = std::make_unique<player::ShapedTransport>(*transport_, link_.executor(), link_.clock(),
                                                            link_.random());
    frames_ = std::make_unique<FrameMailbox>([this, guard] {
        onUiThread(guard, [this] {
            const decode::VideoFrame frame = frames_->take();
            const QImage image = imageOf(frame);
            if (image.isNull() || !isOpen()) return;
            shown_ = {frame.at.count(), frame.frame_number, frame.level};
            emit frameArrived(image);
        });
    });
    audio_ = std::make_unique<AudioOutput>();
    applyVolume();
    decode::PlaybackOptions options;
    options.read_frame_code = true;
    playback_ = std::make_unique<decode::Playback>(
        decode::PlaybackServices{*shaped_, link_.executor(), link_.clock(), link_.random()}, *frames_,
        audio_.get(), options, callbacks());
    playback_->set_output_size(outputSize_.width(), outputSize_.height());
}

decode::PlaybackCallbacks PlayerAdapter::callbacks() {
    const QPointer<QObject> guard(this);
    decode::PlaybackCallbacks callbacks;
    callbacks.on_state = [this, guard](decode::PlaybackState) {
        onUiThread(guard, [this] {
            poll();
            emit stateChanged();
        });
    };
    callbacks.on_decision = [this, guard](const player::AbrDecision& decision) {
        onUiThread(guard, [this, decision] {
            decisions_.push_back(decision);
            keepNewest(decisions_);
        });
    };
    callbacks.on_skipped = [this, guard](const player::SkippedSegment& segment) {
        onUiThread(guard, [this, segment, at = link_.clock().now()] {
            const std::uint64_t number = skipped_.empty() ? 1 : skipped_.back().number + 1;
            skipped_.push_back({number, at, segment});
            keepNewest(skipped_);
        });
    };
    callbacks.on_notice = [this, guard](const player::Notice& notice) {
        onUiThread(guard, [this, notice] {
            notices_.push_back(notice);
            keepNewest(notices_);
        });
    };
    return callbacks;
}

void PlayerAdapter::play(const QString& titleId, Path path) {
    const Endpoints& site = link_.endpoints();
    if (site.gateway.empty() || titleId.isEmpty()) return;
    player::SessionOptions options;
    options.content_id = titleId.toStdString();
    if (path != Path::Auto) {
        options.headers.set("X-Quarterdeck-Arm", path == Path::Stable ? "stable" : "canary");
        if (!site.token.empty()) options.headers.set("Authorization", "Bearer " + site.token);
    }
    titleId_ = titleId;
    path_ = path;
    begin(QString::fromStdString(site.gateway + "/api/v1/stream/" +
                                 http::percent_encode(titleId.toStdString())),
          std::move(options));
}

void PlayerAdapter::playAddress(const QString& url) {
    if (url.isEmpty()) return;
    titleId_.clear();
    path_ = Path::Auto;
    begin(url, {});
}

void PlayerAdapter::begin(const QString& url, player::SessionOptions options) {
    ensurePlayback();
    if (beacon_) tellBeacon();
    beacon_.reset();
    options.session_id = link_.random().hex(kPlayerIdBytes);
    address_ = url;
    options_ = options;
    fetches_.clear();
    skipped_.clear();
    decisions_.clear();
    notices_.clear();
    history_.clear();
    shown_ = {};
    startedAtMs_ = msOf(link_.clock().now());
    if (!titleId_.isEmpty()) {
        player::BeaconOptions beacons;
        beacons.gateway = link_.endpoints().gateway;
        beacons.headers = options.headers;
        beacon_ = std::make_unique<player::BeaconSender>(
            *transport_, link_.clock(),
            player::BeaconLabels{options.session_id, titleId_.toStdString(), "console"}, beacons);
    }
    playback_->play(url.toStdString(), std::move(options));
    poll_.start();
    emit opened();
    poll();
    emit stateChanged();
}

void PlayerAdapter::pause() {
    if (playback_) playback_->pause();
}

void PlayerAdapter::resume() {
    if (playback_) playback_->resume();
}

void PlayerAdapter::seek(qint64 positionMs, decode::SeekMode mode) {
    if (playback_) playback_->seek(core::Seconds(double(positionMs) / 1000), mode);
}

void PlayerAdapter::step(int frames) {
    if (playback_) playback_->step(frames);
}

void PlayerAdapter::setRate(double rate) {
    if (!playback_) return;
    playback_->set_rate(rate);
    poll();
}

void PlayerAdapter::setLoop(std::optional<decode::LoopRange> range) {
    if (!playback_) return;
    playback_->set_loop(range);
    poll();
}

void PlayerAdapter::stop() {
    if (!playback_) return;
    playback_->stop();
    snapshot_ = playback_->snapshot();
    if (beacon_) tellBeacon();
    beacon_.reset();
    poll_.stop();
    titleId_.clear();
    address_.clear();
    poll();
    emit stateChanged();
}

void PlayerAdapter::setOutputSize(QSize pixels) {
    if (pixels == outputSize_ || pixels.isEmpty()) return;
    outputSize_ = pixels;
    if (playback_) playback_->set_output_size(pixels.width(), pixels.height());
}

void PlayerAdapter::lockLevel(int level) {
    if (!playback_) return;
    playback_->lock_level(level < 0 ? std::nullopt : std::optional<int>(level));
    poll();
}

void PlayerAdapter::selectAudio(int track) {
    if (!playback_) return;
    playback_->select_audio(track);
    poll();
}

void PlayerAdapter::selectSubtitles(int track) {
    if (!playback_) return;
    playback_->select_subtitles(track < 0 ? std::nullopt : std::optional<int>(track));
    poll();
}

void PlayerAdapter::setVolume(double volume) {
    volume_ = std::clamp(volume, 0.0, 1.0);
    applyVolume();
}

void PlayerAdapter::setMuted(bool muted) {
    muted_ = muted;
    applyVolume();
    emit snapshotChanged();
}

void PlayerAdapter::applyVolume() {
    if (audio_) audio_->setVolume(muted_ ? 0 : volume_);
}

QString PlayerAdapter::noAudioReason() const {
    return audio_ ? audio_->reason() : QString();
}

void PlayerAdapter::setNetwork(const QString& name, const player::NetworkShape& shape) {
    ensurePlayback();
    shaped_->set_shape(shape);
    networkName_ = shape == player::NetworkShape{} ? QString() : name;
    emit networkChanged();
}

void PlayerAdapter::setNetworkTrace(player::NetworkTrace trace) {
    ensurePlayback();
    networkName_ = QString::fromStdString(trace.name());
    shaped_->set_trace(std::move(trace));
    emit networkChanged();
}

std::vector<player::StallInterval> PlayerAdapter::stalls() const {
    return playback_ ? playback_->stalls() : std::vector<player::StallInterval>{};
}

std::vector<player::Cue> PlayerAdapter::cues() const {
    return isOpen() ? snapshot_.cues : std::vector<player::Cue>{};
}

std::optional<decode::FrameInfo> PlayerAdapter::frameInfo() const {
    return isOpen() ? playback_->frame_info() : std::nullopt;
}

core::Result<QImage> PlayerAdapter::grab() const {
    if (!isOpen()) return core::fail(core::Errc::not_found, "nothing plays");
    auto frame = playback_->grab();
    if (!frame) return tl::unexpected(frame.error());
    // A picture of its own: the next one may come while it is written.
    return imageOf(*frame).copy();
}

std::optional<player::BeaconStats> PlayerAdapter::beacons() const {
    return beacon_ ? std::optional(beacon_->stats()) : std::nullopt;
}

void PlayerAdapter::tellBeacon() {
    beacon_->update(snapshot_.qoe, snapshot_.state == decode::PlaybackState::paused);
}

void PlayerAdapter::poll() {
    if (!playback_) return;
    const auto counts = [this] {
        const auto& presentation = snapshot_.session.presentation;
        return std::tuple(presentation.levels.size(), presentation.audio_tracks.size(),
                          presentation.subtitle_tracks.size(), presentation.live);
    };
    const auto before = counts();
    snapshot_ = playback_->snapshot();
    if (counts() != before) emit presentationChanged();
    auto more = playback_->fetches(fetches_.empty() ? 0 : fetches_.back().number);
    fetches_.insert(fetches_.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
    keepNewest(fetches_);
    if (isOpen()) history_.add(historyPoint(snapshot_, msOf(link_.clock().now())));
    if (beacon_) tellBeacon();
    emit snapshotChanged();
}

}  // namespace qd::app
