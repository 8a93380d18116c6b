#include "app/pages/rollouts/analysis/run_models.hpp"

#include <QDateTime>
#include <algorithm>

#include "app/models/wording_data.hpp"
#include "app/pages/rollouts/analysis/run_facts.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::MetricRun;

namespace {

constexpr Qt::Alignment kRunNumber = Qt::AlignRight | Qt::AlignVCenter;
constexpr Qt::Alignment kRunText = Qt::AlignLeft | Qt::AlignVCenter;

using CountText = QString (*)(const MetricRun&);

RunModel::Column counts(const QString& title, const QString& explanation, CountText text) {
    return {title,
            [text](const RunRow& row, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                return row.metric ? text(*row.metric) : QStringLiteral("–");
            },
            kRunNumber, explanation};
}

QVariant newestOf(const RunRow& row, int role) {
    if (role != Qt::DisplayRole) return {};
    if (!row.metric || row.metric->latest.empty()) return QStringLiteral("not measured yet");
    const std::string& value = row.metric->latest.back().value;
    return value.empty() ? QStringLiteral("no value") : str(value);
}

QVariant trendData(const RunRow& row, int role) {
    const QVector<double> trend = row.metric ? trendOf(*row.metric) : QVector<double>();
    if (role == TrendRole) return QVariant::fromValue(trend);
    if (role == Qt::DisplayRole)
        return trend.isEmpty() ? QStringLiteral("no numbers") : QStringLiteral("%1 values").arg(trend.size());
    return {};
}

MeasurementModel::Column timeColumn(const QString& title, bool age) {
    return {title,
            [age](const MeasurementRow& row, int role) -> QVariant {
                const qint64 at = msOf(row.measurement.finished_at);
                if (role == Qt::DisplayRole)
                    return age ? formatAge(QDateTime::currentMSecsSinceEpoch() - at) : formatClock(at);
                if (role == SortRole) return at;
                if (role == Qt::ToolTipRole) return str(core::format_rfc3339(row.measurement.finished_at));
                return {};
            },
            kRunText,
            {}};
}

}  // namespace

std::vector<RunRow> runRowsOf(const std::vector<rollouts::AnalysisRun>& runs) {
    std::vector<RunRow> rows;
    for (const rollouts::AnalysisRun& run : runs) {
        const QString name = str(run.name);
        if (run.metrics.empty()) rows.push_back({name, name, run.purpose, run.phase, std::nullopt});
        for (const MetricRun& metric : run.metrics)
            rows.push_back(
                {name + QLatin1Char('\n') + str(metric.spec.name), name, run.purpose, run.phase, metric});
    }
    const auto rank = [](const RunRow& row) {
        return row.runPhase == rollouts::RunPhase::running ? 0 : rollouts::is_over(row.runPhase) ? 1 : 2;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const RunRow& left, const RunRow& right) { return rank(left) < rank(right); });
    return rows;
}

RunModel::RunModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Run"),
               [](const RunRow& row, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return row.run;
                   if (role == SubRole) return purposeWords(row.purpose);
                   return {};
               },
               kRunText,
               {}},
              {QStringLiteral("Metric"),
               [](const RunRow& row, int role) -> QVariant {
                   if (role != Qt::DisplayRole) return {};
                   return row.metric ? str(row.metric->spec.name) : QStringLiteral("none");
               },
               kRunText,
               {}},
              {QStringLiteral("State"),
               [](const RunRow& row, int role) {
                   return wordingData(wordOf(row.metric ? row.metric->phase : row.runPhase), role);
               },
               kRunText,
               {}},
              counts(QStringLiteral("Successful"), QStringLiteral("Of the measurements so many succeeded"),
                     [](const MetricRun& metric) { return QString::number(metric.successful); }),
              counts(QStringLiteral("Failed"),
                     QStringLiteral("So many failed, of how many are borne; one more fails the run"),
                     [](const MetricRun& metric) {
                         return countAgainst(metric.failed, metric.spec.failure_limit);
                     }),
              counts(QStringLiteral("Inconclusive"),
                     QStringLiteral("So many were neither, of how many are borne"),
                     [](const MetricRun& metric) {
                         return countAgainst(metric.inconclusive, metric.spec.inconclusive_limit);
                     }),
              counts(QStringLiteral("Errors"),
                     QStringLiteral("So many could not be measured in a row, of how many are borne"),
                     [](const MetricRun& metric) {
                         return countAgainst(metric.consecutive_error, metric.spec.consecutive_error_limit);
                     }),
              {QStringLiteral("Last values"), trendData, kRunText, {}},
              {QStringLiteral("Newest"), newestOf, kRunNumber, {}},
          },
          [](const RunRow& row) { return row.key; }, parent) {}

std::vector<MeasurementRow> measurementRowsOf(const MetricRun& metric) {
    std::vector<MeasurementRow> rows;
    // A number stays with its measurement when the oldest ones fall away.
    auto number = qint64(metric.successful + metric.failed + metric.inconclusive + metric.error);
    for (auto at = metric.latest.rbegin(); at != metric.latest.rend(); ++at) rows.push_back({number--, *at});
    return rows;
}

MeasurementModel::MeasurementModel(QObject* parent)
    : KeyedTableModel(
          {
              timeColumn(QStringLiteral("Time"), false),
              timeColumn(QStringLiteral("Age"), true),
              {QStringLiteral("Outcome"),
               [](const MeasurementRow& row, int role) {
                   return wordingData(wordOf(row.measurement.phase), role);
               },
               kRunText,
               {}},
              {QStringLiteral("Value"),
               [](const MeasurementRow& row, int role) -> QVariant {
                   if (role != Qt::DisplayRole) return {};
                   return row.measurement.value.empty() ? QStringLiteral("none") : str(row.measurement.value);
               },
               kRunNumber,
               {}},
              {QStringLiteral("Why"),
               [](const MeasurementRow& row, int role) -> QVariant {
                   return role == Qt::DisplayRole ? QVariant(str(row.measurement.message).simplified())
                                                  : QVariant();
               },
               kRunText,
               {}},
          },
          [](const MeasurementRow& row) { return QString::number(row.number); }, parent) {}

}  // namespace qd::app
