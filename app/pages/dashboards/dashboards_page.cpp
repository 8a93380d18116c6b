#include "app/pages/dashboards/dashboards_page.hpp"

#include <QComboBox>
#include <QDateTime>
#include <QGridLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kRowHeight = 60;  // of the grid: two and the space between them are a tile
constexpr int kAskMs = 1'000;
constexpr int kSoonMs = 120;  // after scrolling or zooming
constexpr qint64 kPatienceMs = 15'000;
constexpr int kMostLeftOut = 3;  // named on the page

QString roleOf(const opsclient::Dashboard& board) {
    const QString source = board.source == "built-in"
                               ? QStringLiteral("built in")
                               : QStringLiteral("from %1, read again when it changes").arg(str(board.source));
    switch (board.role) {
        case dashboards::Role::on_call:
            return QStringLiteral("For whoever is on call; %1.").arg(source);
        case dashboards::Role::release_manager:
            return QStringLiteral("For whoever brings a version out; %1.").arg(source);
        case dashboards::Role::business:
            return QStringLiteral("For those who ask what the platform is for; %1.").arg(source);
        case dashboards::Role::other:
            break;
    }
    return QStringLiteral("A dashboard %1.").arg(source);
}

/// What a rebuild depends on; a file's error alone is no other dashboard.
bool sameShape(const opsclient::Dashboard& a, const opsclient::Dashboard& b) {
    return a.id == b.id && a.columns == b.columns && a.panels == b.panels;
}

}  // namespace

DashboardsPage::DashboardsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Dashboards"), {}, false, parent) {
    follow(session.boards());
    follow(session.slos());
    follow(session.alerts());
    follow(session.rollouts());

    ranges_ = new QComboBox(this);
    ranges_->setAccessibleName(QStringLiteral("Time range"));
    for (const BoardRange& range : boardRanges())
        ranges_->addItem(QStringLiteral("Last %1").arg(range.title));
    ranges_->setCurrentIndex(session.selection().boardRange());
    header()->addControl(ranges_);

    tabs_ = new QTabBar(content());
    tabs_->setExpanding(false);
    tabs_->setUsesScrollButtons(true);
    tabs_->setAccessibleName(QStringLiteral("Dashboards"));
    broken_ = new InlineNotice(content());
    broken_->hide();
    leftOut_ = new InlineNotice(content());
    leftOut_->hide();
    empty_ = new EmptyState(Icon::Dashboards, {}, {}, content());
    empty_->hide();
    scroll_ = new QScrollArea(content());
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->viewport()->setAutoFillBackground(false);
    reachIntoMargin();
    body()->setSpacing(space::md);
    auto* above = new QVBoxLayout;
    above->setContentsMargins(0, 0, kGutter, 0);
    above->setSpacing(space::md);
    for (QWidget* widget : std::initializer_list<QWidget*>{tabs_, broken_, leftOut_, empty_})
        above->addWidget(widget);
    body()->addLayout(above);
    body()->addWidget(scroll_, 1);
    // The bar stands in the page's margin, so that header and cards end at the same line.
    connect(scroll_->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int most) {
        if (canvas_) canvas_->layout()->setContentsMargins(0, 0, most > 0 ? 0 : kGutter, 0);
    });

    connect(tabs_, &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0) this->session().selection().setBoard(tabs_->tabData(index).toString());
    });
    connect(ranges_, &QComboBox::activated, this,
            [this](int index) { this->session().selection().setBoardRange(index); });
    connect(&session.selection(), &Selection::boardChanged, this, &DashboardsPage::showSoon);
    connect(&session.selection(), &Selection::boardRangeChanged, this, &DashboardsPage::setRange);
    askTimer_.setInterval(kAskMs);
    connect(&askTimer_, &QTimer::timeout, this, qOverload<>(&DashboardsPage::ask));
    soonTimer_.setSingleShot(true);
    soonTimer_.setInterval(kSoonMs);
    connect(&soonTimer_, &QTimer::timeout, this, qOverload<>(&DashboardsPage::ask));
    connect(scroll_->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { soonTimer_.start(); });
    connect(&session.link(), &OpsLink::stateChanged, this, [this] {
        // After a restart of opsd everything is asked for anew.
        for (PanelView* view : views_) view->asking = false, view->askedAtMs = 0;
    });
}

QWidget* DashboardsPage::firstFocus() {
    return tabs_;
}

bool DashboardsPage::open(const QString& id) {
    if (!session().boards().find(id)) return false;
    session().selection().setBoard(id);
    return true;
}

void DashboardsPage::shown() {
    askTimer_.start();
}

void DashboardsPage::hidden() {
    askTimer_.stop();
    soonTimer_.stop();
    for (PanelView* view : views_) {
        view->latest.cancel();
        view->asking = false;
    }
}

void DashboardsPage::showData() {
    showTabs();
    showBoard();
    for (PanelView* view : views_) view->showSite();
}

void DashboardsPage::showTabs() {
    const auto& boards = session().boards().all().items;
    const QSignalBlocker quiet(tabs_);
    while (tabs_->count() > int(boards.size())) tabs_->removeTab(tabs_->count() - 1);
    while (tabs_->count() < int(boards.size())) tabs_->addTab({});
    int current = -1;
    for (int i = 0; i < tabs_->count(); ++i) {
        const opsclient::Dashboard& board = boards[std::size_t(i)];
        tabs_->setTabText(i, str(board.title));
        tabs_->setTabData(i, str(board.id.value));
        tabs_->setTabIcon(i, board.error.empty() ? QIcon() : makeIcon(Icon::Warning, Token::Warn));
        tabs_->setTabToolTip(i, str(board.error));
        if (str(board.id.value) == session().selection().board()) current = i;
    }
    // None chosen yet, or its file is gone.
    if (current < 0 && !boards.empty()) {
        current = 0;
        session().selection().setBoard(str(boards.front().id.value));
    }
    tabs_->setCurrentIndex(current);
}

void DashboardsPage::showNotices(const opsclient::Dashboard& board) {
    broken_->setVisible(!board.error.empty());
    if (!board.error.empty())
        broken_->setNotice({State::Warn,
                            board.panels.empty()
                                ? QStringLiteral("This dashboard's file cannot be read.")
                                : QStringLiteral("A newer version of this dashboard's file is broken; "
                                                 "below is the last good one."),
                            str(board.error) + QLatin1Char('.'),
                            QStringLiteral("It is read again as soon as it changes."),
                            {},
                            false});
    const auto& left = session().boards().all().left_out;
    QStringList named;
    for (const std::string& sentence : left)
        if (named.size() < kMostLeftOut) named << str(sentence) + QLatin1Char('.');
    if (int(left.size()) > kMostLeftOut)
        named << QStringLiteral("And %1 more.").arg(int(left.size()) - kMostLeftOut);
    leftOut_->setVisible(!left.empty());
    if (!left.empty())
        leftOut_->setNotice({State::Info,
                             QStringLiteral("Not everything that the dashboards ask for is kept."),
                             named.join(QLatin1Char(' ')),
                             {},
                             {},
                             false});
}

void DashboardsPage::showBoard() {
    const opsclient::Dashboard* board = session().boards().find(session().selection().board());
    if (!board) return;
    header()->setSub(roleOf(*board));
    showNotices(*board);
    empty_->setVisible(board->panels.empty());
    scroll_->setVisible(!board->panels.empty());
    if (board->panels.empty())
        empty_->setContent(Icon::Dashboards, QStringLiteral("Nothing to show yet"),
                           QStringLiteral("Once the file is put right, its panels appear here."));
    if (!built_ || !sameShape(*built_, *board)) build(*board);
    built_ = *board;
}

void DashboardsPage::build(const opsclient::Dashboard& board) {
    views_.clear();
    delete scroll_->takeWidget();
    delete group_;
    group_ = new ChartGroup(this);
    canvas_ = new QWidget;
    canvas_->setAutoFillBackground(false);
    auto* grid = new QGridLayout(canvas_);
    grid->setContentsMargins(0, 0, kGutter, 0);
    grid->setSpacing(space::md);
    const auto places = placesOf(board);
    int rows = 0;
    for (int i = 0; i < int(board.panels.size()); ++i) {
        const PanelPlace& place = places[i];
        PanelView* view = makePanel(session(), board.panels[std::size_t(i)], i, str(board.title), canvas_);
        grid->addWidget(view, place.row, place.column, place.rows, place.columns);
        rows = std::max(rows, place.row + place.rows);
        if (auto* chart = qobject_cast<ChartPanel*>(view)) group_->add(chart->chart());
        views_.append(view);
    }
    for (int row = 0; row < rows; ++row) grid->setRowMinimumHeight(row, kRowHeight);
    for (int row = 0; row < rows; ++row) grid->setRowStretch(row, 0);
    grid->setRowStretch(rows, 1);
    for (int column = 0; column < board.columns; ++column) grid->setColumnStretch(column, 1);
    connect(group_, &ChartGroup::rangeZoomed, this, [this] {
        for (PanelView* view : views_) view->askedAtMs = 0;
        soonTimer_.start();
    });
    connect(group_, &ChartGroup::zoomReset, this, [this] {
        for (PanelView* view : views_) view->askedAtMs = 0;
        soonTimer_.start();
    });
    scroll_->setWidget(canvas_);
    setRange();
}

void DashboardsPage::setRange() {
    const int index = session().selection().boardRange();
    ranges_->setCurrentIndex(index);
    if (!group_) return;
    group_->resetZoom();
    group_->setLive(double(boardRanges()[index].seconds) * 1'000);
    for (PanelView* view : views_) {
        view->latest.cancel();
        view->asking = false;
        view->askedAtMs = 0;
    }
    if (isActive()) soonTimer_.start();
}

ShownRange DashboardsPage::range() const {
    const BoardRange& chosen = boardRanges()[session().selection().boardRange()];
    const bool zoomed = group_ && !group_->charts().isEmpty() && group_->charts().first()->isZoomed();
    return {zoomed ? QStringLiteral("the zoomed range") : QStringLiteral("last %1").arg(chosen.title),
            zoomed ? group_->charts().first()->visibleRange().span() : double(chosen.seconds) * 1'000,
            !zoomed};
}

void DashboardsPage::ask() {
    if (!isActive() || !session().link().client()) return;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const int period = boardRanges()[session().selection().boardRange()].periodMs;
    for (PanelView* view : views_) {
        if (!view->wantsCurves() || view->visibleRegion().isEmpty()) continue;
        // A little early is in time: the timer's seconds are not exact.
        const qint64 since = now - view->askedAtMs;
        if (since < period - kAskMs / 4 || (view->asking && since < kPatienceMs)) continue;
        ask(*view, now);
    }
}

void DashboardsPage::ask(PanelView& view, qint64 nowMs) {
    view.askedAtMs = nowMs;
    view.asking = true;
    const ShownRange shown = range();
    const core::WallTime now =
        std::chrono::floor<std::chrono::seconds>(session().link().clock().now()) + std::chrono::seconds(1);
    core::WallTime from =
        now - std::chrono::seconds(boardRanges()[session().selection().boardRange()].seconds);
    core::WallTime to = now;
    if (!shown.live) {
        const TimeRange visible = group_->charts().first()->visibleRange();
        from = wallTime(qint64(visible.fromMs));
        to = std::max(wallTime(qint64(visible.toMs)), from + std::chrono::seconds(1));
    }
    session().boards().curves(session().selection().board(), view.number(), from, to, view.points(), &view,
                              view.latest, [this, &view, shown](core::Result<opsclient::PanelCurves> curves) {
                                  view.asking = false;
                                  if (curves)
                                      view.showCurves(*curves, shown);
                                  else if (curves.error().code != core::Errc::not_found)
                                      view.showProblem(str(curves.error().message));
                                  else
                                      session().boards().refresh();
                              });
}

}  // namespace qd::app
