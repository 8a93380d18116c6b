#include "app/models/flag_models.hpp"

#include <QDateTime>

#include "flags/words.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

constexpr Qt::Alignment kLeading = Qt::AlignLeft | Qt::AlignVCenter;
constexpr Qt::Alignment kTrailing = Qt::AlignRight | Qt::AlignVCenter;

QVariant flagState(const FlagRow& row, int role) {
    const Wording word = wordOf(row.view);
    if (role == Qt::DisplayRole) return word.text;
    if (role == widgets::StateRole) return int(word.state);
    if (role == SortRole) return row.view.flag().enabled ? 1 : 0;
    return {};
}

QVariant flagKey(const FlagRow& row, int role) {
    if (role == Qt::DisplayRole) return str(row.view.flag().key);
    if (role == widgets::SubRole || role == Qt::ToolTipRole) return str(row.view.flag().description);
    return {};
}

QVariant flagServed(const FlagRow& row, int role) {
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return servedText(row.view.flag());
    return {};
}

QVariant flagReach(const FlagRow& row, int role) {
    const opsclient::FlagReach& reach = row.view.reach;
    if (role == Qt::DisplayRole) return QStringLiteral("%1 of %2").arg(reach.reached).arg(reach.processes);
    if (role == SortRole) return int(reach.reached) - int(reach.processes);
    if (role == Qt::ToolTipRole) return str(opsclient::sentence(reach, row.view.last.revision));
    return {};
}

QVariant flagChanged(const FlagRow& row, int role) {
    if (role == Qt::DisplayRole) return QStringLiteral("%1, %2").arg(str(row.view.last.actor), row.age);
    if (role == SortRole) return -msOf(row.view.last.at);
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1: %2").arg(widgets::formatClock(msOf(row.view.last.at)),
                                            str(row.view.last.reason));
    return {};
}

QString actionWord(const std::string& action) {
    if (action == "kill") return QStringLiteral("killed");
    if (action == "restore") return QStringLiteral("restored");
    return action == "create" ? QStringLiteral("created") : QStringLiteral("changed");
}

}  // namespace

Wording wordOf(const opsclient::FlagView& view) {
    if (!view.flag().enabled) return {widgets::State::Warn, QStringLiteral("Killed")};
    if (view.reach.reached < view.reach.processes)
        return {widgets::State::Info, QStringLiteral("On its way")};
    return {widgets::State::Good, QStringLiteral("In service")};
}

QString servedText(const flags::Flag& flag) {
    if (!flag.enabled || flag.targeting.empty()) return str(flags::served_of(flag));
    const flags::Rule& first = flag.targeting.front();
    if (flag.targeting.size() == 1 && first.when.empty()) {
        const QString text = str(flags::text_of(first));
        return text.mid(text.indexOf(QLatin1String(": ")) + 2);
    }
    const QString rules = flag.targeting.size() == 1 ? QStringLiteral("1 rule")
                                                     : QStringLiteral("%1 rules").arg(flag.targeting.size());
    return QStringLiteral("by %1, else %2").arg(rules, str(flags::served_of(flag)));
}

QStringList factsOf(const opsclient::FlagView& view) {
    const flags::Flag& flag = view.flag();
    QStringList facts;
    if (!flag.description.empty()) facts << str(flag.description);
    QStringList variants;
    for (const flags::Variant& variant : flag.variants)
        variants << QStringLiteral("%1 = %2").arg(str(variant.name), str(flags::text_of(variant.value)));
    facts << QStringLiteral("Variants: %1").arg(variants.join(QStringLiteral(", ")));
    for (const flags::Prerequisite& one : flag.prerequisites) {
        QStringList names;
        for (const std::string& name : one.variants) names << str(name);
        facts << QStringLiteral("Only while %1 gives %2")
                     .arg(str(one.flag), names.join(QStringLiteral(" or ")));
    }
    int number = 0;
    for (const flags::Rule& rule : flag.targeting)
        facts << QStringLiteral("Rule %1, %2").arg(++number).arg(str(flags::text_of(rule)));
    facts << QStringLiteral("%1: %2").arg(
        number > 0 ? QStringLiteral("Everybody else") : QStringLiteral("Everybody"),
        str(flags::served_of(flag)));
    if (flag.enabled)
        facts << QStringLiteral("When killed: %1")
                     .arg(flag.kill_variant.empty() ? QStringLiteral("the code's own value")
                                                    : str(flag.kill_variant));
    for (const auto& [instance, variant] : view.pinned)
        facts << QStringLiteral("%1 serves %2, pinned by its command line").arg(str(instance), str(variant));
    return facts;
}

FlagModel::FlagModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"), flagState, kLeading, {}},
           {QStringLiteral("Flag"), flagKey, kLeading, {}},
           {QStringLiteral("Serves"), flagServed, kLeading, {}},
           {QStringLiteral("Reach"), flagReach, kTrailing,
            QStringLiteral("How many processes have the last change")},
           {QStringLiteral("Last change"), flagChanged, kLeading, {}}},
          [](const FlagRow& row) { return str(row.view.flag().key); }, parent) {}

std::vector<FlagRow> rowsOf(const opsclient::FlagList& list, qint64 nowMs) {
    std::vector<FlagRow> rows;
    for (const opsclient::FlagView& view : list.items)
        rows.push_back({view, widgets::formatAge(std::max<qint64>(0, nowMs - msOf(view.last.at)))});
    return rows;
}

FlagHistoryModel::FlagHistoryModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Revision"),
            [](const opsclient::FlagChange& change, int role) -> QVariant {
                return role == Qt::DisplayRole || role == SortRole ? qulonglong(change.revision) : QVariant();
            },
            kTrailing,
            {}},
           {QStringLiteral("What"),
            [](const opsclient::FlagChange& change, int role) -> QVariant {
                if (role == Qt::DisplayRole) return actionWord(change.action);
                return role == Qt::ToolTipRole ? servedText(change.flag) : QVariant();
            },
            kLeading,
            {}},
           {QStringLiteral("Who"),
            [](const opsclient::FlagChange& change, int role) -> QVariant {
                return role == Qt::DisplayRole ? str(change.actor) : QVariant();
            },
            kLeading,
            {}},
           {QStringLiteral("Why"),
            [](const opsclient::FlagChange& change, int role) -> QVariant {
                return role == Qt::DisplayRole || role == Qt::ToolTipRole ? str(change.reason) : QVariant();
            },
            kLeading,
            {}},
           {QStringLiteral("When"),
            [](const opsclient::FlagChange& change, int role) -> QVariant {
                if (role == Qt::DisplayRole) return widgets::formatClock(msOf(change.at));
                return role == SortRole ? QVariant(msOf(change.at)) : QVariant();
            },
            kTrailing,
            {}}},
          [](const opsclient::FlagChange& change) { return QString::number(change.revision); }, parent) {}

}  // namespace qd::app
