#include "app/pages/slos/fact_strip.hpp"

#include <QHBoxLayout>
#include <QLabel>

#include "widgets/theme/labels.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

FactStrip::FactStrip(QWidget* parent) : Card(parent) {
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    sli_ = addCell(row, QStringLiteral("SLI"));
    budget_ = addCell(row, QStringLiteral("Error budget left"));
    sla_ = addCell(row, QStringLiteral("SLA"));
    next_ = addCell(row, QStringLiteral("Next alert"));
    body()->addLayout(row);
}

FactStrip::Cell FactStrip::addCell(QHBoxLayout* row, const QString& title) {
    auto* column = new QVBoxLayout;
    column->setSpacing(space::xs);
    column->addWidget(makeMutedLabel(title, Type::Small, this));
    Cell cell{makeLabel({}, Type::Title, Weight::Semibold, false, this), new StatusBadge(this),
              makeElidedLabel(Type::Small, this)};
    auto* line = new QHBoxLayout;
    line->setSpacing(space::sm);
    line->addWidget(cell.value);
    line->addWidget(cell.badge);
    line->addStretch();
    column->addLayout(line);
    column->addWidget(cell.sub);
    row->addLayout(column, 1);
    return cell;
}

void FactStrip::show(const Cell& cell, const StatReading& reading) {
    cell.badge->setVisible(!reading.stateText.isEmpty());
    cell.badge->setStatus(reading.state, reading.stateText);
    cell.value->setText(reading.value.isEmpty()  ? QStringLiteral("–")
                        : reading.unit.isEmpty() ? reading.value
                                                 : QStringLiteral("%1 %2").arg(reading.value, reading.unit));
    cell.sub->setText(reading.sub);
}

void FactStrip::setFacts(const Facts& facts) {
    show(sli_, facts.sli);
    show(budget_, facts.budget);
    show(sla_, facts.sla);
    show(next_, facts.next);
}

}  // namespace qd::app
