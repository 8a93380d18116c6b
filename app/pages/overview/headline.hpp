#pragma once
// The site's health in a sentence. Pure.

#include <QString>
#include <vector>

#include "opsclient/site.hpp"
#include "slo/status.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::app {

struct Headline {
    widgets::State state = widgets::State::NoData;
    QString word;      // "Healthy", "Burning", …
    QString sentence;  // "All 6 objectives are on target."
    QString detail;    // budgets spent, processes down, what is not known

    bool operator==(const Headline&) const = default;
};

Headline headlineOf(const std::vector<slo::Status>& slos, const opsclient::Site& site);

}  // namespace qd::app
