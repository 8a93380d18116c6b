#include "app/pages/overview/overview_page.hpp"

#include <QHBoxLayout>
#include <QLabel>

#include "app/models/values.hpp"
#include "app/pages/overview/combine.hpp"
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
constexpr int kTileStaleMs = 15'000;

struct TileInfo {
    const char* title;
    std::string_view series;
    double scale;  // to the formatter's unit
    Combine how;
    Formatter format;
    Token tint;
    const char* sub;
};

const QVector<TileInfo>& tileInfos() {
    namespace names = opsclient::series;
    const auto fine = [](double ratio) { return formatPercent(ratio, 2); };
    static const QVector<TileInfo> infos{
        {"Requests", names::request_rate, 1, Combine::sum, formatRate, Token::Accent, "at the gateway"},
        {"Error ratio", names::error_ratio, 1, Combine::weighted, fine, Token::Series2,
         "of what clients got"},
        {"Viewers", names::viewers, 1, Combine::sum, formatCount, Token::Series3, "playing now"},
        {"Start-up p95", names::startup_p95, 0.001, Combine::worst, formatSeconds, Token::Series4,
         "to the first frame"},
        {"Response p95", names::latency_p95, 0.001, Combine::worst, formatSeconds, Token::Series5,
         "at the gateway"},
        {"Stalled", names::stall_ratio, 1, Combine::worst, fine, Token::Series6, "of watched time"},
    };
    return infos;
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
    auto* main = new QVBoxLayout;
    main->setSpacing(space::lg);
    main->addWidget(makeObjectives());
    main->addWidget(makeProcesses());
    main->addStretch();
    row->addLayout(main, 1);
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
    processTable_->setColumnLayout({130, 0, 84, 90, 150, 96, 90, 0});
    processTable_->setColumnHidden(ProcessModel::Role, true);  // the instance's name says it
    processTable_->setFitRows(16);
    processTable_->setAccessibleName(QStringLiteral("Processes"));
    card->body()->addWidget(processTable_);
    return card;
}

void OverviewPage::showData() {
    showHeadline();
    showTiles();
    slos_->update(shownStatuses(session().slos()));
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
        const opsclient::Series* series = session().series().find(info.series);
        const opsclient::Series* rate = session().series().find(opsclient::series::request_rate);
        const Combined combined = series ? combine(*series, info.scale, info.how, rate) : Combined{};
        reading.sub = QString::fromUtf8(info.sub);
        if (info.how == Combine::worst && combined.lines > 1) reading.sub += QStringLiteral(", worse arm");
        if (combined.values.isEmpty()) {
            reading.state = State::NoData;
        } else {
            const QString text = info.format(combined.values.last());
            const qsizetype blank = text.lastIndexOf(QLatin1Char(' '));
            reading.value = blank < 0 ? text : text.left(blank);
            reading.unit = blank < 0 ? QString() : text.mid(blank + 1);
            reading.atMs = combined.newestMs;
        }
        tiles_[i]->setStaleAfter(session().series().isStale() ? 0 : kTileStaleMs);
        tiles_[i]->setReading(reading);
        tiles_[i]->setTrend(combined.values, info.tint);
    }
}

}  // namespace qd::app
