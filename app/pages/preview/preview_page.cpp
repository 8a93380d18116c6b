#include "app/pages/preview/preview_page.hpp"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QSplitter>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/qoe_lines.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/video/transport_bar.hpp"
#include "widgets/video/video_surface.hpp"

namespace qd::app {

using namespace widgets;
using decode::PlaybackState;

namespace {

constexpr int kQoeWidth = 360;

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

bool isRunning(PlaybackState state) {
    return state == PlaybackState::starting || state == PlaybackState::playing ||
           state == PlaybackState::stalled || state == PlaybackState::seeking;
}

}  // namespace

PreviewPage::PreviewPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Preview"),
               QStringLiteral("The stream as viewers get it, through the gateway."), false, parent) {
    follow(session.catalog());
    titles_ = new QComboBox(this);
    titles_->setMinimumWidth(260);
    titles_->setAccessibleName(QStringLiteral("Title"));
    path_ = new QComboBox(this);
    path_->addItem(QStringLiteral("Path: as viewers"), int(Path::Auto));
    path_->addItem(QStringLiteral("Path: stable"), int(Path::Stable));
    path_->addItem(QStringLiteral("Path: canary"), int(Path::Canary));
    path_->setAccessibleName(QStringLiteral("Path"));
    level_ = new QComboBox(this);
    level_->addItem(QStringLiteral("Quality: automatic"), -1);
    level_->setAccessibleName(QStringLiteral("Quality"));
    for (QComboBox* box : {titles_, path_, level_}) header()->addControl(box);

    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    auto* upper = new QWidget(split);
    auto* row = new QHBoxLayout(upper);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::lg);
    row->addWidget(makePlayer(), 1);
    row->addWidget(makeQoe());
    split->addWidget(upper);
    split->addWidget(makeLog());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setSizes({500, 290});
    body()->addWidget(split, 1);
    wireTransport();

    connect(titles_, &QComboBox::activated, this, [this] { play(); });
    connect(path_, &QComboBox::activated, this, [this] { play(); });
    connect(level_, &QComboBox::activated, this,
            [this] { this->session().player().lockLevel(level_->currentData().toInt()); });
    PlayerAdapter& player = session.player();
    connect(&player, &PlayerAdapter::frameArrived, surface_, &VideoSurface::presentFrame);
    connect(&player, &PlayerAdapter::stateChanged, this, &PreviewPage::showPlayer);
    connect(&player, &PlayerAdapter::snapshotChanged, this, &PreviewPage::showPlayer);
}

QWidget* PreviewPage::makePlayer() {
    auto* card = new Card(content());
    surface_ = new VideoSurface(card);
    surface_->setState(VideoState::NoSignal, QStringLiteral("Choose a title above"));
    transport_ = new TransportBar(card);
    card->body()->addWidget(surface_, 1);
    card->body()->addWidget(transport_);
    return card;
}

QWidget* PreviewPage::makeQoe() {
    auto* card = new Card(QStringLiteral("Quality of experience"), content());
    card->setFixedWidth(kQoeWidth);
    state_ = new StatusBadge(State::Neutral, QStringLiteral("Idle"), card);
    card->body()->addWidget(state_, 0, Qt::AlignLeft);
    qoe_ = new QFormLayout;
    qoe_->setHorizontalSpacing(space::lg);
    qoe_->setVerticalSpacing(space::sm);
    for (const QoeLine& line : qoeLines({})) {
        auto* name = makeMutedLabel(line.name, Type::Small, card);
        auto* value = makeLabel(QStringLiteral("–"), Type::Body, Weight::Medium, false, card);
        name->setToolTip(line.formula);
        value->setToolTip(line.formula);
        qoe_->addRow(name, value);
        values_.append(value);
    }
    card->body()->addLayout(qoe_);
    card->body()->addStretch();
    return card;
}

QWidget* PreviewPage::makeLog() {
    auto* card = new Card(content());
    auto* head = new SectionHeader(QStringLiteral("Requests"),
                                   QStringLiteral("Every attempt, failed ones included."), card);
    card->body()->addWidget(head);
    log_ = new FetchModel(this);
    logTable_ = new TableView(card);
    logTable_->setModel(log_);
    for (const int column : {FetchModel::Number, FetchModel::Level, FetchModel::FirstByte, FetchModel::Total,
                             FetchModel::Size, FetchModel::Rate})
        logTable_->setItemDelegateForColumn(column, new NumberDelegate(logTable_));
    logTable_->setItemDelegateForColumn(FetchModel::Status, new StatusDelegate(logTable_));
    logTable_->setColumnLayout({56, 180, 110, 120, 0, 100, 100, 100, 120});
    logTable_->setEmptyContent(
        Icon::Film, QStringLiteral("No request yet"),
        QStringLiteral(
            "Playlists, initialisation sections and segments appear here as the player asks for them."));
    logTable_->setAccessibleName(QStringLiteral("Requests of the player"));
    card->body()->addWidget(logTable_);
    return card;
}

void PreviewPage::wireTransport() {
    PlayerAdapter& player = session().player();
    const auto toggle = [this] {
        PlayerAdapter& p = session().player();
        if (!p.isOpen()) return play();
        if (isRunning(p.snapshot().state))
            p.pause();
        else
            p.resume();
    };
    connect(surface_, &VideoSurface::toggleRequested, this, toggle);
    connect(transport_, &TransportBar::playRequested, this, toggle);
    connect(transport_, &TransportBar::pauseRequested, &player, &PlayerAdapter::pause);
    connect(transport_, &TransportBar::seekRequested, &player, &PlayerAdapter::seek);
    connect(transport_, &TransportBar::volumeRequested, this, [this](double volume) {
        session().player().setVolume(volume);
        session().preferences().setVolume(int(std::lround(volume * 100)));
        transport_->setVolume(volume);
        transport_->setMuted(false);
    });
    connect(transport_, &TransportBar::muteRequested, this, [this](bool muted) {
        session().player().setVolume(muted ? 0 : session().preferences().volume() / 100.0);
        transport_->setMuted(muted);
    });
    connect(transport_, &TransportBar::statisticsToggled, this, [this] {
        surface_->setStatisticsVisible(!surface_->isStatisticsVisible());
        transport_->setStatisticsShown(surface_->isStatisticsVisible());
    });
    connect(transport_, &TransportBar::fullScreenToggled, this,
            [this] { setFullScreen(!surface_->isFullScreen()); });
    connect(surface_, &VideoSurface::fullScreenRequested, this,
            [this] { setFullScreen(!surface_->isFullScreen()); });
    connect(surface_, &VideoSurface::keyPressed, this, [this](QKeyEvent* event) {
        if (event->key() == Qt::Key_Escape && surface_->isFullScreen())
            setFullScreen(false);
        else
            transport_->handleKey(event);
    });
    connect(transport_, &TransportBar::helpRequested, this,
            [this] { session().actions().trigger(QStringLiteral("app.help")); });
    transport_->setVolume(session().preferences().volume() / 100.0);
    player.setVolume(session().preferences().volume() / 100.0);
}

void PreviewPage::setFullScreen(bool full) {
    // The surface leaves its card for the screen and comes back to its place.
    auto* card = qobject_cast<Card*>(transport_->parentWidget());
    if (full == surface_->isFullScreen() || !card) return;
    if (full) {
        surface_->setWindowFlag(Qt::Window, true);
        surface_->showFullScreen();
    } else {
        surface_->setWindowFlag(Qt::Window, false);
        card->body()->insertWidget(0, surface_, 1);
        surface_->showNormal();
    }
    surface_->setFocus();
    QMetaObject::invokeMethod(this, &PreviewPage::fitOutput, Qt::QueuedConnection);
}

bool PreviewPage::open(const QString& id) {
    const Title* title = session().catalog().find(id);
    if (!title || !title->isPlayable()) return false;
    session().selection().setTitle(id);
    if (isActive() && hasData()) showData();
    const PlaybackState state = session().player().snapshot().state;
    const bool playsIt = session().player().isOpen() && session().player().titleId() == id &&
                         state != PlaybackState::failed && state != PlaybackState::ended;
    if (playsIt) return true;
    session().player().play(id, Path(path_->currentData().toInt()));
    return true;
}

void PreviewPage::play() {
    const QString id = titles_->currentData().toString();
    if (id.isEmpty()) return;
    session().selection().setTitle(id);
    session().player().play(id, Path(path_->currentData().toInt()));
}

void PreviewPage::shown() {
    if (std::exchange(resumeWhenShown_, false) && session().player().isOpen()) session().player().resume();
    fitOutput();
    showPlayer();
}

void PreviewPage::hidden() {
    // A hidden page decodes nothing.
    if (session().player().isOpen() && isRunning(session().player().snapshot().state)) {
        resumeWhenShown_ = true;
        session().player().pause();
    }
}

void PreviewPage::showData() {
    const auto& all = session().catalog().titles();
    if (all == listed_) return;
    listed_ = all;
    const QString chosen =
        session().player().isOpen() ? session().player().titleId() : titles_->currentData().toString();
    titles_->clear();
    for (const Title& title : all)
        if (title.isPlayable()) titles_->addItem(title.title.isEmpty() ? title.id : title.title, title.id);
    titles_->setCurrentIndex(std::max(0, titles_->findData(chosen)));
    const bool some = titles_->count() > 0;
    titles_->setEnabled(some);
    transport_->setReady(some, QStringLiteral("No title can be played yet: upload one in the catalog"));
    if (!some)
        surface_->setState(VideoState::NoSignal, QStringLiteral("No title can be played yet"));
    else if (!session().player().isOpen())
        surface_->setState(VideoState::NoSignal, QStringLiteral("Press Space to play"));
}

void PreviewPage::showPlayer() {
    if (!isActive()) return;
    PlayerAdapter& player = session().player();
    const decode::PlaybackSnapshot& snapshot = player.snapshot();
    const Wording word = wordOf(snapshot.state);
    state_->setStatus(word.state, word.text);
    if (!player.isOpen()) return;
    QString text;
    if (snapshot.error)
        text = str(snapshot.error->message);
    else if (snapshot.session.waiting_for_server)
        text = QStringLiteral("The gateway does not answer; it is asked again");
    surface_->setState(videoState(snapshot.state), text);
    if (player.path() == Path::Auto)
        surface_->setTag({}, Token::Stable);
    else
        surface_->setTag(
            player.path() == Path::Canary ? QStringLiteral("Canary path") : QStringLiteral("Stable path"),
            player.path() == Path::Canary ? Token::Canary : Token::Stable);
    surface_->setStallMark(snapshot.qoe.stalled_now ? QStringLiteral("Stalled") : QString());
    if (surface_->isStatisticsVisible()) surface_->setStatistics(overlayLines(snapshot));
    const qint64 at = qint64(snapshot.position.count() * 1000);
    transport_->setReady(true);
    transport_->setPlaying(isRunning(snapshot.state));
    transport_->setDuration(qint64(snapshot.session.presentation.end.count() * 1000));
    transport_->setPosition(at);
    transport_->setBuffered({{double(at), double(at) + snapshot.session.buffered.count() * 1000}});
    QVector<qint64> stalls;
    for (const player::StallInterval& stall : player.stalls())
        stalls.append(qint64(stall.media_at.count() * 1000));
    transport_->setStalls(stalls);
    transport_->setNoAudioReason(!player.noAudioReason().isEmpty() ? player.noAudioReason()
                                 : snapshot.has_video && !snapshot.has_audio
                                     ? QStringLiteral("This title has no sound")
                                     : QString());
    showQoe();
    showLevels();
}

void PreviewPage::showQoe() {
    const QVector<QoeLine> lines = qoeLines(session().player().snapshot());
    for (qsizetype i = 0; i < lines.size() && i < values_.size(); ++i) values_[i]->setText(lines[i].value);
    const auto& fetches = session().player().fetches();
    std::vector<FetchRow> rows;
    rows.reserve(fetches.size());
    for (auto it = fetches.rbegin(); it != fetches.rend(); ++it) rows.push_back({*it});
    log_->update(std::move(rows));
}

void PreviewPage::showLevels() {
    const auto& levels = session().player().snapshot().session.presentation.levels;
    if (level_->count() == int(levels.size()) + 1) return;
    const QSignalBlocker quiet(level_);
    while (level_->count() > 1) level_->removeItem(1);
    for (std::size_t i = 0; i < levels.size(); ++i)
        level_->addItem(QStringLiteral("Quality: %1p").arg(levels[i].height), int(i));
    level_->setCurrentIndex(0);
}

void PreviewPage::fitOutput() {
    session().player().setOutputSize(surface_->size() * surface_->devicePixelRatioF());
}

void PreviewPage::resizeEvent(QResizeEvent* event) {
    DataPage::resizeEvent(event);
    QMetaObject::invokeMethod(this, &PreviewPage::fitOutput, Qt::QueuedConnection);
}

void PreviewPage::keyPressEvent(QKeyEvent* event) {
    if (!transport_->handleKey(event)) DataPage::keyPressEvent(event);
}

}  // namespace qd::app
