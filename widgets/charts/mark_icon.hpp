#pragma once
#include "widgets/charts/series.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::widgets {

Icon markIcon(MarkKind kind);

}  // namespace qd::widgets
