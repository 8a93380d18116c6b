#include "app/pages/preview/comparison_view.hpp"

#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/models/segment_pair_model.hpp"
#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/score_plot.hpp"
#include "widgets/video/scrub_bar.hpp"

namespace qd::app {

using namespace widgets;
using compare::Side;

namespace {

constexpr int kFiguresWidth = 420;
constexpr std::size_t kMostSegments = 60;

struct ModeWord {
    CompareMode mode;
    const char* word;
    const char* action;
};
constexpr ModeWord kModes[] = {
    {CompareMode::SideBySide, "Side by side", "preview.side_by_side"},
    {CompareMode::Wipe, "Wipe", "preview.wipe"},
    {CompareMode::Blink, "In turns", "preview.blink"},
    {CompareMode::Difference, "Difference", "preview.difference"},
};

}  // namespace

ComparisonView::ComparisonView(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    row->addWidget(makePictures(), 1);
    row->addWidget(makeFigures());
    column->addLayout(row, 1);
    column->addWidget(makePlot());
    ComparisonAdapter& both = session.comparison();
    connect(&both, &ComparisonAdapter::framesArrived, pictures_, &CompareSurface::present);
    connect(&both, &ComparisonAdapter::opened, this, [this] {
        pictures_->clear();
        shownScore_ = 0;
        plot_->setScores({}, {});
        plot_->setShades({});
        fitOutput();
    });
    connect(&both, &ComparisonAdapter::changed, this, &ComparisonView::showComparison);
    connect(&session.previewFocus(), &PreviewFocus::comparisonWanted, this, [this](int mode) {
        pictures_->setMode(CompareMode(mode));
        if (auto* button = modes_->button(mode)) button->setChecked(true);
        const bool difference = CompareMode(mode) == CompareMode::Difference;
        gain_->setVisible(difference);
    });
}

QWidget* ComparisonView::makePictures() {
    auto* card = new Card(this);
    card->body()->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    card->body()->setSpacing(space::xs);
    pictures_ = new CompareSurface(card);
    connect(pictures_, &CompareSurface::toggleRequested, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.toggle")); });
    connect(pictures_, &CompareSurface::roomChanged, this, &ComparisonView::fitOutput);
    card->body()->addWidget(pictures_, 1);
    card->body()->addWidget(makeControls(card));
    return card;
}

QWidget* ComparisonView::makeControls(QWidget* parent) {
    auto* controls = new QWidget(parent);
    auto* column = new QVBoxLayout(controls);
    column->setContentsMargins(space::sm, 0, space::sm, space::xs);
    column->setSpacing(space::xs);
    auto* first = new QHBoxLayout;
    first->setSpacing(space::xs);
    auto* back = makeIconButton(Icon::Back, QStringLiteral("One frame back (,)"), controls);
    play_ = makeIconButton(Icon::Play, QStringLiteral("Play (Space)"), controls);
    auto* ahead = makeIconButton(Icon::Next, QStringLiteral("One frame ahead (.)"), controls);
    const auto does = [this](QToolButton* button, const char* id) {
        connect(button, &QToolButton::clicked, this,
                [this, id] { session_.actions().trigger(QString::fromUtf8(id)); });
    };
    does(back, "preview.step_back");
    does(play_, "preview.toggle");
    does(ahead, "preview.step");
    scrub_ = new ScrubBar(controls);
    connect(scrub_, &ScrubBar::seekRequested, this, [this](qint64 ms, bool dragging) {
        if (!dragging) session_.comparison().seek(double(ms) / 1000);
    });
    position_ = makeMutedLabel({}, Type::Small, controls);
    position_->setMinimumWidth(96);
    position_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (QWidget* widget : std::initializer_list<QWidget*>{back, play_, ahead}) first->addWidget(widget);
    first->addWidget(scrub_, 1);
    first->addWidget(position_);
    auto* second = new QHBoxLayout;
    second->setSpacing(space::xs);
    modes_ = new QButtonGroup(this);
    for (const ModeWord& mode : kModes) {
        QPushButton* button = makeButton(QString::fromUtf8(mode.word), ButtonKind::Quiet, controls);
        button->setCheckable(true);
        if (const Command* command = session_.actions().find(QString::fromUtf8(mode.action)))
            button->setToolTip(QStringLiteral("%1 (%2)").arg(
                command->title, command->shortcut.toString(QKeySequence::NativeText)));
        button->setChecked(mode.mode == CompareMode::SideBySide);
        modes_->addButton(button, int(mode.mode));
        connect(button, &QPushButton::clicked, this,
                [this, mode] { emit session_.previewFocus().comparisonWanted(int(mode.mode)); });
        second->addWidget(button);
    }
    gain_ = new QSlider(Qt::Horizontal, controls);
    gain_->setRange(1, 32);
    gain_->setValue(pictures_->gain());
    gain_->setFixedWidth(72);
    gain_->setToolTip(QStringLiteral("How much the difference is amplified"));
    gain_->setAccessibleName(QStringLiteral("Amplification of the difference"));
    gain_->setVisible(false);
    connect(gain_, &QSlider::valueChanged, pictures_, &CompareSurface::setGain);
    second->addWidget(gain_);
    second->addStretch();
    audible_ = makeButton({}, Icon::Volume, ButtonKind::Quiet, controls);
    connect(audible_, &QPushButton::clicked, this,
            [this] { session_.actions().trigger(QStringLiteral("preview.audible")); });
    second->addWidget(audible_);
    network_ = makeButton(QStringLiteral("Network"), ButtonKind::Quiet, controls);
    network_->setMenu(new QMenu(network_));
    connect(network_->menu(), &QMenu::aboutToShow, this, &ComparisonView::fillNetworks);
    second->addWidget(network_);
    second->addWidget(new ActionButton(session_.actions(), QStringLiteral("preview.compare"),
                                       ButtonKind::Quiet, controls, QStringLiteral("One path")));
    column->addLayout(first);
    column->addLayout(second);
    return controls;
}

QWidget* ComparisonView::makeFigures() {
    auto* card = new Card(QStringLiteral("Verdict"), this);
    card->setFixedWidth(kFiguresWidth);
    verdict_ = new StatusBadge(State::NoData, QStringLiteral("Not enough yet"), card);
    verdictText_ = makeLabel({}, Type::Body, Weight::Medium, false, card);
    verdictText_->setWordWrap(true);
    verdictText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    card->header()->addControl(verdict_);
    card->body()->addWidget(verdictText_);
    deltas_ = new QGridLayout;
    deltas_->setHorizontalSpacing(space::md);
    deltas_->setVerticalSpacing(space::sm);
    for (int column = 1; column <= 3; ++column) deltas_->setColumnStretch(column, 1);
    nameA_ = makeMutedLabel({}, Type::Small, card);
    nameB_ = makeMutedLabel({}, Type::Small, card);
    deltas_->addWidget(nameA_, 0, 1, Qt::AlignRight);
    deltas_->addWidget(nameB_, 0, 2, Qt::AlignRight);
    deltas_->addWidget(makeMutedLabel(QStringLiteral("Difference"), Type::Small, card), 0, 3, Qt::AlignRight);
    int line = 1;
    for (const DeltaRow& row : deltaRows({})) {
        QVector<QLabel*> labels;
        labels << makeMutedLabel(row.name, Type::Small, card);
        labels.first()->setToolTip(row.formula);
        deltas_->addWidget(labels.first(), line, 0);
        for (int column = 1; column <= 2; ++column) {
            labels << makeLabel({}, Type::Small, Weight::Medium, false, card);
            deltas_->addWidget(labels.last(), line, column, Qt::AlignRight);
        }
        changes_ << new StatusBadge(State::NoData, QStringLiteral("–"), card);
        deltas_->addWidget(changes_.last(), line++, 3, Qt::AlignRight);
        cells_ << labels;
    }
    card->body()->addLayout(deltas_);
    offset_ = makeMutedLabel({}, Type::Small, card);
    scored_ = makeMutedLabel({}, Type::Small, card);
    notices_ = makeMutedLabel({}, Type::Small, card);
    for (QLabel* label : {offset_, scored_, notices_}) {
        label->setWordWrap(true);
        card->body()->addWidget(label);
    }
    segments_ = new SegmentPairModel(this);
    segmentTable_ = new TableView(card);
    segmentTable_->setModel(segments_);
    for (int column = 0; column < SegmentPairModel::ColumnCount; ++column)
        segmentTable_->setItemDelegateForColumn(column, new NumberDelegate(segmentTable_));
    segmentTable_->setColumnLayout({72, 120, 84, 0});
    segmentTable_->setAccessibleName(QStringLiteral("First byte of each segment on both sides"));
    segmentTable_->setEmptyContent(Icon::Film, QStringLiteral("No segment yet"), {});
    card->body()->addWidget(segmentTable_, 1);
    return card;
}

QWidget* ComparisonView::makePlot() {
    auto* card = new Card(this);
    card->body()->setContentsMargins(space::md, space::sm, space::md, space::sm);
    plot_ = new ScorePlot(card);
    plot_->setThreshold(compare::Thresholds{}.ssim);
    plot_->setFixedHeight(168);
    connect(plot_, &ScorePlot::positionChosen, this,
            [this](double ms) { session_.comparison().seek(ms / 1000); });
    card->body()->addWidget(plot_);
    return card;
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
    showPictures();
    showFigures();
    showScores();
    showSegments();
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
    pictures_->setCaption(now.last_score ? scoreText(*now.last_score) : QString());
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
    const bool running = both.isRunning();
    play_->setIcon(makeIcon(running ? Icon::Pause : Icon::Play, Token::Text));
    const QString name = running ? QStringLiteral("Pause (Space)") : QStringLiteral("Play (Space)");
    play_->setAccessibleName(name);
    play_->setToolTip(name);
    const qint64 at = qint64(now.position.count() * 1000), end = qint64(now.end.count() * 1000);
    scrub_->setRange(0, end);
    scrub_->setPosition(at);
    position_->setText(end > 0 ? QStringLiteral("%1 / %2").arg(formatPosition(at), formatPosition(end))
                               : QStringLiteral("–:– / –:–"));
    audible_->setText(QStringLiteral("Sound: %1").arg(str(now.side[now.audible].name)));
    audible_->setAccessibleName(
        QStringLiteral("Sound of %1; press for the other").arg(str(now.side[now.audible].name)));
}

void ComparisonView::showFigures() {
    const ComparisonAdapter& both = session_.comparison();
    const compare::LockstepSnapshot& now = both.snapshot();
    nameA_->setText(str(now.side.a.name));
    nameB_->setText(str(now.side.b.name));
    const auto rows = deltaRows(now);
    for (qsizetype i = 0; i < rows.size() && i < cells_.size(); ++i) {
        cells_[i][1]->setText(rows[i].a);
        cells_[i][2]->setText(rows[i].b);
        changes_[i]->setStatus(rows[i].state, rows[i].delta);
    }
    const VerdictLine line = verdictLine(both.verdict(), both.isRunning());
    verdict_->setStatus(line.state, line.word);
    verdictText_->setText(line.text);
    verdictText_->setToolTip(line.detail);
    offset_->setText(QStringLiteral("Sides: %1").arg(offsetText(now)));
    scored_->setText(QStringLiteral("%1 pairs scored, %2 skipped for want of time")
                         .arg(now.pairs_scored)
                         .arg(now.pairs_skipped));
    notices_->setVisible(!both.notices().isEmpty());
    notices_->setText(both.notices().join(QLatin1Char('\n')));
}

void ComparisonView::fillNetworks() {
    QMenu* menu = network_->menu();
    menu->clear();
    const ComparisonAdapter& both = session_.comparison();
    for (const Side side : compare::sides) {
        menu->addSection(str(both.snapshot().side[side].name));
        for (const NetworkChoice& choice : networkChoices()) {
            QAction* item = menu->addAction(
                QStringLiteral("%1: %2").arg(str(both.snapshot().side[side].name), choice.name));
            item->setCheckable(true);
            item->setChecked(choice.shape == player::NetworkShape{} ? both.networkName(side).isEmpty()
                                                                    : both.networkName(side) == choice.name);
            const QString which = side == Side::a ? QStringLiteral("a") : QStringLiteral("b");
            connect(item, &QAction::triggered, this, [this, which, id = choice.id] {
                session_.actions().invoke(QStringLiteral("preview.network"), {{"id", id}, {"side", which}});
            });
        }
    }
}

void ComparisonView::showSegments() {
    std::vector<SegmentPair> rows;
    for (const compare::SegmentRow& row : session_.comparison().segments()) rows.push_back({row});
    std::reverse(rows.begin(), rows.end());  // the newest on top
    if (rows.size() > kMostSegments) rows.resize(kMostSegments);
    segments_->update(std::move(rows));
    QStringList held;
    for (const Side side : compare::sides)
        if (const QString& name = session_.comparison().networkName(side); !name.isEmpty())
            held << QStringLiteral("%1 %2").arg(str(session_.comparison().snapshot().side[side].name),
                                                name.section(QStringLiteral(" ("), 0, 0));
    network_->setText(held.isEmpty() ? QStringLiteral("Network") : held.join(QStringLiteral(", ")));
}

void ComparisonView::showScores() {
    const ComparisonAdapter& both = session_.comparison();
    const compare::LockstepSnapshot& now = both.snapshot();
    plot_->setRange({0, now.end.count() * 1000});
    plot_->setPosition(now.position.count() * 1000);
    const auto& scores = both.scores();
    const quint64 newest = scores.empty() ? 0 : scores.back().number;
    if (newest == shownScore_) return;
    shownScore_ = newest;
    plot_->setScores(ssimPoints(scores), psnrPoints(scores));
    plot_->setShades(scoreShades(scores, str(now.side.a.name), str(now.side.b.name)));
}

}  // namespace qd::app
