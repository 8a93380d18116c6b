#include "app/pages/preview/player_panel.hpp"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/player_tools.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/qoe_lines.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/progress_strip.hpp"
#include "widgets/video/transport_bar.hpp"
#include "widgets/video/video_surface.hpp"

namespace qd::app {

using namespace widgets;
using decode::PlaybackState;

namespace {

constexpr int kThumbnailWidth = 192;

VideoState videoState(PlaybackState state) {
    switch (state) {
        case PlaybackState::idle:
            return VideoState::NoSignal;
        case PlaybackState::starting:
            return VideoState::Loading;
        case PlaybackState::playing:
            return VideoState::Playing;
        case PlaybackState::paused:
            return VideoState::Paused;
        case PlaybackState::stalled:
        case PlaybackState::seeking:
            return VideoState::Buffering;
        case PlaybackState::ended:
            return VideoState::Ended;
        case PlaybackState::failed:
            return VideoState::Failed;
    }
    return VideoState::NoSignal;
}

qint64 scrubMs(core::Seconds seconds) {
    return qint64(std::lround(seconds.count() * 1000));
}

}  // namespace

PlayerPanel::PlayerPanel(Session& session, QWidget* parent)
    : Card(parent),
      session_(session),
      thumbnails_(session.link()),
      stage_(new QWidget(this)),
      controls_(new QWidget(stage_)),
      surface_(new VideoSurface(stage_)),
      transport_(new TransportBar(controls_)),
      tools_(new PlayerTools(session, controls_)),
      clip_(new QWidget(controls_)),
      clipProgress_(new ProgressStrip(clip_)),
      outside_(new EmptyState(Icon::Film, QStringLiteral("The picture is in its own window"),
                              QStringLiteral("Escape there, or P, brings it back."), this)) {
    surface_->setAccessibleName(QStringLiteral("Picture"));
    surface_->installEventFilter(this);
    auto* below = new QVBoxLayout(controls_);
    below->setContentsMargins(0, 0, 0, 0);
    below->setSpacing(0);
    below->addWidget(transport_);
    below->addWidget(tools_);
    below->addWidget(clip_);
    auto* clipRow = new QHBoxLayout(clip_);
    clipRow->setContentsMargins(space::sm, 0, space::sm, space::xs);
    clipRow->addWidget(clipProgress_, 1);
    auto* stop = makeButton(QStringLiteral("Stop"), ButtonKind::Quiet, clip_);
    stop->setAccessibleName(QStringLiteral("Stop the clip's export"));
    connect(stop, &QPushButton::clicked, &session.clips(), &ClipAdapter::cancel);
    clipRow->addWidget(stop);
    clip_->setVisible(false);
    auto* column = new QVBoxLayout(stage_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addWidget(surface_, 1);
    column->addWidget(controls_);
    body()->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    body()->addWidget(stage_, 1);
    body()->addWidget(outside_, 1);
    outside_->setVisible(false);
    outside_->setAction(QStringLiteral("Bring it back"));
    connect(outside_, &EmptyState::actionTriggered, this, &PlayerPanel::comeBack);
    wireTransport();
    wireThumbnails();
    wireClips();

    PlayerAdapter& player = session.player();
    connect(&player, &PlayerAdapter::frameArrived, this, [this](const QImage& frame) {
        surface_->presentFrame(frame);
        showFrame();
    });
    connect(&player, &PlayerAdapter::opened, this, [this] { surface_->clear(); });
    PreviewFocus& focus = session.previewFocus();
    connect(&focus, &PreviewFocus::layerToggled, this, [this](int layer) {
        const auto which = OverlayLayer(layer);
        surface_->setLayerVisible(which, !surface_->isLayerVisible(which));
        showPlayer();
    });
    connect(&focus, &PreviewFocus::fullScreenWanted, this, [this] {
        if (window_ && window_->isFullScreen()) return comeBack();
        leave(true);
    });
    connect(&focus, &PreviewFocus::popOutWanted, this, [this] { window_ ? comeBack() : leave(false); });
}

PlayerPanel::~PlayerPanel() = default;

void PlayerPanel::wireTransport() {
    ActionRegistry& actions = session_.actions();
    const auto does = [&actions](const char* id) {
        return [&actions, id] { actions.trigger(QString::fromUtf8(id)); };
    };
    connect(surface_, &VideoSurface::toggleRequested, this, does("preview.toggle"));
    connect(surface_, &VideoSurface::fullScreenRequested, this, does("preview.full_screen"));
    connect(transport_, &TransportBar::playRequested, this, does("preview.toggle"));
    connect(transport_, &TransportBar::pauseRequested, this, does("preview.toggle"));
    connect(transport_, &TransportBar::statisticsToggled, this, does("preview.statistics"));
    connect(transport_, &TransportBar::fullScreenToggled, this, does("preview.full_screen"));
    connect(transport_, &TransportBar::liveRequested, this, does("preview.live"));
    connect(transport_, &TransportBar::helpRequested, this, does("app.help"));
    connect(transport_, &TransportBar::muteRequested, this, does("preview.mute"));
    connect(transport_, &TransportBar::stepRequested, this,
            [this](int frames) { session_.player().step(frames); });
    connect(transport_, &TransportBar::seekRequested, this, [this](qint64 position, bool dragging) {
        session_.player().seek(position, dragging ? decode::SeekMode::keyframe : decode::SeekMode::exact);
    });
    connect(transport_, &TransportBar::volumeRequested, this, [&actions](double volume) {
        actions.invoke(QStringLiteral("preview.louder"), {{QStringLiteral("volume"), volume}});
    });
    session_.player().setVolume(session_.preferences().volume() / 100.0);
    transport_->setVolume(session_.player().volume());
}

void PlayerPanel::wireThumbnails() {
    ScrubBar* scrub = transport_->scrubBar();
    PlayerAdapter& player = session_.player();
    const auto open = [this, &player, scrub] {
        scrub->setThumbnail(-1, {});
        scrub->setThumbnailProblem({});
        thumbnails_.open(player.address(), player.options());
    };
    connect(&player, &PlayerAdapter::opened, this, open);
    if (player.isOpen()) open();
    connect(scrub, &ScrubBar::previewWanted, this, [this, scrub](qint64 position) {
        if (position < 0 || !session_.player().isOpen()) return;
        scrub->setThumbnailProblem({});
        thumbnails_.request(position, kThumbnailWidth);
    });
    connect(&thumbnails_, &ThumbnailAdapter::arrived, scrub, &ScrubBar::setThumbnail);
    connect(&thumbnails_, &ThumbnailAdapter::failed, scrub, [scrub](const QString& why) {
        scrub->setThumbnailProblem(QStringLiteral("No picture: %1").arg(why));
    });
}

void PlayerPanel::wireClips() {
    ClipAdapter& clips = session_.clips();
    connect(&clips, &ClipAdapter::progressed, this, [this](double share) {
        clip_->setVisible(true);
        clipProgress_->setProgress(share);
        clipProgress_->setText(QStringLiteral("Exporting the clip, %1").arg(formatPercent(share, 0)));
    });
    connect(&clips, &ClipAdapter::finished, this, [this] { clip_->setVisible(false); });
}

void PlayerPanel::setIdleText(const QString& text, bool ready) {
    idleText_ = text;
    ready_ = ready;
    showPlayer();
}

void PlayerPanel::showPlayer() {
    PlayerAdapter& player = session_.player();
    const decode::PlaybackSnapshot& now = player.snapshot();
    tools_->showPlayer();
    transport_->setStatisticsShown(surface_->isLayerVisible(OverlayLayer::Statistics));
    transport_->setVolume(player.volume());
    transport_->setMuted(player.isMuted());
    if (!player.isOpen()) {
        surface_->clear();
        surface_->setState(VideoState::NoSignal, idleText_);
        surface_->setStatistics({});
        surface_->setSubtitles({});
        surface_->setTimecode({});
        surface_->setFrameNumber({});
        surface_->setStallMark({});
        surface_->setTag({}, Token::Stable);
        transport_->setReady(ready_, idleText_);
        transport_->setPlaying(false);
        transport_->setRange(0, 0);
        transport_->setLive({});
        return;
    }
    QString text;
    if (now.error) {
        const Advice advice = adviceFor(*now.error, !player.titleId().isEmpty());
        text = advice.next.isEmpty() ? advice.why : advice.why + u'\n' + advice.next;
    } else if (now.session.waiting_for_server) {
        text = player.titleId().isEmpty() ? QStringLiteral("The server does not answer; it is asked again")
                                          : QStringLiteral("The gateway does not answer; it is asked again");
    }
    surface_->setState(videoState(now.state), text);
    if (player.path() == Path::Auto)
        surface_->setTag({}, Token::Stable);
    else
        surface_->setTag(
            player.path() == Path::Canary ? QStringLiteral("Canary path") : QStringLiteral("Stable path"),
            player.path() == Path::Canary ? Token::Canary : Token::Stable);
    const auto stalls = player.stalls();
    surface_->setStallMark(
        now.qoe.stalled_now && !stalls.empty()
            ? QStringLiteral("Stalled %1").arg(formatSeconds(stalls.back().duration.count()))
            : QString());
    if (surface_->isLayerVisible(OverlayLayer::Statistics))
        surface_->setStatistics(overlayLines(now, player.networkName()));
    surface_->setSubtitles(subtitleLines(player.cues()));
    const auto& presentation = now.session.presentation;
    transport_->setReady(true);
    transport_->setPlaying(isRunning(now.state));
    transport_->setRange(scrubMs(presentation.start), scrubMs(presentation.end));
    transport_->setPosition(scrubMs(now.position));
    transport_->setLive(presentation.live ? std::optional(liveDistance(now.position, presentation.end,
                                                                       presentation.target_duration))
                                          : std::nullopt);
    transport_->setNoAudioReason(!player.noAudioReason().isEmpty() ? player.noAudioReason()
                                 : now.has_video && !now.has_audio ? QStringLiteral("This title has no sound")
                                                                   : QString());
    showMarks();
    showFrame();
    if (window_) window_->setControlsMayHide(now.state == PlaybackState::playing);
}

void PlayerPanel::showMarks() {
    const PlayerAdapter& player = session_.player();
    const decode::PlaybackSnapshot& now = player.snapshot();
    ScrubBar* scrub = transport_->scrubBar();
    const double at = now.position.count() * 1000;
    scrub->setBuffered({{at, at + now.session.buffered.count() * 1000}});
    QVector<qint64> stalls;
    for (const player::StallInterval& stall : player.stalls()) stalls.append(scrubMs(stall.media_at));
    scrub->setStalls(stalls);
    QVector<ScrubMark> marks;
    for (const SkippedRow& row : player.skipped()) {
        const auto& segment = row.segment;
        marks.append({{segment.start.count() * 1000, (segment.start + segment.duration).count() * 1000},
                      QStringLiteral("Left out: %1").arg(str(segment.reason))});
    }
    scrub->setMarks(marks);
    std::optional<TimeRange> loop;
    if (now.loop) {
        const double end = now.session.presentation.end.count();
        const double to = now.loop->to.count() > 0 ? now.loop->to.count() : end;
        loop = TimeRange{now.loop->from.count() * 1000, to * 1000};
    }
    scrub->setLoop(loop);
    const auto& levels = now.session.presentation.levels;
    double rate = 0;
    if (now.shown_level >= 0 && now.shown_level < int(levels.size()))
        rate = levels[std::size_t(now.shown_level)].frame_rate;
    if (const Title* title = session_.catalog().find(player.titleId()); rate <= 0 && title)
        rate = title->frameRate;
    if (rate <= 0)
        if (const auto frame = player.frameInfo(); frame && frame->duration.count() > 0)
            rate = 1 / frame->duration.count();
    scrub->setFrameRate(rate);
}

void PlayerPanel::showFrame() {
    const ShownFrame& frame = session_.player().shownFrame();
    const double at = frame.atS > 0 ? frame.atS : session_.player().snapshot().position.count();
    if (surface_->isLayerVisible(OverlayLayer::Timecode)) surface_->setTimecode(timecode(at));
    if (surface_->isLayerVisible(OverlayLayer::FrameNumber))
        surface_->setFrameNumber(frame.number ? QStringLiteral("frame %1").arg(*frame.number)
                                              : QStringLiteral("no frame code"));
}

void PlayerPanel::leave(bool fullScreen) {
    if (!window_) {
        auto* outside = new PlayerWindow(QWidget::window());
        outside->setAttribute(Qt::WA_DeleteOnClose, false);
        connect(outside, &PlayerWindow::leaveWanted, this, &PlayerPanel::comeBack);
        for (const Command* command : session_.actions().commands())
            if (command->page == QLatin1String("preview") && !isWindowWide(*command))
                outside->addAction(session_.actions().action(command->id));
        window_ = outside;
        body()->removeWidget(stage_);
        outside->hold(stage_, controls_);
        outside_->setVisible(true);
    }
    fullScreen ? window_->showFullScreen() : window_->showNormal();
    window_->activateWindow();
    surface_->setFocus();
    showPlayer();
    QMetaObject::invokeMethod(this, &PlayerPanel::fitOutput, Qt::QueuedConnection);
}

void PlayerPanel::comeBack() {
    if (!window_) return;
    PlayerWindow* outside = window_;
    window_ = nullptr;
    outside->release();
    body()->insertWidget(0, stage_, 1);
    stage_->show();
    outside_->setVisible(false);
    outside->hide();
    outside->deleteLater();
    surface_->setFocus();
    QMetaObject::invokeMethod(this, &PlayerPanel::fitOutput, Qt::QueuedConnection);
}

void PlayerPanel::fitOutput() {
    session_.player().setOutputSize(surface_->size() * surface_->devicePixelRatioF());
}

void PlayerPanel::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    QMetaObject::invokeMethod(this, &PlayerPanel::fitOutput, Qt::QueuedConnection);
}

bool PlayerPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == surface_ && event->type() == QEvent::Resize)
        QMetaObject::invokeMethod(this, &PlayerPanel::fitOutput, Qt::QueuedConnection);
    return Card::eventFilter(watched, event);
}

}  // namespace qd::app
