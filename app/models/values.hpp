#pragma once
// Backend values as Qt's, and their states as words. What is not known becomes NaN, which every formatter
// writes "–".

#include <QString>
#include <optional>

#include "app/adapters/catalog_adapter.hpp"
#include "core/clock.hpp"
#include "decode/playback.hpp"
#include "incidents/incident.hpp"
#include "opsclient/site.hpp"
#include "rollouts/rollout.hpp"
#include "slo/status.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::app {

struct Wording {
    widgets::State state = widgets::State::NoData;
    QString text;

    bool operator==(const Wording&) const = default;
};

inline QString str(const std::string& utf8) {
    return QString::fromStdString(utf8);
}
inline QString str(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}
inline double number(const std::optional<double>& value) {
    return value.value_or(qQNaN());
}
inline qint64 msOf(core::WallTime at) {
    return at.time_since_epoch().count();
}
inline qint64 msOf(const std::optional<core::WallTime>& at) {
    return at ? msOf(*at) : 0;
}
inline core::WallTime wallTime(qint64 ms) {
    return core::WallTime(std::chrono::milliseconds(ms));
}

/// Names are chosen so that none of them reads as a number: "no traffic" is not 100 %.
Wording wordOf(slo::Health health);
Wording wordOf(incidents::State state);
Wording wordOf(incidents::Severity severity);
Wording wordOf(const rollouts::Rollout& rollout);
Wording wordOf(rollouts::Outcome outcome);
Wording wordOf(const opsclient::Process& process);
Wording wordOf(const Title& title);
Wording wordOf(decode::PlaybackState state);

QString stateName(incidents::State state);  // "Post-incident"
/// "40 s", "12 min 5 s", "1 h 3 min", "2 d 4 h": whole seconds.
QString span(std::chrono::milliseconds duration);
QString spanOf(double seconds);
/// "fires in 23 s", "firing", "–".
QString firesIn(const slo::RowStatus& row);
/// "gone in 3 h 10 m", "gone", "lasts at this rate".
QString budgetOutlook(const slo::ErrorBudget& budget);

}  // namespace qd::app
