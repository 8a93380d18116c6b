#include "app/pages/slos/happening_model.hpp"

#include <cmath>

#include "app/models/values.hpp"
#include "widgets/charts/mark_icon.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kRightAligned = Qt::AlignRight | Qt::AlignVCenter;

QVariant bad(const Happening& happening, int role) {
    if (role == Qt::DisplayRole) {
        if (!happening.cost) return QStringLiteral("–");
        const slo::Counts& counts = happening.cost->counts;
        return counts.total == 0
                   ? QStringLiteral("no traffic")
                   : QStringLiteral("%1 of %2")
                         .arg(formatCount(double(counts.bad())), formatCount(double(counts.total)));
    }
    if (role == SortRole) return happening.cost ? double(happening.cost->counts.bad()) : -1.0;
    if (role == Qt::ToolTipRole && happening.cost && !happening.cost->whole)
        return QStringLiteral("It began before what is kept of this objective");
    return {};
}

QVariant share(const Happening& happening, int role) {
    const double known = happening.cost ? number(happening.cost->budgetShare) : qQNaN();
    if (role == Qt::DisplayRole) return formatPercent(known);
    if (role == SortRole) return std::isnan(known) ? -1 : known;
    if (role == TintRole && known >= 0.1) return int(Token::Bad);
    return {};
}

}  // namespace

HappeningModel::HappeningModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Began"),
               [](const Happening& happening, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatClock(happening.fromMs);
                   if (role == SortRole) return happening.fromMs;
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
              {QStringLiteral("What"),
               [](const Happening& happening, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return happening.what;
                   if (role == IconRole) return int(markIcon(happening.kind));
                   if (role == Qt::ToolTipRole)
                       return QStringLiteral("%1: %2").arg(markWord(happening.kind), happening.what);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
              {QStringLiteral("Lasted"),
               [](const Happening& happening, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return happening.toMs ? spanOf(double(*happening.toMs - happening.fromMs) / 1000)
                                             : QStringLiteral("ongoing");
                   if (role == SortRole)
                       return happening.toMs ? *happening.toMs - happening.fromMs
                                             : std::numeric_limits<qint64>::max();
                   return {};
               },
               kRightAligned,
               {}},
              {QStringLiteral("Bad events"), bad, kRightAligned,
               QStringLiteral("Bad of all events while it lasted; they need not come from it")},
              {QStringLiteral("Of budget"), share, kRightAligned,
               QStringLiteral("Those bad events as a share of what the window allows")},
              {QStringLiteral("Who"),
               [](const Happening& happening, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return happening.who;
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
          },
          [](const Happening& happening) { return happening.key; }, parent) {}

}  // namespace qd::app
