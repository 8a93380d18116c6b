#include "app/pages/overview/headline.hpp"

#include <QStringList>
#include <algorithm>

#include "app/models/values.hpp"

namespace qd::app {
namespace {

constexpr std::chrono::seconds kSettling{15};

QString plural(qsizetype n, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(n).arg(n == 1 ? one : many);
}

/// opsd has run for too short a time to have read everything twice.
bool isYoung(const opsclient::Site& site) {
    return site.started_at.time_since_epoch().count() > 0 && site.as_of - site.started_at < kSettling;
}

}  // namespace

Headline headlineOf(const std::vector<slo::Status>& slos, const opsclient::Site& site) {
    using widgets::State;
    QStringList burning, spent, unknown;
    qsizetype good = 0, quiet = 0;
    for (const slo::Status& status : slos) {
        const QString title = str(status.objective.title);
        switch (status.health) {
            case slo::Health::healthy:
                ++good;
                break;
            case slo::Health::burning:
                burning << title;
                break;
            case slo::Health::no_traffic:
                ++quiet;
                break;
            default:
                unknown << title;
        }
        if (status.budget.exhausted) spent << title;
    }
    const auto down =
        std::count_if(site.processes.begin(), site.processes.end(),
                      [](const opsclient::Process& p) { return wordOf(p).state == State::Bad; });

    Headline headline;
    if (slos.empty()) {
        headline.sentence = QStringLiteral("No objective has been read yet.");
        headline.word = QStringLiteral("Unknown");
    } else if (!burning.isEmpty()) {
        headline.state = State::Bad;
        headline.word = QStringLiteral("Burning");
        headline.sentence =
            QStringLiteral("%1 off target: %2.")
                .arg(burning.size() == 1 ? QStringLiteral("1 objective is")
                                         : QStringLiteral("%1 objectives are").arg(burning.size()),
                     burning.join(QStringLiteral(", ")));
    } else if (good == 0 && !unknown.isEmpty() && isYoung(site)) {
        headline.state = State::Info;
        headline.word = QStringLiteral("Starting");
        headline.sentence = QStringLiteral("The site has just come up: its first readings are on their way.");
    } else if (!unknown.isEmpty()) {
        headline.state = State::Warn;
        headline.word = QStringLiteral("Not known");
        headline.sentence =
            QStringLiteral("Of %1 no full reading: %2.")
                .arg(plural(unknown.size(), QStringLiteral("objective"), QStringLiteral("objectives")),
                     unknown.join(QStringLiteral(", ")));
    } else if (good == 0) {
        headline.state = State::Neutral;
        headline.word = QStringLiteral("No traffic");
        headline.sentence = QStringLiteral("Nobody is watching: there is nothing to judge by.");
    } else {
        headline.state = down > 0 ? State::Warn : State::Good;
        headline.word = down > 0 ? QStringLiteral("On target") : QStringLiteral("Healthy");
        headline.sentence = quiet == 0
                                ? QStringLiteral("All %1 objectives are on target.").arg(good)
                                : QStringLiteral("%1 of %2 objectives are on target, %3 without traffic.")
                                      .arg(good)
                                      .arg(slos.size())
                                      .arg(quiet);
    }
    QStringList details;
    if (down > 0)
        details << QStringLiteral("%1 down").arg(
            plural(down, QStringLiteral("process"), QStringLiteral("processes")));
    if (!spent.isEmpty())
        details << QStringLiteral("error budget spent: %1").arg(spent.join(QStringLiteral(", ")));
    if (details.isEmpty() && good > 0) details << QStringLiteral("every error budget has something left");
    details << (site.processes.empty() ? QStringLiteral("processes not read yet")
                                       : plural(qsizetype(site.processes.size()), QStringLiteral("process"),
                                                QStringLiteral("processes")));
    headline.detail = details.join(QStringLiteral(" · "));
    return headline;
}

}  // namespace qd::app
