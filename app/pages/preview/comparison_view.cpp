#include "app/pages/preview/comparison_view.hpp"

#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/preview/comparison_controls.hpp"
#include "app/pages/preview/comparison_figures.hpp"
#include "app/pages/preview/comparison_plot.hpp"
#include "app/pages/preview/comparison_values.hpp"
#include "app/pages/preview/frame_inspector.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/pages/preview/segment_pair_panel.hpp"
#include "app/pages/preview/segment_requests.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/score_plot.hpp"

namespace qd::app {

using namespace widgets;
using compare::Side;

namespace {

constexpr int kFiguresWidth = 420;

}  // namespace

ComparisonView::ComparisonView(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    row->addWidget(makePictures(), 1);
    row->addWidget(makeSide());
    column->addLayout(row, 1);
    plot_ = new ComparisonPlot(this);
    column->addWidget(plot_);
    wire();
}

QWidget* ComparisonView::makePictures() {
    auto* card = new Card(this);
    card->body()->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    card->body()->setSpacing(space::xs);
    pictures_ = new CompareSurface(card);
    controls_ = new ComparisonControls(session_, card);
    card->body()->addWidget(pictures_, 1);
    card->body()->addWidget(controls_);
    return card;
}

QWidget* ComparisonView::makeSide() {
    side_ = new QStackedWidget(this);
    side_->setFixedWidth(kFiguresWidth);
    side_->addWidget(makeVerdict());
    inspector_ = new FrameInspector(side_);
    requests_ = new SegmentRequests(session_, side_);
    side_->addWidget(inspector_);
    side_->addWidget(requests_);
    connect(inspector_, &FrameInspector::closeWanted, this, &ComparisonView::backToVerdict);
    connect(requests_, &SegmentRequests::closeWanted, this, &ComparisonView::backToVerdict);
    connect(segments_, &SegmentPairPanel::segmentOpened, this, [this](quint64 sequence) {
        side_->setCurrentWidget(requests_);
        requests_->showSegment(sequence);
    });
    return side_;
}

QWidget* ComparisonView::makeVerdict() {
    // In a low window the figures scroll rather than shrink until they cannot be read.
    auto* scroll = new QScrollArea(side_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    auto* side = new QWidget;
    side->setAutoFillBackground(false);
    scroll->setWidget(side);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    figures_ = new ComparisonFigures(side);
    segments_ = new SegmentPairPanel(side);
    column->addWidget(figures_);
    column->addWidget(segments_, 1);
    return scroll;
}

void ComparisonView::toggleInspector() {
    if (side_->currentWidget() == inspector_) return backToVerdict();
    side_->setCurrentWidget(inspector_);
    showSide();
}

void ComparisonView::backToVerdict() {
    const bool fromRequests = side_->currentWidget() == requests_;
    side_->setCurrentIndex(0);
    // Back where the segment was chosen, for the next one.
    if (fromRequests) segments_->table()->setFocus();
    showSide();
}

void ComparisonView::showSide() {
    const ComparisonAdapter& both = session_.comparison();
    if (side_->currentWidget() == inspector_) {
        QVector<InspectedFrame> frames;
        for (const Side side : compare::sides) {
            const compare::SideSnapshot& now = both.snapshot().side[side];
            frames.append({str(now.name), both.frameInfo(side), now.session.presentation});
        }
        return inspector_->showFrames(frames);
    }
    if (side_->currentWidget() == requests_) return requests_->showComparison(both);
    figures_->showComparison(both);
    segments_->showComparison(both);
}

void ComparisonView::wire() {
    connect(pictures_, &CompareSurface::toggleRequested, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.toggle")); });
    connect(pictures_, &CompareSurface::roomChanged, this, &ComparisonView::fitOutput);
    connect(controls_, &ComparisonControls::gainChosen, pictures_, &CompareSurface::setGain);
    connect(plot_->plot(), &ScorePlot::positionChosen, this,
            [this](double ms) { session_.comparison().seek(ms / 1000); });
    ComparisonAdapter& both = session_.comparison();
    connect(&both, &ComparisonAdapter::framesArrived, pictures_, &CompareSurface::present);
    connect(&both, &ComparisonAdapter::opened, this, [this] {
        pictures_->clear();
        plot_->clear();
        side_->setCurrentIndex(0);
        fitOutput();
    });
    connect(&both, &ComparisonAdapter::changed, this, &ComparisonView::showComparison);
    connect(&session_.previewFocus(), &PreviewFocus::comparisonWanted, this, [this](int mode) {
        pictures_->setMode(CompareMode(mode));
        controls_->setMode(CompareMode(mode));
    });
}

ScorePlot* ComparisonView::plot() const {
    return plot_->plot();
}

void ComparisonView::fitOutput() {
    session_.comparison().setOutputSize(pictures_->pictureRoom() * pictures_->devicePixelRatioF());
}

void ComparisonView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    fitOutput();
    showComparison();
}

void ComparisonView::showComparison() {
    if (!isVisible()) return;
    const ComparisonAdapter& both = session_.comparison();
    showPictures();
    controls_->showComparison(both);
    showSide();
    plot_->showComparison(both);
}

void ComparisonView::showPictures() {
    const ComparisonAdapter& both = session_.comparison();
    const compare::LockstepSnapshot& now = both.snapshot();
    const auto nameOf = [&](Side side) {
        QString name = str(now.side[side].name);
        if (name.isEmpty()) name = side == Side::a ? QStringLiteral("A") : QStringLiteral("B");
        return now.audible == side ? name + QStringLiteral(" ♪") : name;
    };
    pictures_->setNames(nameOf(Side::a), Token::Stable, nameOf(Side::b), Token::Canary);
    pictures_->setSubtitles(subtitleLines(now.side.a.cues), subtitleLines(now.side.b.cues));
    pictures_->setCaption(scoreCaption(both.scores(), now));
    QString message;
    for (const Side side : compare::sides)
        if (now.side[side].error)
            message += QStringLiteral("%1 cannot be played: %2\n")
                           .arg(str(now.side[side].name), str(now.side[side].error->message));
    if (message.isEmpty() && now.waits_for)
        message = QStringLiteral("Waiting for %1").arg(str(now.side[*now.waits_for].name));
    if (message.isEmpty() && now.state == decode::PlaybackState::starting)
        message = QStringLiteral("Loading both…");
    if (!both.isOpen()) message = QStringLiteral("The comparison has been stopped");
    pictures_->setMessage(message.trimmed());
}

}  // namespace qd::app
