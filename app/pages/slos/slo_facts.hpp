#pragma once
// The four figures above an objective's curves: SLI, budget, contract, and what comes next. Pure.

#include "slo/status.hpp"
#include "widgets/tiles/stat_tile.hpp"

namespace qd::app {

struct Facts {
    widgets::StatReading sli;
    widgets::StatReading budget;
    widgets::StatReading sla;
    widgets::StatReading next;
};

/// What is not known is said in words. The rooms of the contract are counted in events.
Facts factsOf(const slo::Status& status);

/// "rolling 1 h, 9 min of it known", "this month (Europe/Berlin), …".
QString windowText(const slo::Status& status);

}  // namespace qd::app
