#include "app/pages/oncall/rota_card.hpp"

#include <QDateTime>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>

#include "app/models/values.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/timeline/shift_strip.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kGapsNamed = 2;

QString dayAndTime(core::WallTime at) {
    return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(msOf(at)), QStringLiteral("ddd d MMM HH:mm"));
}

QString subtitle(const oncall::RotaPicture& rota) {
    QStringList parts{str(rota.source), str(rota.time_zone)};
    if (!rota.services.empty()) {
        QStringList services;
        for (const std::string& service : rota.services) services << str(service);
        parts << QStringLiteral("for %1").arg(services.join(QStringLiteral(", ")));
    }
    if (!rota.auto_assign.empty())
        parts << QStringLiteral("a new incident's %1 by itself").arg(str(rota.auto_assign));
    return parts.join(QStringLiteral(" · "));
}

QString gapText(const oncall::RotaPicture& rota) {
    QStringList lines;
    for (const oncall::Span& gap : rota.gaps) {
        if (lines.size() == kGapsNamed) break;
        lines << QStringLiteral("%1 to %2").arg(dayAndTime(gap.from), dayAndTime(gap.to));
    }
    QString text;
    if (!lines.isEmpty()) {
        text = QStringLiteral("Nobody is on call: %1").arg(lines.join(QStringLiteral("; ")));
        if (rota.gaps.size() > std::size_t(kGapsNamed))
            text += QStringLiteral("; and %1 more times").arg(rota.gaps.size() - kGapsNamed);
    }
    if (!rota.overlaps.empty()) {
        if (!text.isEmpty()) text += QStringLiteral(". ");
        text += QStringLiteral("%1, %2 to %3")
                    .arg(str(rota.overlaps.front().text), dayAndTime(rota.overlaps.front().span.from),
                         dayAndTime(rota.overlaps.front().span.to));
        if (rota.overlaps.size() > 1)
            text += QStringLiteral("; and %1 more overlaps").arg(rota.overlaps.size() - 1);
    }
    return text;
}

}  // namespace

RotaCard::RotaCard(QWidget* parent) : Card(QStringLiteral(" "), parent) {
    gaps_ = makeMutedLabel({}, Type::Small, this);
    gaps_->setWordWrap(true);
    strip_ = new ShiftStrip(this);
    strip_->setAccessibleName(QStringLiteral("The coming two weeks"));
    body()->addWidget(strip_);
    body()->addWidget(gaps_);
}

void RotaCard::show(const oncall::RotaPicture& rota, core::WallTime asOf) {
    header()->setTitle(str(rota.name));
    header()->setSub(subtitle(rota));
    showPeople(rota, asOf);
    if (first_ || rota != shown_) {
        showStrip(rota, asOf);
        const QString gaps = gapText(rota);
        gaps_->setText(gaps);
        gaps_->setVisible(!gaps.isEmpty());
    }
    setState(rota.problem.empty() ? State::Neutral : State::Warn);
    shown_ = rota;
    first_ = false;
}

void RotaCard::showPeople(const oncall::RotaPicture& rota, core::WallTime asOf) {
    if (!first_ && rota == shown_) return;
    delete people_;
    people_ = new QWidget(this);
    auto* grid = new QGridLayout(people_);
    grid->setContentsMargins(0, 0, 0, space::sm);
    grid->setHorizontalSpacing(space::xxl);
    grid->setVerticalSpacing(2);
    int column = 0;
    for (const oncall::Shift& shift : rota.now) {
        const auto follows = std::ranges::find(rota.next, shift.layer, &oncall::Shift::layer);
        QString then = QStringLiteral("until %1, in %2").arg(dayAndTime(shift.to), span(shift.to - asOf));
        if (follows != rota.next.end()) then += QStringLiteral(" · then %1").arg(str(follows->person));
        grid->addWidget(makeMutedLabel(str(shift.layer), Type::Small, people_), 0, column);
        grid->addWidget(makeLabel(str(shift.person), Type::Title, Weight::Semibold, false, people_), 1,
                        column);
        grid->addWidget(makeMutedLabel(then, Type::Small, people_), 2, column);
        ++column;
    }
    // A place that nobody fills now is said so.
    for (const oncall::Shift& shift : rota.next) {
        if (std::ranges::find(rota.now, shift.layer, &oncall::Shift::layer) != rota.now.end()) continue;
        grid->addWidget(makeMutedLabel(str(shift.layer), Type::Small, people_), 0, column);
        grid->addWidget(makeLabel(QStringLiteral("nobody"), Type::Title, Weight::Regular, true, people_), 1,
                        column);
        grid->addWidget(
            makeMutedLabel(QStringLiteral("%1 from %2").arg(str(shift.person), dayAndTime(shift.from)),
                           Type::Small, people_),
            2, column);
        ++column;
    }
    if (column == 0)
        grid->addWidget(makeLabel(QStringLiteral("Nobody is on call, now or in the coming weeks"), Type::Lead,
                                  Weight::Semibold, false, people_),
                        0, column++);
    grid->setColumnStretch(column, 1);
    body()->insertWidget(1, people_);
}

void RotaCard::showStrip(const oncall::RotaPicture& rota, core::WallTime asOf) {
    QVector<ShiftLane> lanes;
    for (const oncall::Shift& shift : rota.shifts) {
        const QString layer = str(shift.layer);
        if (lanes.isEmpty() || lanes.last().name != layer) lanes.append({layer, {}});
        lanes.last().bars.append({str(shift.person), msOf(shift.from), msOf(shift.to)});
    }
    strip_->setShifts(lanes, msOf(asOf), msOf(asOf + oncall::shown_ahead));
    strip_->setVisible(!lanes.isEmpty());
}

}  // namespace qd::app
