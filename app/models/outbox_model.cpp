#include "app/models/outbox_model.hpp"

#include <QDateTime>

#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

using opsclient::OutboxEntry;

constexpr Qt::Alignment kOutboxRight = Qt::AlignRight | Qt::AlignVCenter;

QString kindWord(const std::string& kind) {
    if (kind == "slack") return QStringLiteral("Slack");
    if (kind == "email") return QStringLiteral("e-mail");
    if (kind == "alertmanager") return QStringLiteral("Alertmanager");
    if (kind == "webhook") return QStringLiteral("webhook");
    return QStringLiteral("no longer configured");
}

QString typeWord(const OutboxEntry& entry) {
    if (entry.type == "alert") return QStringLiteral("Alert");
    if (entry.type == "incident") return QStringLiteral("Incident");
    if (entry.type == "reminder") return QStringLiteral("Reminder");
    return QStringLiteral("Status update for %1").arg(str(entry.audience));
}

QVariant state(const OutboxEntry& entry, int role) {
    const Wording word = wordOf(entry);
    if (role == Qt::DisplayRole) return word.text;
    if (role == widgets::StateRole) return int(word.state);
    return {};
}

QVariant what(const OutboxEntry& entry, int role) {
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return str(entry.title);
    if (role == widgets::SubRole)
        return entry.incident.empty() ? typeWord(entry)
                                      : QStringLiteral("%1 · %2").arg(typeWord(entry), str(entry.incident));
    return {};
}

QVariant to(const OutboxEntry& entry, int role) {
    if (role == Qt::DisplayRole) return str(entry.destination);
    if (role == widgets::SubRole) return kindWord(entry.kind);
    return {};
}

QVariant attempts(const OutboxEntry& entry, int role) {
    if (role == Qt::DisplayRole) return QString::number(entry.attempts);
    if (role == SortRole) return qulonglong(entry.attempts);
    return {};
}

QVariant age(const OutboxEntry& entry, int role) {
    const qint64 made = msOf(entry.created_at);
    if (role == Qt::DisplayRole) return widgets::formatAge(QDateTime::currentMSecsSinceEpoch() - made);
    if (role == Qt::ToolTipRole) return widgets::formatClock(made);
    if (role == SortRole) return made;
    return {};
}

constexpr qint64 kOutboxSoonMs = 5'000;  // what is due longer waits for what came before it

QVariant next(const OutboxEntry& entry, int role) {
    if (role == SortRole) return msOf(entry.next_attempt_at);
    if (!entry.next_attempt_at) return role == Qt::DisplayRole ? QStringLiteral("–") : QVariant();
    const qint64 left = msOf(entry.next_attempt_at) - QDateTime::currentMSecsSinceEpoch();
    const bool waits = entry.state == "queued" && left < -kOutboxSoonMs;
    if (role == Qt::ToolTipRole && waits)
        return QStringLiteral("What came before it about the same incident or alert goes to %1 first")
            .arg(str(entry.destination));
    if (role != Qt::DisplayRole) return {};
    if (waits) return QStringLiteral("in turn");
    return left <= 0 ? QStringLiteral("now") : QStringLiteral("in %1").arg(spanOf(double(left) / 1000));
}

QVariant error(const OutboxEntry& entry, int role) {
    if (role == Qt::DisplayRole)
        return entry.last_error.empty() ? QStringLiteral("–") : str(entry.last_error);
    if (role == Qt::ToolTipRole && !entry.last_error.empty()) return str(entry.last_error);
    return {};
}

}  // namespace

Wording wordOf(const OutboxEntry& entry) {
    using widgets::State;
    if (entry.state == "sent") return {State::Good, QStringLiteral("Sent")};
    if (entry.state == "failed") return {State::Bad, QStringLiteral("Failed")};
    if (entry.state == "sending") return {State::Info, QStringLiteral("Sending")};
    if (entry.state == "dropped") return {State::Neutral, QStringLiteral("Dropped")};
    if (entry.state == "queued")
        return entry.last_error.empty() ? Wording{State::Info, QStringLiteral("Queued")}
                                        : Wording{State::Warn, QStringLiteral("Retrying")};
    return {State::NoData, str(entry.state)};
}

QString wordsOf(const opsclient::Recipient& recipient) {
    return QStringLiteral("%1 (%2)").arg(str(recipient.name), kindWord(recipient.kind));
}

OutboxModel::OutboxModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"), state, Qt::AlignLeft | Qt::AlignVCenter,
            QStringLiteral("Sent: the other side has accepted it. Nothing else is called so.")},
           {QStringLiteral("What"), what},
           {QStringLiteral("To"), to},
           {QStringLiteral("Attempts"), attempts, kOutboxRight},
           {QStringLiteral("Age"), age, kOutboxRight},
           {QStringLiteral("Next attempt"), next, kOutboxRight},
           {QStringLiteral("Last error"), error}},
          [](const OutboxEntry& entry) { return QString::number(entry.id); }, parent) {}

void OutboxModel::tick() {
    if (rowCount() > 0) emit dataChanged(index(0, Age), index(rowCount() - 1, Next), {Qt::DisplayRole});
}

}  // namespace qd::app
