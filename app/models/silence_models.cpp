#include "app/models/silence_models.hpp"

#include <QStringList>

#include "app/adapters/silence_adapter.hpp"
#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

constexpr Qt::Alignment kLeft = Qt::AlignLeft | Qt::AlignVCenter;
constexpr Qt::Alignment kRight = Qt::AlignRight | Qt::AlignVCenter;

QVariant seenState(const SeenAlertRow& row, int role) {
    const silences::Alert& alert = row.alert;
    const bool quiet = !alert.silenced_by.empty();
    if (role == Qt::DisplayRole) {
        if (!alert.firing()) return QStringLiteral("Ended");
        return QStringLiteral("%1, SEV%2")
            .arg(quiet ? QStringLiteral("Silenced") : QStringLiteral("Firing"))
            .arg(alert.severity);
    }
    if (role == widgets::StateRole)
        return int(!alert.firing() ? widgets::State::Neutral
                   : quiet         ? widgets::State::Info
                                   : widgets::State::Bad);
    // What is loud stands first, the most severe of it on top.
    if (role == SortRole) return (!alert.firing() ? 20 : quiet ? 10 : 0) + alert.severity;
    return {};
}

QVariant seenWhat(const SeenAlertRow& row, int role) {
    if (role == Qt::DisplayRole) return str(row.alert.title);
    // Alertmanagers often say both in the same words.
    if (role == widgets::SubRole && row.alert.reason == row.alert.title) return {};
    if (role == widgets::SubRole || role == Qt::ToolTipRole) return str(row.alert.reason);
    return {};
}

QVariant seenAge(const SeenAlertRow& row, int role) {
    if (role == Qt::DisplayRole) return row.age;
    if (role == SortRole) return -msOf(row.alert.started_at);
    if (role == Qt::ToolTipRole) {
        const QString since = widgets::formatClock(msOf(row.alert.started_at));
        return row.alert.firing()
                   ? QStringLiteral("since %1").arg(since)
                   : QStringLiteral("%1 to %2").arg(since, widgets::formatClock(msOf(row.alert.ended_at)));
    }
    return {};
}

QVariant seenSilences(const SeenAlertRow& row, int role) {
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    QStringList names;
    for (const silences::SilencedBy& by : row.alert.silenced_by)
        names << (by.source == silences::own_source
                      ? str(by.silence.value)
                      : QStringLiteral("%1 in %2").arg(str(by.silence.value), str(by.source)));
    return names.join(QStringLiteral(", "));
}

QVariant silenceState(const SilenceRow& row, int role) {
    const silences::ListedSilence& listed = row.listed;
    if (role == Qt::DisplayRole) {
        if (listed.lapses) return QStringLiteral("Lapses soon");
        switch (listed.state) {
            case silences::SilenceState::pending:
                return QStringLiteral("To come");
            case silences::SilenceState::active:
                return QStringLiteral("Active");
            case silences::SilenceState::expired:
                break;
        }
        return QStringLiteral("Expired");
    }
    if (role == widgets::StateRole)
        return int(listed.lapses                                    ? widgets::State::Warn
                   : listed.state == silences::SilenceState::active ? widgets::State::Info
                                                                    : widgets::State::Neutral);
    if (role == SortRole)
        return listed.lapses ? -1
                             : int(listed.state == silences::SilenceState::active    ? 0
                                   : listed.state == silences::SilenceState::pending ? 1
                                                                                     : 2);
    return {};
}

QVariant silenceMatchers(const SilenceRow& row, int role) {
    if (role == Qt::DisplayRole) return str(to_string(row.listed.silence.matchers));
    if (role == widgets::SubRole || role == Qt::ToolTipRole) return str(row.listed.silence.comment);
    return {};
}

QVariant silenceLeft(const SilenceRow& row, int role) {
    if (role == Qt::DisplayRole) return row.left;
    if (role == SortRole) return msOf(row.listed.silence.ends_at);
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1 to %2")
            .arg(widgets::formatClock(msOf(row.listed.silence.starts_at)),
                 widgets::formatClock(msOf(row.listed.silence.ends_at)));
    return {};
}

QVariant silenceFiring(const SilenceRow& row, int role) {
    const bool active = row.listed.state == silences::SilenceState::active;
    if (role == Qt::DisplayRole) return active ? QString::number(row.listed.firing) : QStringLiteral("–");
    if (role == SortRole) return active ? qint64(row.listed.firing) : -1;
    return {};
}

}  // namespace

QString sourceName(const std::string& source) {
    return source == silences::own_source ? QStringLiteral("Quarterdeck") : str(source);
}

SeenAlertModel::SeenAlertModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"), seenState, kLeft, {}},
           {QStringLiteral("Alert"), seenWhat, kLeft, {}},
           {QStringLiteral("Service"),
            [](const SeenAlertRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? str(row.alert.service) : QVariant();
            },
            kLeft,
            {}},
           {QStringLiteral("Source"),
            [](const SeenAlertRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? sourceName(row.alert.source) : QVariant();
            },
            kLeft, QStringLiteral("Our own objectives, or the Alertmanager that told of it")},
           {QStringLiteral("For"), seenAge, kRight, QStringLiteral("How long it fires, or how long it did")},
           {QStringLiteral("Incident"),
            [](const SeenAlertRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? str(row.alert.incident) : QVariant();
            },
            kLeft,
            {}},
           {QStringLiteral("Silenced by"), seenSilences, kLeft, {}}},
          [](const SeenAlertRow& row) { return str(row.alert.id); }, parent) {}

std::vector<SeenAlertRow> rowsOf(const std::vector<silences::Alert>& alerts, qint64 nowMs) {
    std::vector<SeenAlertRow> rows;
    rows.reserve(alerts.size());
    for (const silences::Alert& alert : alerts) {
        const qint64 until = alert.firing() ? nowMs : msOf(alert.ended_at);
        rows.push_back(
            {alert, span(std::chrono::milliseconds(std::max<qint64>(0, until - msOf(alert.started_at))))});
    }
    return rows;
}

SilenceModel::SilenceModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"), silenceState, kLeft, {}},
           {QStringLiteral("Silences"), silenceMatchers, kLeft,
            QStringLiteral("The labels that an alert must have, and why")},
           {QStringLiteral("Time left"), silenceLeft, kRight, {}},
           {QStringLiteral("Firing"), silenceFiring, kRight,
            QStringLiteral("How many alerts that it matches fire now")},
           {QStringLiteral("Where"),
            [](const SilenceRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? sourceName(row.listed.silence.source) : QVariant();
            },
            kLeft,
            {}},
           {QStringLiteral("By"),
            [](const SilenceRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? str(row.listed.silence.created_by) : QVariant();
            },
            kLeft,
            {}}},
          [](const SilenceRow& row) { return keyOf(row.listed.silence); }, parent) {}

std::vector<SilenceRow> rowsOf(const std::vector<silences::ListedSilence>& silences, qint64 nowMs) {
    std::vector<SilenceRow> rows;
    rows.reserve(silences.size());
    for (const qd::silences::ListedSilence& listed : silences) {
        const auto text = [&]() -> QString {
            const qint64 begins = msOf(listed.silence.starts_at), ends = msOf(listed.silence.ends_at);
            if (listed.state == qd::silences::SilenceState::pending)
                return QStringLiteral("in %1").arg(
                    span(std::chrono::milliseconds(std::max<qint64>(0, begins - nowMs))));
            if (listed.state == qd::silences::SilenceState::expired)
                return widgets::formatAge(std::max<qint64>(0, nowMs - ends));
            return span(std::chrono::milliseconds(std::max<qint64>(0, ends - nowMs)));
        };
        rows.push_back({listed, text()});
    }
    return rows;
}

}  // namespace qd::app
