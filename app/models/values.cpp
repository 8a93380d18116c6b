#include "app/models/values.hpp"

#include <QStringList>
#include <cmath>

#include "widgets/theme/format.hpp"

namespace qd::app {

using widgets::State;

Wording wordOf(slo::Health health) {
    switch (health) {
        case slo::Health::healthy:
            return {State::Good, QStringLiteral("On target")};
        case slo::Health::burning:
            return {State::Bad, QStringLiteral("Burning")};
        case slo::Health::no_traffic:
            return {State::Neutral, QStringLiteral("No traffic")};
        case slo::Health::no_data:
            return {State::NoData, QStringLiteral("No data")};
        case slo::Health::stale:
            return {State::Stale, QStringLiteral("Stale")};
        case slo::Health::partial:
            return {State::Warn, QStringLiteral("Partial")};
    }
    return {};
}

QString stateName(incidents::State state) {
    QString name = str(incidents::to_string(state)).replace(QLatin1Char('_'), QLatin1Char('-'));
    if (!name.isEmpty()) name[0] = name[0].toUpper();
    return name;
}

Wording wordOf(incidents::State state) {
    const QString name = stateName(state);
    switch (state) {
        case incidents::State::triage:
            return {State::Bad, name};
        case incidents::State::acknowledged:
        case incidents::State::investigating:
        case incidents::State::identified:
            return {State::Warn, name};
        case incidents::State::mitigated:
        case incidents::State::monitoring:
            return {State::Info, name};
        case incidents::State::resolved:
        case incidents::State::post_incident:
        case incidents::State::closed:
            return {State::Good, name};
        case incidents::State::cancelled:
        case incidents::State::merged:
            return {State::Neutral, name};
    }
    return {};
}

Wording wordOf(incidents::Severity severity) {
    const QString name = str(incidents::to_string(severity));
    switch (severity) {
        case incidents::Severity::sev1:
        case incidents::Severity::sev2:
            return {State::Bad, name};
        case incidents::Severity::sev3:
            return {State::Warn, name};
        case incidents::Severity::sev4:
            return {State::Info, name};
    }
    return {};
}

Wording wordOf(const rollouts::Rollout& rollout) {
    using rollouts::Course;
    switch (rollout.progress.course) {
        case Course::aborted:
            return {State::Bad, QStringLiteral("Aborted")};
        case Course::undone:
            return {State::Neutral, QStringLiteral("Undone")};
        case Course::undoing:
            return {State::Warn, QStringLiteral("Undoing")};
        case Course::ramping_down:
            return {State::Warn, QStringLiteral("Ramping down")};
        case Course::promoting:
            return {State::Info, QStringLiteral("Promoting")};
        case Course::promoted:
            return {State::Good, QStringLiteral("Promoted")};
        case Course::stepping:
            break;
    }
    switch (rollout.phase) {
        case rollouts::Phase::progressing:
            return {State::Info, QStringLiteral("Progressing")};
        case rollouts::Phase::paused:
            return {State::Warn, QStringLiteral("Paused")};
        case rollouts::Phase::degraded:
            return {State::Bad, QStringLiteral("Degraded")};
        case rollouts::Phase::healthy:
            return {State::Good, QStringLiteral("Healthy")};
    }
    return {};
}

Wording wordOf(rollouts::Outcome outcome) {
    switch (outcome) {
        case rollouts::Outcome::pass:
            return {State::Good, QStringLiteral("Canary is no worse")};
        case rollouts::Outcome::marginal:
            return {State::Warn, QStringLiteral("Marginal")};
        case rollouts::Outcome::fail:
            return {State::Bad, QStringLiteral("Canary is worse")};
        case rollouts::Outcome::not_enough_data:
            return {State::NoData, QStringLiteral("Not enough data")};
    }
    return {};
}

Wording wordOf(const opsclient::Process& process) {
    if (process.state == "starting") return {State::Info, QStringLiteral("Starting")};
    if (process.state == "stopping") return {State::Info, QStringLiteral("Draining")};
    if (process.state == "backing_off") return {State::Bad, QStringLiteral("Restarting")};
    if (process.up) return {State::Good, QStringLiteral("Up")};
    if (!process.age_s) return {State::NoData, QStringLiteral("Not read yet")};
    return {State::Bad, QStringLiteral("Does not answer")};
}

Wording wordOf(const Title& title) {
    if (title.state == QLatin1String("queued")) return {State::Neutral, QStringLiteral("Queued")};
    if (title.state == QLatin1String("processing")) return {State::Info, QStringLiteral("Encoding")};
    if (title.state == QLatin1String("playable")) return {State::Info, QStringLiteral("Playable")};
    if (title.state == QLatin1String("ready")) return {State::Good, QStringLiteral("Ready")};
    if (title.state == QLatin1String("failed")) return {State::Bad, QStringLiteral("Failed")};
    return {State::NoData, title.state};
}

Wording wordOf(decode::PlaybackState state) {
    using decode::PlaybackState;
    switch (state) {
        case PlaybackState::idle:
            return {State::Neutral, QStringLiteral("Idle")};
        case PlaybackState::starting:
            return {State::Info, QStringLiteral("Starting")};
        case PlaybackState::playing:
            return {State::Good, QStringLiteral("Playing")};
        case PlaybackState::paused:
            return {State::Neutral, QStringLiteral("Paused")};
        case PlaybackState::stalled:
            return {State::Warn, QStringLiteral("Stalled")};
        case PlaybackState::seeking:
            return {State::Info, QStringLiteral("Seeking")};
        case PlaybackState::ended:
            return {State::Neutral, QStringLiteral("Ended")};
        case PlaybackState::failed:
            return {State::Bad, QStringLiteral("Failed")};
    }
    return {};
}

QString span(std::chrono::milliseconds duration) {
    const qint64 s = std::llround(double(std::abs(duration.count())) / 1000);
    QStringList parts;
    const auto add = [&parts](qint64 n, const char* unit) {
        if (n > 0 && parts.size() < 2) parts << QStringLiteral("%1 %2").arg(n).arg(QLatin1String(unit));
    };
    add(s / 86'400, "d");
    add(s / 3'600 % 24, "h");
    if (s < 86'400) add(s / 60 % 60, "min");
    if (s < 3'600) add(s % 60, "s");
    return parts.isEmpty() ? QStringLiteral("0 s") : parts.join(QLatin1Char(' '));
}

QString spanOf(double seconds) {
    return span(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

QString firesIn(const slo::RowStatus& row) {
    if (row.firing) return QStringLiteral("firing");
    if (!row.fires_in_s) return QStringLiteral("–");
    return QStringLiteral("fires in %1").arg(spanOf(std::ceil(*row.fires_in_s)));
}

QString budgetOutlook(const slo::ErrorBudget& budget) {
    if (budget.exhausted) return QStringLiteral("spent");
    if (!budget.remaining) return QStringLiteral("no events yet");
    if (!budget.exhausted_in_s) return QStringLiteral("lasts at this rate");
    return QStringLiteral("gone in %1").arg(spanOf(std::ceil(*budget.exhausted_in_s)));
}

}  // namespace qd::app
