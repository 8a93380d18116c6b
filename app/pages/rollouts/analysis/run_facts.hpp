#pragma once
// Runs of analysis templates in words. Pure.

#include <QString>
#include <QStringList>
#include <QVector>

#include "app/models/values.hpp"
#include "rollouts/analysis_run.hpp"

namespace qd::app {

Wording wordOf(rollouts::RunPhase phase);

/// "at its step", "in the background", "before the promotion", …; another's word as it is.
QString purposeWords(const std::string& purpose);
/// What is measured where: "the site's error_ratio of the canary arm", "Prometheus: rate(…)".
QString providerWords(const rollouts::MetricProvider& provider);
/// "succeeds while …", "fails when …", how often, how many; a sentence each.
QStringList conditionWords(const rollouts::MetricSpec& spec);
/// "2 of 1": so many, and how many are borne; "2" where there is no limit.
QString countAgainst(std::uint64_t count, std::int64_t limit);
/// The number that a measurement's text holds ("[0.97]", "0.97"); NaN where it is none.
double numberIn(const std::string& value);
/// Of the last measurements, oldest first; NaN where a measurement has no number. Empty: none has one.
QVector<double> trendOf(const rollouts::MetricRun& metric);

}  // namespace qd::app
