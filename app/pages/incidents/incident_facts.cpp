#include "app/pages/incidents/incident_facts.hpp"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/incidents/response_clocks.hpp"
#include "app/pages/incidents/retime.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kWidth = 340;

QString table(const QVector<QPair<QString, QString>>& rows) {
    QString html;
    for (const auto& [name, value] : rows)
        html += QStringLiteral("<tr><td style='padding-right:14px'>%1</td><td><b>%2</b></td></tr>")
                    .arg(name.toHtmlEscaped(), value.toHtmlEscaped());
    return QStringLiteral("<table cellspacing='0' cellpadding='1'>%1</table>").arg(html);
}

QString factsOf(const incidents::Incident& incident) {
    QVector<QPair<QString, QString>> rows;
    const auto commander = incident.roles.find("commander");
    rows.append({QStringLiteral("Commander"),
                 commander == incident.roles.end() ? QStringLiteral("nobody yet") : str(commander->second)});
    for (const auto& [role, person] : incident.roles)
        if (role != "commander") rows.append({str(role).left(1).toUpper() + str(role).mid(1), str(person)});
    rows.append({QStringLiteral("Service"), str(incident.service)});
    for (const MilestoneKind kind :
         {MilestoneKind::started, MilestoneKind::detected, MilestoneKind::acknowledged,
          MilestoneKind::mitigated, MilestoneKind::resolved})
        if (const auto at = milestoneAt(incident, kind))
            rows.append({milestoneLabel(kind), formatClock(msOf(*at))});
    return table(rows);
}

QString relatedOf(const incidents::Incident& incident) {
    QStringList lines;
    for (const incidents::Relation& relation : incident.relations)
        lines << QStringLiteral("%1 <a href='incident/%2'>%2</a>")
                     .arg(str(incidents::relation_words(relation.kind)).toHtmlEscaped(),
                          str(relation.other).toHtmlEscaped());
    if (incident.merged_into)
        lines << QStringLiteral("merged into <a href='incident/%1'>%1</a>")
                     .arg(str(incident.merged_into->value).toHtmlEscaped());
    for (const incidents::Conflict& conflict : incident.conflicts)
        lines << QStringLiteral(
                     "<b>Conflict</b> over %1: events <a href='event/%2'>%2</a> and "
                     "<a href='event/%3'>%3</a> were written without knowing of each other; the "
                     "later one is in effect")
                     .arg(str(conflict.what).toHtmlEscaped())
                     .arg(conflict.other_seq)
                     .arg(conflict.event_seq);
    return lines.join(QStringLiteral("<br>"));
}

QString whyOf(const incidents::Incident& incident) {
    QStringList paragraphs;
    if (!incident.severity_reason.empty()) paragraphs << str(incident.severity_reason).toHtmlEscaped();
    for (const incidents::Suspect& suspect : incident.suspects)
        paragraphs << QStringLiteral("<a href='event/%1'>Suspect</a>: %2")
                          .arg(suspect.event_seq)
                          .arg(str(suspect.reasoning).toHtmlEscaped());
    return paragraphs.join(QStringLiteral("<br><br>"));
}

}  // namespace

IncidentFacts::IncidentFacts(QWidget* parent) : QScrollArea(parent) {
    // May be longer than the window is high: it scrolls by itself, so that the timeline keeps its room.
    setFixedWidth(kWidth);
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, space::md, 0);
    column->setSpacing(space::md);
    clocks_ = new ResponseClocks(side);
    column->addWidget(clocks_);
    const auto add = [&](QLabel* label) {
        label->setTextFormat(Qt::RichText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
        connect(label, &QLabel::linkActivated, this, &IncidentFacts::linkActivated);
        column->addWidget(label);
        return label;
    };
    facts_ = add(makeLabel({}, Type::Body, Weight::Regular, false, side));
    related_ = add(makeLabel({}, Type::Small, Weight::Regular, false, side));
    reason_ = add(makeMutedLabel({}, Type::Small, side));
    column->addStretch();
    setWidget(side);
    side->setAutoFillBackground(false);  // setWidget() has switched it on
}

void IncidentFacts::setIncident(const incidents::Incident& incident) {
    facts_->setText(factsOf(incident));
    related_->setText(relatedOf(incident));
    related_->setVisible(!related_->text().isEmpty());
    reason_->setText(whyOf(incident));
    reason_->setVisible(!reason_->text().isEmpty());
}

void IncidentFacts::changeEvent(QEvent* event) {
    QScrollArea::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !reason_) return;
    // A text keeps the colour of links that was in force when it was set.
    for (QLabel* label : {facts_, related_, reason_}) {
        const QString text = label->text();
        label->clear();
        label->setText(text);
    }
}

void IncidentFacts::setClocks(const incidents::Clocks& clocks) {
    clocks_->setClocks(clocks);
}

}  // namespace qd::app
