#include "app/pages/incidents/retime_panel.hpp"

#include <QHBoxLayout>
#include <QLabel>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QString durationText(const std::optional<std::chrono::milliseconds>& duration) {
    return duration ? span(*duration) : QStringLiteral("–");
}

}  // namespace

QString retimeText(const RetimePreview& preview) {
    if (!preview.refusal.isEmpty()) return QStringLiteral("Refused: %1").arg(preview.refusal);
    QStringList lines;
    for (const MeasureChange& change : preview.changes) {
        if (!change.before && !change.after) continue;
        const QString name = str(incidents::name(change.measure));
        lines << (change.before == change.after
                      ? QStringLiteral("%1 %2 as before").arg(name, durationText(change.before))
                      : QStringLiteral("%1 %2 → %3")
                            .arg(name, durationText(change.before), durationText(change.after)));
    }
    return lines.join(QLatin1Char('\n'));
}

RetimePanel::RetimePanel(QWidget* parent) : QFrame(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::lg);
    what_ = makeLabel({}, Type::Body, Weight::Semibold, false, this);
    measures_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    measures_->setWordWrap(true);
    next_ = makeMutedLabel(QStringLiteral("Drop or Enter keeps it with a reason, Esc cancels"), Type::Small,
                           this);
    row->addWidget(what_);
    row->addWidget(measures_, 1);
    row->addWidget(next_);
    setAccessibleName(QStringLiteral("What moving the milestone changes"));
}

void RetimePanel::showMove(MilestoneKind kind, core::WallTime from, core::WallTime to,
                           const RetimePreview& preview) {
    const auto by = to - from;
    what_->setText(QStringLiteral("%1 %2 (%3%4)")
                       .arg(milestoneLabel(kind), formatClock(msOf(to)),
                            by.count() < 0 ? QStringLiteral("−") : QStringLiteral("+"),
                            span(std::chrono::abs(by))));
    measures_->setText(retimeText(preview).replace(QLatin1Char('\n'), QStringLiteral("   ·   ")));
    next_->setVisible(preview.refusal.isEmpty());
}

}  // namespace qd::app
