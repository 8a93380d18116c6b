#include "app/pages/learning/learning_page.hpp"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

#include "app/models/values.hpp"
#include "app/pages/learning/measure_card.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/stat_tile.hpp"
#include "widgets/tiles/tile_grid.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kCardWidth = 212;
constexpr int kCourseHeight = 170, kCountsHeight = 110;
constexpr int kRows = 8;

QString day(core::WallTime at) {
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(msOf(at)).date(), QLocale::ShortFormat);
}

/// Each week or month as a step from its begin to its end; NaN where there was none.
QVector<QPointF> steps(const learning::Measure& measure,
                       const std::function<double(const learning::Bucket&)>& value) {
    QVector<QPointF> points;
    for (const learning::Bucket& bucket : measure.buckets) {
        points << QPointF(double(msOf(bucket.from)), value(bucket));
        points << QPointF(double(msOf(bucket.to)) - 1, value(bucket));
    }
    return points;
}

}  // namespace

LearningPage::LearningPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Learning"), QStringLiteral("What past incidents teach, with sources"),
               true, parent) {
    DataPage::follow(session.learning());
    makeFilters();
    scope_ = makeMutedLabel({}, Type::Body, content());
    scope_->setWordWrap(true);
    nothing_ = new EmptyState(Icon::Statistics, QStringLiteral("No incidents in this range"),
                              QStringLiteral("There is nothing to learn from yet, and no figure is made up. "
                                             "Choose a longer range or fewer filters above."),
                              content());
    body()->addWidget(scope_);
    body()->addWidget(nothing_);
    body()->addWidget(measures_ = makeMeasures());
    body()->addWidget(makeDetail());
    body()->addWidget(makeDelivery());
    body()->addWidget(makeTables());
    body()->addStretch();
}

void LearningPage::makeFilters() {
    const auto box = [this](const QString& name) {
        auto* made = new QComboBox(this);
        made->setAccessibleName(name);
        made->setToolTip(name);
        header()->addControl(made);
        connect(made, &QComboBox::activated, this, &LearningPage::filter);
        return made;
    };
    range_ = box(QStringLiteral("Range"));
    for (const int days : {7, 30, 90, 365}) range_->addItem(QStringLiteral("Last %1 days").arg(days), days);
    range_->setCurrentIndex(range_->findData(session().learning().filter().days));
    service_ = box(QStringLiteral("Service"));
    service_->addItem(QStringLiteral("All services"), QString());
    service_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    severity_ = box(QStringLiteral("Severity"));
    severity_->addItem(QStringLiteral("All severities"), 0);
    for (int n = 1; n <= 4; ++n) severity_->addItem(QStringLiteral("SEV%1").arg(n), n);
    header()->addControl(new ActionButton(session().actions(), QStringLiteral("learning.save"),
                                          ButtonKind::Plain, this, QStringLiteral("Save as CSV")));
}

QWidget* LearningPage::makeMeasures() {
    auto* row = new QWidget(content());
    auto* grid = new TileGrid(kCardWidth, row);
    for (int i = 0; i < 5; ++i) {
        auto* card = new MeasureCard(row);
        cards_ << card;
        grid->addWidget(card);
        connect(card, &Card::activated, this, [this, i] {
            const auto& report = session().learning().report();
            if (report && i < int(report->measures.size())) open(str(report->measures[std::size_t(i)].name));
        });
    }
    return row;
}

TableView* LearningPage::makeTable(QAbstractItemModel* model, const QString& name, const QVector<int>& widths,
                                   const QString& empty, QWidget* parent) {
    auto* table = new TableView(parent);
    table->setModel(model);
    table->setColumnLayout(widths);
    table->setSortingEnabled(false);
    table->setAccessibleName(name);
    table->setFitRows(kRows);
    table->setEmptyContent(Icon::Info, empty);
    connect(table, &TableView::rowActivated, this, &LearningPage::follow);
    return table;
}

QWidget* LearningPage::makeDetail() {
    detail_ = new Card(QStringLiteral("MTTR"), content());
    formula_ = makeLabel({}, Type::Body, Weight::Regular, false, detail_);
    formula_->setWordWrap(true);
    trend_ = makeMutedLabel({}, Type::Small, detail_);
    trend_->setWordWrap(true);
    detail_->body()->addWidget(formula_);
    detail_->body()->addWidget(trend_);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::lg);
    auto* charts = new QVBoxLayout;
    const auto chart = [&](int height, Formatter format) {
        auto* made = new TimeSeriesChart(detail_);
        made->setFixedHeight(height);
        made->setFormatter(std::move(format));
        made->setGapAfter(0);
        made->setLegendVisible(false);
        made->setEmptyText(QStringLiteral("No interval began in this range"));
        charts->addWidget(made);
        return made;
    };
    course_ = chart(kCourseHeight, formatSeconds);
    counts_ = chart(kCountsHeight, formatCount);
    charts->addStretch();
    columns->addLayout(charts, 5);
    auto* list = new QVBoxLayout;
    sources_ = new SourceModel(this);
    list->addWidget(makeTable(sources_, QStringLiteral("Intervals behind the measure"),
                              {120, 0, 90, 110, 130}, QStringLiteral("No interval of this measure"),
                              detail_));
    sourcesNote_ = makeMutedLabel({}, Type::Small, detail_);
    sourcesNote_->setWordWrap(true);
    list->addWidget(sourcesNote_);
    list->addStretch();
    columns->addLayout(list, 6);
    detail_->body()->addLayout(columns);
    return detail_;
}

QWidget* LearningPage::makeDelivery() {
    auto* card = new Card(QStringLiteral("Deployments and what they broke"), content());
    auto* tiles = new QWidget(card);
    auto* grid = new TileGrid(260, tiles);
    const auto tile = [&](const QString& title) {
        auto* made = new StatTile(title, tiles);
        grid->addWidget(made);
        return made;
    };
    frequency_ = tile(QStringLiteral("Deployment frequency"));
    failures_ = tile(QStringLiteral("Change-failure rate"));
    restore_ = tile(QStringLiteral("Time to restore"));
    card->body()->addWidget(tiles);
    deliveryNote_ = makeMutedLabel({}, Type::Small, card);
    deliveryNote_->setWordWrap(true);
    card->body()->addWidget(deliveryNote_);
    deployments_ = new DeploymentModel(this);
    auto* table = makeTable(deployments_, QStringLiteral("Deployments"), {130, 0, 90, 150, 80, 130, 100, 90, 180},
                            QStringLiteral("No rollout began in this range"), card);
    table->setItemDelegateForColumn(DeploymentModel::Counts, new StatusDelegate(table));
    // Its rows are rollouts, not incidents.
    disconnect(table, &TableView::rowActivated, this, &LearningPage::follow);
    connect(table, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        session().actions().invoke(QStringLiteral("rollouts.open"),
                                   {{QStringLiteral("id"), index.data(KeyRole)}});
    });
    card->body()->addWidget(table);
    return card;
}

QWidget* LearningPage::makeTables() {
    auto* all = new QWidget(content());
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::lg);
    const auto card = [&](const QString& title) {
        auto* made = new Card(title, all);
        column->addWidget(made);
        return made;
    };
    const auto note = [](Card* on) {
        auto* made = makeMutedLabel({}, Type::Small, on);
        made->setWordWrap(true);
        on->body()->addWidget(made);
        return made;
    };
    auto* groups = card(QStringLiteral("By service and severity: medians, MTBF as uptime by outages"));
    groups_ = new GroupModel(this);
    groups->body()->addWidget(makeTable(groups_, QStringLiteral("By service and severity"),
                                        {0, 90, 90, 140, 140, 140, 140, 140},
                                        QStringLiteral("No incident in this range"), groups));
    auto* factors = card(QStringLiteral("Contributing factors, the most frequent first"));
    factorsNote_ = note(factors);
    factors_ = new FactorModel(this);
    factors->body()->addWidget(makeTable(factors_, QStringLiteral("Contributing factors"), {0, 130, 90, 330},
                                         QStringLiteral("No factor is known"), factors));
    auto* costs = card(QStringLiteral("Error budget spent by each incident"));
    costsNote_ = note(costs);
    costs_ = new CostModel(this);
    costs->body()->addWidget(makeTable(costs_, QStringLiteral("Error budget by incident"),
                                       {0, 260, 110, 110, 320}, QStringLiteral("Nothing was measured"),
                                       costs));
    return all;
}

bool LearningPage::hasData() const {
    return session().learning().report().has_value();
}

bool LearningPage::open(const QString& id) {
    const auto& report = session().learning().report();
    if (!report) return false;
    for (const learning::Measure& measure : report->measures)
        if (id.compare(str(measure.name), Qt::CaseInsensitive) == 0) {
            chosen_ = str(measure.name);
            showDetail(*report);
            return true;
        }
    return false;
}

QWidget* LearningPage::firstFocus() {
    return cards_[3];
}

void LearningPage::filter() {
    LearningAdapter::Filter wanted;
    wanted.days = range_->currentData().toInt();
    wanted.service = service_->currentData().toString().toStdString();
    wanted.severity = incidents::severity_from(severity_->currentData().toInt());
    session().learning().setFilter(wanted);
}

void LearningPage::follow(const QModelIndex& row) {
    for (int column = 0; column < row.model()->columnCount(); ++column) {
        const QString link = row.siblingAtColumn(column).data(LinkRole).toString();
        if (link.isEmpty()) continue;
        session().actions().invoke(QStringLiteral("incidents.open"), {{QStringLiteral("id"), link}});
        return;
    }
}

void LearningPage::showData() {
    const auto& report = session().learning().report();
    if (!report) return;
    showFilters(*report);
    showScope(*report);
    const bool any = report->counted > 0;
    nothing_->setVisible(!any);
    measures_->setVisible(any);
    detail_->setVisible(any);
    for (int i = 0; i < cards_.size() && i < int(report->measures.size()); ++i)
        cards_[i]->setMeasure(report->measures[std::size_t(i)]);
    if (any) showDetail(*report);
    showDelivery(report->delivery);
    groups_->update(report->groups);
    factorsNote_->setText(str(report->factors_note));
    factors_->update(report->factors);
    costsNote_->setText(QStringLiteral("%1.%2").arg(
        str(report->cost_formula), report->costs_of < report->costs_total
                                       ? QStringLiteral(" Measured for the newest %1 of %2 incidents.")
                                             .arg(report->costs_of)
                                             .arg(report->costs_total)
                                       : QString()));
    costs_->update(report->costs);
}

void LearningPage::showFilters(const learning::Report& report) {
    const auto& filter = session().learning().filter();
    range_->setCurrentIndex(range_->findData(filter.days));
    QStringList names;
    for (const std::string& name : report.services) names << str(name);
    QStringList shown;
    for (int i = 1; i < service_->count(); ++i) shown << service_->itemText(i);
    if (names != shown) {
        while (service_->count() > 1) service_->removeItem(1);
        for (const QString& name : names) service_->addItem(name, name);
    }
    service_->setCurrentIndex(std::max(0, service_->findData(str(filter.service))));
    severity_->setCurrentIndex(severity_->findData(filter.severity ? int(*filter.severity) : 0));
}

void LearningPage::showScope(const learning::Report& report) {
    QStringList parts{QStringLiteral("%1 to %2").arg(day(report.query.from), day(report.query.to)),
                      report.counted == 1 ? QStringLiteral("1 incident counts")
                                          : QStringLiteral("%1 incidents count").arg(report.counted)};
    if (report.cancelled + report.merged > 0)
        parts << QStringLiteral("%1 cancelled and %2 merged are left out")
                     .arg(report.cancelled)
                     .arg(report.merged);
    const learning::Uptime& uptime = report.uptime;
    if (uptime.counted_from)
        parts << QStringLiteral(
                     "measured since %5: up %1, %2 of impact in %3 outages, %4 of maintenance left out")
                     .arg(spanOf(secondsOf(uptime.up)), spanOf(secondsOf(uptime.impact)))
                     .arg(uptime.outages)
                     .arg(spanOf(secondsOf(uptime.maintenance)),
                          formatClock(msOf(*uptime.counted_from), false));
    scope_->setText(parts.join(QStringLiteral(" · ")));
}

void LearningPage::showDetail(const learning::Report& report) {
    for (std::size_t i = 0; i < report.measures.size() && i < std::size_t(cards_.size()); ++i) {
        const learning::Measure& measure = report.measures[i];
        const bool chosen = str(measure.name) == chosen_;
        cards_[int(i)]->setChosen(chosen);
        if (!chosen) continue;
        detail_->header()->setTitle(QStringLiteral("%1: %2").arg(chosen_, str(measure.title)));
        formula_->setText(QStringLiteral("= %1").arg(str(measure.formula)));
        trend_->setText(measure.note.empty()
                            ? trendWords(measure.trend)
                            : QStringLiteral("%1. %2").arg(trendWords(measure.trend), str(measure.note)));
        const TimeRange range{double(msOf(report.query.from)), double(msOf(report.query.to))};
        const QString per = str(report.bucket);
        course_->setTitle(QStringLiteral("Median per %1").arg(per));
        course_->setFixedRange(range.fromMs, range.toMs);
        course_->setSeries(
            {{QStringLiteral("median"), QStringLiteral("Median per %1").arg(per), Token::Series1,
              steps(measure,
                    [](const learning::Bucket& bucket) {
                        return bucket.spread ? secondsOf(bucket.spread->median) : qQNaN();
                    }),
              false, true, true, true}});
        counts_->setTitle(QStringLiteral("How many it is made from (n)"));
        counts_->setFixedRange(range.fromMs, range.toMs);
        counts_->setSeries({{QStringLiteral("n"), QStringLiteral("n per %1").arg(per), Token::Series2,
                             steps(measure,
                                   [](const learning::Bucket& bucket) {
                                       return bucket.spread ? double(bucket.spread->count) : 0.0;
                                   }),
                             false, true, true, true}});
        sources_->update(measure.sources);
        sourcesNote_->setText(measure.sources.size() < measure.sources_total
                                  ? QStringLiteral("The newest %1 of %2; the figures are of all.")
                                        .arg(measure.sources.size())
                                        .arg(measure.sources_total)
                                  : QStringLiteral("Enter opens the incident at the event."));
    }
}

void LearningPage::showDelivery(const learning::Delivery& delivery) {
    StatReading frequency, failures, restore;
    if (delivery.per_day) {
        // Fewer than one in two days reads better by the week.
        const bool daily = *delivery.per_day >= 0.5;
        const double rate = daily ? *delivery.per_day : *delivery.per_day * 7;
        frequency.value = rate > 0 ? QString::number(rate, 'f', 1) : QStringLiteral("0");
        frequency.unit = daily ? QStringLiteral("a day") : QStringLiteral("a week");
    }
    frequency.sub =
        delivery.deployments_total == 0
            ? QStringLiteral("no rollout in this range")
            : QStringLiteral("%1 completed, %2 under way").arg(delivery.completed).arg(delivery.under_way);
    if (delivery.failure_rate) failures.value = formatPercent(*delivery.failure_rate);
    failures.sub = delivery.finished == 0
                       ? QStringLiteral("no finished rollout")
                       : QStringLiteral("%1 of %2 finished").arg(delivery.failed).arg(delivery.finished);
    if (delivery.restore) restore.value = formatSeconds(secondsOf(delivery.restore->median));
    restore.sub = delivery.restore ? QStringLiteral("median · mean %1 · n %2")
                                         .arg(formatSeconds(secondsOf(delivery.restore->mean)))
                                         .arg(delivery.restore->count)
                                   : QStringLiteral("no incident that suspects a rollout was mitigated");
    frequency_->setReading(frequency);
    failures_->setReading(failures);
    restore_->setReading(restore);
    deliveryNote_->setText(
        QStringLiteral("Frequency = %1. Failure rate = %2. Restore = %3. Rollouts are of the whole site: the "
                       "filters narrow only the incidents beside them.")
            .arg(str(delivery.frequency_formula), str(delivery.failure_formula),
                 str(delivery.restore_formula)));
    deployments_->update(delivery.deployments);
}

}  // namespace qd::app
