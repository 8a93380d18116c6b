#include "app/pages/rollouts/rollout_facts.hpp"

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using rollouts::Rollout;

namespace {

QString percentText(double percent) {
    return widgets::formatPercent(percent / 100, 1);
}

QString observedText(const Rollout& rollout) {
    if (!rollout.weight_observed)
        return QStringLiteral("no request has been counted under this split yet");
    QString text =
        QStringLiteral("the canary got %1 of the requests").arg(percentText(*rollout.weight_observed));
    if (rollout.observed_low && rollout.observed_high)
        text += QStringLiteral(" (99 % sure: %1 to %2)")
                    .arg(percentText(*rollout.observed_low), percentText(*rollout.observed_high));
    return text;
}

}  // namespace

QStringList trafficFacts(const Rollout& rollout) {
    QStringList facts;
    const QString router = rollout.driver == "gateway" ? QStringLiteral("The gateway") : str(rollout.driver);
    facts << (rollout.split_confirmed ? QStringLiteral("%1 has confirmed this split")
                                      : QStringLiteral("%1 has not confirmed this split yet"))
                 .arg(router);
    facts << observedText(rollout);
    if (rollout.canary_sessions && rollout.all_sessions)
        facts << QStringLiteral("cohort %1 of %2 sessions")
                     .arg(widgets::formatCount(double(*rollout.canary_sessions)),
                          widgets::formatCount(double(*rollout.all_sessions)));
    if (rollout.time_to_zero)
        facts << QStringLiteral("canary at zero %1 after the abort")
                     .arg(rollout.time_to_zero->count() < 1
                              ? QStringLiteral("less than 1 ms")
                              : widgets::formatSeconds(double(rollout.time_to_zero->count()) / 1000));
    facts << QStringLiteral("started by %1 at %2")
                 .arg(str(rollout.actor), widgets::formatClock(msOf(rollout.created_at)));
    return facts;
}

QStringList standingNotes(const Rollout& rollout, core::WallTime now) {
    QStringList notes;
    if (!rollout.driver_connected) {
        const bool heard = rollout.observed_at != core::WallTime{};
        notes << (heard ? QStringLiteral("Connection to %1 lost: what is shown is as of %2 ago.")
                              .arg(str(rollout.driver), span(now - rollout.observed_at))
                        : QStringLiteral("Connection to %1 lost: it has not been heard yet.")
                              .arg(str(rollout.driver)));
    }
    if (!rollout.driver_note.empty())
        notes << QStringLiteral("%1: %2.").arg(str(rollout.driver), str(rollout.driver_note));
    if (rollout.read_only) notes << QStringLiteral("Read-only: nobody may act on it from here.");
    // Of what is over, neither a freeze nor a missing approval holds anything up.
    if (rollouts::is_finished(rollout.progress)) return notes;
    if (rollout.frozen) notes << QStringLiteral("Frozen: %1").arg(str(*rollout.frozen));
    const auto needed = std::size_t(rollout.specification.approvals);
    if (rollout.approvals.size() < needed)
        notes << QStringLiteral("Approved by %1 of the %2 that the specification asks for.")
                     .arg(rollout.approvals.size())
                     .arg(needed);
    return notes;
}

}  // namespace qd::app
