#include "app/pages/overview/overview_page.hpp"

#include <QHBoxLayout>
#include <QLabel>

#include "app/models/values.hpp"
#include "app/pages/overview/headline.hpp"
#include "app/pages/overview/panels.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/stat_tile.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/tile_grid.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kSideWidth = 400;

struct TileInfo {
    const char* title;
    std::string_view series;
    double scale;  // to the formatter's unit
    Formatter format;
    Token tint;
    const char* sub;
};

const QVector<TileInfo>& tileInfos() {
    namespace names = opsclient::series;
    static const QVector<TileInfo> infos{
        {"Requests", names::request_rate, 1, formatRate, Token::Accent, "at the gateway"},
        {"Error ratio", names::error_ratio, 1, [](double r) { return formatPercent(r, 2); }, Token::Series2,
         "of what clients got"},
        {"Viewers", names::viewers, 1, formatCount, Token::Series3, "playing now"},
        {"Start-up p95", names::startup_p95, 0.001, formatSeconds, Token::Series4, "request to first frame"},
        {"Response p95", names::latency_p95, 0.001, formatSeconds, Token::Series5, "at the gateway"},
        {"Stalled", names::stall_ratio, 1, [](double r) { return formatPercent(r, 2); }, Token::Series6,
         "of watched time"},
    };
    return infos;
}

/// The lines of a series as one: rates add up, everything else takes the worst arm.
struct Combined {
    QVector<double> values;  // NaN where there was no reading
    qint64 newestMs = 0;
};

Combined combine(const opsclient::Series& series, double scale, bool sum) {
    Combined out;
    std::map<qint64, double> byTime;
    for (const auto& line : series.lines)
        for (const auto& point : line.points) {
            const qint64 at = msOf(point.at);
            const auto [it, fresh] = byTime.try_emplace(at, point.value);
            if (!fresh) it->second = sum ? it->second + point.value : std::max(it->second, point.value);
        }
    const qint64 step = std::max<qint64>(1, series.step_s) * 1000;
    qint64 before = 0;
    for (const auto& [at, value] : byTime) {
        // A gap stays a gap in the sparkline, but a long one takes no more than a few points.
        for (qint64 missing = before + step;
             before > 0 && missing < at - step / 2 && out.values.size() < 1'000; missing += step)
            out.values.append(qQNaN());
        out.values.append(value * scale);
        before = at;
    }
    out.newestMs = before;
    return out;
}

}  // namespace

OverviewPage::OverviewPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Overview"), {}, true, parent) {
    follow(session.slos());
    follow(session.processes());
    follow(session.series());
    follow(session.rollouts());
    connect(&session, &Session::needsChanged, this, &OverviewPage::showSoon);

    body()->addWidget(makeHeadline());
    body()->addWidget(makeTiles());
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    row->addWidget(makeObjectives(), 1);
    auto* side = new QVBoxLayout;
    side->setSpacing(space::lg);
    needs_ = new NeedsPanel(session, content());
    rollout_ = new RolloutPanel(session, content());
    tellAge(needs_->age(), session.incidents());
    tellAge(rollout_->age(), session.rollouts());
    needs_->setFixedWidth(kSideWidth);
    rollout_->setFixedWidth(kSideWidth);
    side->addWidget(needs_);
    side->addWidget(rollout_);
    side->addStretch();
    row->addLayout(side);
    body()->addLayout(row);
    body()->addWidget(makeProcesses());
    body()->addStretch();
}

bool OverviewPage::hasData() const {
    return session().slos().hasData() || session().processes().hasData();
}

QWidget* OverviewPage::makeHeadline() {
    headline_ = new Card(content());
    auto* line = new QHBoxLayout;
    line->setSpacing(space::lg);
    health_ = new StatusBadge(headline_);
    sentence_ = makeLabel({}, Type::Title, Weight::Semibold, false, headline_);
    sentence_->setWordWrap(true);
    detail_ = makeMutedLabel({}, Type::Body, headline_);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(space::xs);
    texts->addWidget(sentence_);
    texts->addWidget(detail_);
    line->addWidget(health_, 0, Qt::AlignVCenter);
    line->addLayout(texts, 1);
    headline_->body()->addLayout(line);
    return headline_;
}

QWidget* OverviewPage::makeTiles() {
    auto* box = new QWidget(content());
    auto* grid = new TileGrid(176, box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(space::md);
    for (const TileInfo& info : tileInfos()) {
        auto* tile = new StatTile(QString::fromUtf8(info.title), box);
        grid->addWidget(tile);
        tiles_.append(tile);
    }
    return box;
}

QWidget* OverviewPage::makeObjectives() {
    auto* card = new Card(content());
    auto* head = new SectionHeader(QStringLiteral("Objectives"), {}, card);
    tellAge(head->age(), session().slos());
    card->body()->addWidget(head);
    slos_ = new SloModel(this);
    sloTable_ = new TableView(card);
    sloTable_->setModel(slos_);
    sloTable_->setItemDelegateForColumn(SloModel::Health, new StatusDelegate(sloTable_));
    sloTable_->setItemDelegateForColumn(SloModel::Budget, new BudgetDelegate(sloTable_));
    for (const int column : {SloModel::Objective, SloModel::Sli, SloModel::Burn})
        sloTable_->setItemDelegateForColumn(column, new NumberDelegate(sloTable_));
    sloTable_->setColumnHidden(SloModel::Events, true);
    sloTable_->setColumnHidden(SloModel::Outlook, true);
    sloTable_->setColumnLayout({112, 0, 80, 92, 0, 150, 0, 72});
    sloTable_->setFitRows(10);
    sloTable_->setAccessibleName(QStringLiteral("Objectives"));
    connect(sloTable_, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        session().actions().invoke(QStringLiteral("slos.open"),
                                   {{QStringLiteral("id"), index.data(KeyRole)}});
    });
    card->body()->addWidget(sloTable_);
    card->body()->addStretch();
    return card;
}

QWidget* OverviewPage::makeProcesses() {
    auto* card = new Card(content());
    auto* head = new SectionHeader(QStringLiteral("Processes"), {}, card);
    tellAge(head->age(), session().processes());
    card->body()->addWidget(head);
    processes_ = new ProcessModel(this);
    processTable_ = new TableView(card);
    processTable_->setModel(processes_);
    processTable_->setItemDelegateForColumn(ProcessModel::Health, new StatusDelegate(processTable_));
    processTable_->setColumnLayout({130, 100, 90, 90, 140, 90, 90, 0});
    processTable_->setFitRows(16);
    processTable_->setAccessibleName(QStringLiteral("Processes"));
    card->body()->addWidget(processTable_);
    return card;
}

void OverviewPage::showData() {
    showHeadline();
    showTiles();
    slos_->update(session().slos().statuses());
    processes_->update(session().processes().site().processes);
    needs_->showNeeds();
    rollout_->showRollout();
}

void OverviewPage::showHeadline() {
    Headline headline = headlineOf(session().slos().statuses(), session().processes().site());
    if (session().slos().isStale()) {
        headline.state = State::Stale;
        headline.word = QStringLiteral("Stale");
    }
    headline_->setState(headline.state);
    health_->setStatus(headline.state, headline.word);
    sentence_->setText(headline.sentence);
    detail_->setText(headline.detail);
}

void OverviewPage::showTiles() {
    const auto& infos = tileInfos();
    for (qsizetype i = 0; i < infos.size(); ++i) {
        const TileInfo& info = infos[i];
        StatReading reading;
        reading.sub = QString::fromUtf8(info.sub);
        const opsclient::Series* series = session().series().find(info.series);
        const bool sum =
            info.series == opsclient::series::request_rate || info.series == opsclient::series::viewers;
        const Combined combined = series ? combine(*series, info.scale, sum) : Combined{};
        if (combined.values.isEmpty()) {
            reading.state = State::NoData;
        } else {
            const QString text = info.format(combined.values.last());
            const qsizetype blank = text.lastIndexOf(QLatin1Char(' '));
            reading.value = blank < 0 ? text : text.left(blank);
            reading.unit = blank < 0 ? QString() : text.mid(blank + 1);
            reading.atMs = combined.newestMs;
        }
        tiles_[i]->setReading(reading);
        tiles_[i]->setTrend(combined.values, info.tint);
    }
}

}  // namespace qd::app
