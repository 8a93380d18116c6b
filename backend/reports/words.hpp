#pragma once
// Figures and sentences that both documents share. Internal to this room.

#include <string>

#include "reports/report.hpp"

namespace qd::reports {

std::string percent(double ratio);                         // "99.871 %"
std::string known(const ObjectiveReport& report);          // "12 of 23 days"
std::string sli_text(const ObjectiveReport& report);       // "99.871 %", "no traffic", "no data"
std::string budget_text(const ObjectiveReport& report);    // "74 % spent (22 of 29.6)"
std::string contract_text(const ObjectiveReport& report);  // "kept (99.5 %)", "broken: 10 % service credit"
std::string verdict_text(const ObjectiveReport& report);   // "met"
std::string alert_text(const slo::Alert& alert);           // "2026-11-24 02:42, 31 s: …"
std::string incident_text(const incidents::Incident& incident);
std::string exclusion_text(const slo::Exclusion& exclusion);
std::string title(const Report& report);  // "SLO report of November 2026"
std::string scope(const Report& report);  // which time, which zone, whether it is over
std::string minute(core::WallTime at);    // "2026-11-24 02:42 UTC"

}  // namespace qd::reports
