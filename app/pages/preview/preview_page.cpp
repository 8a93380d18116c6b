#include "app/pages/preview/preview_page.hpp"

#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "app/pages/preview/comparison_view.hpp"
#include "app/pages/preview/frame_inspector.hpp"
#include "app/pages/preview/history_strip.hpp"
#include "app/pages/preview/player_keys.hpp"
#include "app/pages/preview/player_panel.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/qoe_panel.hpp"
#include "app/pages/preview/segment_log_panel.hpp"
#include "app/pages/preview/source_field.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/video/video_surface.hpp"

namespace qd::app {

using namespace widgets;
using decode::PlaybackState;

namespace {

constexpr int kPreviewSideWidth = 360;
constexpr int kNoticeMs = 8'000;

}  // namespace

PreviewPage::PreviewPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Preview"),
               QStringLiteral("The stream as viewers get it, through the gateway."), false, parent),
      source_(new SourceField(this)),
      path_(new QComboBox(this)),
      evidence_(new ActionButton(session.actions(), QStringLiteral("preview.evidence"), ButtonKind::Plain,
                                 this, QStringLiteral("Evidence"))),
      onePath_(new ActionButton(session.actions(), QStringLiteral("preview.compare"), ButtonKind::Plain, this,
                                QStringLiteral("One path"))),
      notice_(new InlineNotice(this)),
      views_(new QStackedWidget(content())) {
    follow(session.catalog());
    path_->addItem(QStringLiteral("Path: as viewers"), int(Path::Auto));
    path_->addItem(QStringLiteral("Path: stable"), int(Path::Stable));
    path_->addItem(QStringLiteral("Path: canary"), int(Path::Canary));
    path_->setAccessibleName(QStringLiteral("Path"));
    for (QComboBox* box : {static_cast<QComboBox*>(source_), path_}) header()->addControl(box);
    for (ActionButton* button : {evidence_, onePath_}) header()->addControl(button);
    notice_->setVisible(false);
    connect(notice_, &InlineNotice::dismissed, notice_, &QWidget::hide);
    noticeGoes_.setSingleShot(true);
    noticeGoes_.setInterval(kNoticeMs);
    connect(&noticeGoes_, &QTimer::timeout, notice_, &QWidget::hide);
    body()->setSpacing(space::md);
    body()->addWidget(notice_);
    body()->addWidget(views_, 1);
    views_->addWidget(makeSingle());
    comparison_ = new ComparisonView(session, views_);
    views_->addWidget(comparison_);
    wire();
}

QWidget* PreviewPage::makeSingle() {
    auto* split = new QSplitter(Qt::Vertical, views_);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::md);
    auto* upper = new QWidget(split);
    auto* row = new QHBoxLayout(upper);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::md);
    panel_ = new PlayerPanel(session(), upper);
    // In a low window the numbers scroll rather than the picture shrink to nothing.
    auto* scroll = new QScrollArea(upper);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedWidth(kPreviewSideWidth);
    scroll->viewport()->setAutoFillBackground(false);
    side_ = new QStackedWidget;
    side_->setAutoFillBackground(false);
    scroll->setWidget(side_);
    qoe_ = new QoePanel(side_);
    inspector_ = new FrameInspector(side_);
    side_->addWidget(qoe_);
    side_->addWidget(inspector_);
    row->addWidget(panel_, 1);
    row->addWidget(scroll);
    history_ = new HistoryStrip(split);
    log_ = new SegmentLogPanel(session(), split);
    split->addWidget(upper);
    split->addWidget(history_);
    split->addWidget(log_);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 0);
    split->setStretchFactor(2, 1);
    split->setSizes({446, 112, 224});
    return split;
}

void PreviewPage::wire() {
    PlayerAdapter& player = session().player();
    PreviewFocus& focus = session().previewFocus();
    connect(source_, &SourceField::titleChosen, this, &PreviewPage::play);
    connect(source_, &SourceField::addressTyped, this, &PreviewPage::openAddress);
    connect(path_, &QComboBox::activated, this, [this] {
        const QString id = source_->titleId();
        if (!id.isEmpty()) play(id);
    });
    connect(&player, &PlayerAdapter::opened, this, [this, &player] {
        notice_->setVisible(false);
        if (player.titleId().isEmpty())
            source_->setAddress(player.address());
        else
            source_->setTitle(player.titleId());
        path_->setCurrentIndex(path_->findData(int(player.path())));
        path_->setEnabled(!player.titleId().isEmpty());
        path_->setToolTip(player.titleId().isEmpty() ? QStringLiteral("Only titles of the site have paths")
                                                     : QString());
        log_->setMetric({});
        qoe_->setChosen({});
    });
    connect(&player, &PlayerAdapter::stateChanged, this, &PreviewPage::showPlayer);
    connect(&player, &PlayerAdapter::snapshotChanged, this, &PreviewPage::showPlayer);
    connect(qoe_, &QoePanel::metricChosen, log_, &SegmentLogPanel::setMetric);
    connect(log_, &SegmentLogPanel::metricCleared, qoe_, [this] { qoe_->setChosen({}); });
    connect(inspector_, &FrameInspector::closeWanted, side_, [this] { side_->setCurrentWidget(qoe_); });
    connect(&focus, &PreviewFocus::inspectorWanted, side_, [this] {
        if (session().previewFocus().isComparing()) return comparison_->toggleInspector();
        side_->setCurrentWidget(side_->currentWidget() == inspector_ ? static_cast<QWidget*>(qoe_)
                                                                     : inspector_);
        showPlayer();
    });
    connect(&focus, &PreviewFocus::addressWanted, source_, &SourceField::editAddress);
    connect(&focus, &PreviewFocus::told, this, &PreviewPage::tell);
    const auto showView = [this](bool comparing) {
        views_->setCurrentWidget(comparing ? static_cast<QWidget*>(comparison_) : views_->widget(0));
        path_->setVisible(!comparing);
        for (ActionButton* button : {evidence_, onePath_}) button->setVisible(comparing);
        if (isActive()) firstFocus()->setFocus();
    };
    connect(&focus, &PreviewFocus::comparingChanged, this, showView);
    showView(focus.isComparing());
}

QWidget* PreviewPage::firstFocus() {
    return session().previewFocus().isComparing() ? static_cast<QWidget*>(comparison_) : panel_->surface();
}

void PreviewPage::tell(const QString& what, const QString& detail, bool bad) {
    notice_->setNotice({bad ? State::Bad : State::Good, what, detail, {}, {}, true});
    notice_->setVisible(true);
    // What went well need not stay; what did not, does until somebody has read it.
    bad ? noticeGoes_.stop() : noticeGoes_.start();
}

bool PreviewPage::open(const QString& id) {
    const Title* title = session().catalog().find(id);
    if (!title || !title->isPlayable()) return false;
    session().selection().setTitle(id);
    if (isActive() && hasData()) showData();
    const PlaybackState state = session().player().snapshot().state;
    const bool playsIt = session().player().isOpen() && session().player().titleId() == id &&
                         state != PlaybackState::failed && state != PlaybackState::ended;
    if (!playsIt) play(id);
    return true;
}

void PreviewPage::play(const QString& titleId) {
    if (titleId.isEmpty()) return;
    session().selection().setTitle(titleId);
    if (session().previewFocus().isComparing())
        return session().actions().invoke(QStringLiteral("preview.compare"),
                                          {{QStringLiteral("title"), titleId}});
    session().player().play(titleId, Path(path_->currentData().toInt()));
    panel_->surface()->setFocus();
}

void PreviewPage::openAddress(const QString& text) {
    const auto url = hlsAddress(text);
    if (!url)
        return tell(QStringLiteral("This cannot be opened."), QString::fromStdString(url.error().message),
                    true);
    session().comparison().stop();
    session().previewFocus().setComparing(false);
    session().player().playAddress(*url);
    panel_->surface()->setFocus();
}

void PreviewPage::shown() {
    if (std::exchange(resumeWhenShown_, false) && session().player().isOpen()) session().player().resume();
    if (std::exchange(resumeComparison_, false) && session().comparison().isOpen())
        session().comparison().resume();
    panel_->fitOutput();
    showPlayer();
    comparison_->showComparison();
}

void PreviewPage::hidden() {
    // A hidden page decodes nothing; a window of its own is not hidden.
    if (session().player().isOpen() && !panel_->isOutside() &&
        isRunning(session().player().snapshot().state)) {
        resumeWhenShown_ = true;
        session().player().pause();
    }
    if (session().comparison().isRunning()) {
        resumeComparison_ = true;
        session().comparison().pause();
    }
}

void PreviewPage::showData() {
    const auto& all = session().catalog().titles();
    if (all != listed_) {
        listed_ = all;
        source_->setTitles(all);
        const PlayerAdapter& player = session().player();
        const QString chosen = player.isOpen() ? player.titleId() : session().selection().title();
        const bool typing = source_->lineEdit()->hasFocus();
        if (!chosen.isEmpty() && !typing) source_->setTitle(chosen);
        session().previewFocus().setOffered(source_->titleId());
    }
    const bool some = source_->count() > 0;
    panel_->setIdleText(
        some ? QStringLiteral("Space plays the title; U opens any HLS address")
             : QStringLiteral("No title can be played yet: upload one in the catalog, or open any "
                              "HLS address (U)"),
        some);
}

void PreviewPage::showPlayer() {
    if (panel_->isOutside() || isActive()) panel_->showPlayer();
    if (!isActive()) return;
    const PlayerAdapter& player = session().player();
    qoe_->showPlayer(player);
    if (side_->currentWidget() == inspector_)
        inspector_->showFrames({{{}, player.frameInfo(), player.snapshot().session.presentation}});
    history_->showPlayer(player);
    log_->showPlayer();
}

bool PreviewPage::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        keepsKey(window()->focusWidget(), static_cast<QKeyEvent*>(event)->key())) {
        event->accept();
        return true;
    }
    return DataPage::event(event);
}

}  // namespace qd::app
