#include "widgets/charts/mark_icon.hpp"

namespace qd::widgets {

Icon markIcon(MarkKind kind) {
    switch (kind) {
        case MarkKind::Deploy:
            return Icon::Deploy;
        case MarkKind::CanaryStep:
            return Icon::Rollouts;
        case MarkKind::Incident:
            return Icon::Incidents;
        case MarkKind::Alert:
            return Icon::Bell;
        case MarkKind::Chaos:
            return Icon::Bolt;
        case MarkKind::Exclusion:
            return Icon::Gap;
        case MarkKind::Note:
            return Icon::Note;
    }
    return Icon::Note;
}

}  // namespace qd::widgets
