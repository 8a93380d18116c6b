#include "app/pages/learning/learning_models.hpp"

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kNumber = Qt::AlignRight | Qt::AlignVCenter;
constexpr Qt::Alignment kLearnedText = Qt::AlignLeft | Qt::AlignVCenter;

template <class Row>
using Value = std::function<QVariant(const Row&, int)>;

template <class Row>
Value<Row> text(std::function<QString(const Row&)> of) {
    return [of = std::move(of)](const Row& row, int role) -> QVariant {
        return role == Qt::DisplayRole ? QVariant(of(row)) : QVariant();
    };
}

template <class Row>
Value<Row> amount(std::function<double(const Row&)> of, Formatter format) {
    return [of = std::move(of), format = std::move(format)](const Row& row, int role) -> QVariant {
        if (role == Qt::DisplayRole) return format(of(row));
        if (role == SortRole) return of(row);
        return {};
    };
}

template <class Row>
Value<Row> moment(core::WallTime Row::*at) {
    return [at](const Row& row, int role) -> QVariant {
        if (role == Qt::DisplayRole) return formatClock(msOf(row.*at), false);
        if (role == SortRole) return msOf(row.*at);
        if (role == Qt::ToolTipRole) return str(core::format_rfc3339(row.*at));
        return {};
    };
}

QVariant severityValue(std::optional<incidents::Severity> severity, int role) {
    if (role == SortRole) return severity ? int(*severity) : 0;
    if (role != Qt::DisplayRole) return {};
    return severity ? str(incidents::to_string(*severity)) : QStringLiteral("all");
}

QString ids(const std::vector<std::string>& all, std::size_t count) {
    QStringList shown;
    for (const std::string& id : all) {
        if (shown.size() == 6) break;
        shown << str(id);
    }
    QString list = shown.join(QStringLiteral(", "));
    if (count > std::size_t(shown.size()))
        list += QStringLiteral(" and %1 more").arg(count - std::size_t(shown.size()));
    return list.isEmpty() ? QStringLiteral("none") : list;
}

QString eventWords(const std::vector<std::uint64_t>& seqs) {
    if (seqs.empty()) return QStringLiteral("–");
    QStringList words;
    for (const auto seq : seqs) words << QString::number(seq);
    return (words.size() == 1 ? QStringLiteral("event ") : QStringLiteral("events ")) +
           words.join(QStringLiteral(" and "));
}

/// "4 min 12 s · n 3": the median, or MTBF's mean.
GroupModel::Column groupColumn(const QString& name, const QString& explanation) {
    const auto find = [name](const learning::Group& group) -> const learning::GroupMeasure* {
        for (const auto& measure : group.measures)
            if (str(measure.name) == name) return &measure;
        return nullptr;
    };
    const bool mean = name == QLatin1String("MTBF");
    return {name,
            [find, mean](const learning::Group& group, int role) -> QVariant {
                const learning::GroupMeasure* measure = find(group);
                const bool known =
                    measure && (mean ? measure->mean.has_value() : measure->spread.has_value());
                const double value = !known ? qQNaN()
                                     : mean ? secondsOf(measure->mean)
                                            : secondsOf(measure->spread->median);
                if (role == Qt::DisplayRole) return known ? formatSeconds(value) : QStringLiteral("–");
                if (role == SubRole && measure && measure->spread)
                    return QStringLiteral("n %1").arg(measure->spread->count);
                if (role == SortRole) return value;
                if (role == Qt::ToolTipRole && measure && measure->spread)
                    return QStringLiteral("median %1, mean %2, 90th percentile %3, of %4")
                        .arg(formatSeconds(secondsOf(measure->spread->median)),
                             formatSeconds(secondsOf(measure->mean)),
                             formatSeconds(secondsOf(measure->spread->p90)))
                        .arg(measure->spread->count);
                return {};
            },
            kLearnedText, explanation};  // a cell with a second text is written from its left
}

}  // namespace

double secondsOf(const std::optional<std::chrono::milliseconds>& value) {
    return value ? double(value->count()) / 1e3 : qQNaN();
}

SourceModel::SourceModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Began"), moment(&learning::Source::at), kLearnedText, {}},
           {QStringLiteral("Incident"),
            [](const learning::Source& source, int role) -> QVariant {
                if (role == Qt::DisplayRole)
                    return source.episode > 1
                               ? QStringLiteral("%1 (%2)").arg(str(source.incident)).arg(source.episode)
                               : str(source.incident);
                if (role == SubRole) return str(source.title);
                if (role == Qt::ToolTipRole && source.episode > 1)
                    return QStringLiteral("Interval %1: it was reopened").arg(source.episode);
                if (role == LinkRole)
                    return source.events.empty()
                               ? str(source.incident)
                               : QStringLiteral("%1#%2").arg(str(source.incident)).arg(source.events.back());
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Severity"),
            [](const learning::Source& source, int role) { return severityValue(source.severity, role); },
            kLearnedText,
            {}},
           {QStringLiteral("Took"),
            amount<learning::Source>([](const learning::Source& source) { return secondsOf(source.value); },
                                     formatSeconds),
            kNumber,
            {}},
           {QStringLiteral("From the journal"),
            text<learning::Source>([](const learning::Source& source) { return eventWords(source.events); }),
            kLearnedText,
            QStringLiteral("The events that set the two times. Enter opens the incident there.")}},
          [](const learning::Source& source) {
              return QStringLiteral("%1/%2").arg(str(source.incident)).arg(source.episode);
          },
          parent) {}

GroupModel::GroupModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Service"),
            text<learning::Group>([](const learning::Group& group) { return str(group.service); }),
            kLearnedText,
            {}},
           {QStringLiteral("Severity"),
            [](const learning::Group& group, int role) { return severityValue(group.severity, role); },
            kLearnedText,
            {}},
           {QStringLiteral("Incidents"),
            amount<learning::Group>([](const learning::Group& group) { return double(group.incidents); },
                                    formatCount),
            kNumber,
            {}},
           groupColumn(QStringLiteral("MTTD"), QStringLiteral("Median time to detect")),
           groupColumn(QStringLiteral("MTTA"), QStringLiteral("Median time to acknowledge")),
           groupColumn(QStringLiteral("MTTM"), QStringLiteral("Median time to mitigate")),
           groupColumn(QStringLiteral("MTTR"), QStringLiteral("Median time to resolve")),
           groupColumn(QStringLiteral("MTBF"), QStringLiteral("Uptime by outages"))},
          [](const learning::Group& group) {
              return QStringLiteral("%1/%2")
                  .arg(str(group.service))
                  .arg(group.severity ? int(*group.severity) : 0);
          },
          parent) {}

FactorModel::FactorModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Factor"),
            [](const learning::Factor& factor, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(factor.text);
                if (role == LinkRole && !factor.incidents.empty()) return str(factor.incidents.front());
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Known from"),
            text<learning::Factor>([](const learning::Factor& factor) {
                return factor.origin == "suspect" ? QStringLiteral("suspected only") : str(factor.origin);
            }),
            kLearnedText,
            {}},
           {QStringLiteral("Incidents"),
            amount<learning::Factor>([](const learning::Factor& factor) { return double(factor.count); },
                                     formatCount),
            kNumber,
            {}},
           {QStringLiteral("Which"),
            text<learning::Factor>(
                [](const learning::Factor& factor) { return ids(factor.incidents, factor.count); }),
            kLearnedText,
            {}}},
          [](const learning::Factor& factor) { return str(factor.origin + "/" + factor.text); }, parent) {}

DeploymentModel::DeploymentModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Began"), moment(&learning::Deployment::at), kLearnedText, {}},
           {QStringLiteral("Rollout"),
            [](const learning::Deployment& one, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(one.version);
                if (role == SubRole) return str(one.rollout);
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Strategy"),
            text<learning::Deployment>([](const learning::Deployment& one) {
                return one.rollback ? QStringLiteral("rollback") : str(one.strategy);
            }),
            kLearnedText,
            {}},
           {QStringLiteral("By, and why"),
            [](const learning::Deployment& one, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(one.actor);
                if (role == SubRole || role == Qt::ToolTipRole) return str(one.reason);
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Took"),
            amount<learning::Deployment>([](const learning::Deployment& one) { return secondsOf(one.duration); },
                                         formatSeconds),
            kNumber,
            {}},
           {QStringLiteral("Verdict"),
            text<learning::Deployment>([](const learning::Deployment& one) {
                return one.verdict.empty()                  ? QStringLiteral("none")
                       : one.verdict == "not_enough_data" ? QStringLiteral("not enough data")
                                                            : str(one.verdict);
            }),
            kLearnedText,
            {}},
           {QStringLiteral("Outcome"),
            text<learning::Deployment>([](const learning::Deployment& one) { return str(one.outcome); }),
            kLearnedText,
            {}},
           {QStringLiteral("Counts as"),
            [](const learning::Deployment& one, int role) -> QVariant {
                const bool open = one.outcome == "under way";
                if (role == Qt::DisplayRole)
                    return open         ? QStringLiteral("not yet")
                           : one.failed ? QStringLiteral("failed")
                                        : QStringLiteral("good");
                if (role == StateRole)
                    return int(open ? State::Neutral : one.failed ? State::Bad : State::Good);
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Suspected by"),
            text<learning::Deployment>(
                [](const learning::Deployment& one) { return ids(one.incidents, one.incidents.size()); }),
            kLearnedText,
            {}}},
          [](const learning::Deployment& one) { return str(one.rollout); }, parent) {}

CostModel::CostModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Incident"),
            [](const learning::Cost& cost, int role) -> QVariant {
                if (role == Qt::DisplayRole || role == LinkRole) return str(cost.incident);
                if (role == SubRole) return str(cost.incident_title);
                return {};
            },
            kLearnedText,
            {}},
           {QStringLiteral("Objective"),
            text<learning::Cost>([](const learning::Cost& cost) {
                return cost.objective_title.empty() ? QStringLiteral("–") : str(cost.objective_title);
            }),
            kLearnedText,
            {}},
           {QStringLiteral("Bad events"),
            amount<learning::Cost>(
                [](const learning::Cost& cost) { return cost.total > 0 ? cost.bad : qQNaN(); }, formatCount),
            kNumber,
            {}},
           {QStringLiteral("Allowed"),
            amount<learning::Cost>([](const learning::Cost& cost) { return number(cost.allowed); },
                                   formatCount),
            kNumber, QStringLiteral("What the objective's window allows now")},
           {QStringLiteral("Of the budget"),
            [](const learning::Cost& cost, int role) -> QVariant {
                if (role == Qt::DisplayRole)
                    return cost.spent ? formatPercent(*cost.spent) : QStringLiteral("not known");
                if (role == SubRole && !cost.spent) return str(cost.unknown);
                if (role == SortRole) return number(cost.spent);
                if (role == Qt::ToolTipRole && !cost.spent) return str(cost.unknown);
                return {};
            },
            kLearnedText,
            {}}},
          [](const learning::Cost& cost) { return str(cost.incident + "/" + cost.objective); }, parent) {}

}  // namespace qd::app
