#pragma once
// The indicator within an OpenSLO document. For openslo_*.cpp only.

#include "core/config.hpp"
#include "slo/indicator.hpp"

namespace qd::slo::interchange {

/// Reads `spec` of an SLI document or of an inline indicator. `owner` holds `metadata` and `spec`; what is
/// wrong is kept there.
Indicator read_openslo_indicator(core::ConfigReader& owner, std::vector<std::string>& notes);

}  // namespace qd::slo::interchange
