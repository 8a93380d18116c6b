// incident.retime: moving a milestone, with what comes of it shown before it is sent.
#include <QDateTime>

#include "app/models/values.hpp"
#include "app/pages/incidents/retime.hpp"
#include "app/pages/incidents/retime_panel.hpp"
#include "app/pages/incidents/timeline_actions.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

const QString kFormat = QStringLiteral("yyyy-MM-dd HH:mm:ss");

/// Local time as it is shown everywhere, or RFC 3339.
std::optional<core::WallTime> timeOf(const QString& text) {
    const QDateTime local = QDateTime::fromString(text.trimmed(), kFormat);
    if (local.isValid()) return wallTime(local.toMSecsSinceEpoch());
    const auto utc = core::parse_rfc3339(text.trimmed().toStdString());
    return utc ? std::optional(*utc) : std::nullopt;
}

RetimePreview previewOf(Session& session, const QVariantMap& values) {
    RetimePreview preview;
    const auto* incident = session.incidents().find(session.selection().incident());
    const auto kind = milestoneOf(values.value(QStringLiteral("milestone")).toString());
    const auto to = timeOf(values.value(QStringLiteral("to")).toString());
    if (!incident || !kind) {
        preview.refusal = QStringLiteral("choose a milestone");
    } else if (!to) {
        preview.refusal = QStringLiteral("the time reads like 2026-03-01 14:03:20");
    } else {
        return previewRetime(session.timeline().journal(), *incident, *kind, *to,
                             session.link().clock().now());
    }
    return preview;
}

void askRetime(Session& session, QWidget* parent) {
    const auto* incident = session.incidents().find(session.selection().incident());
    if (!incident) return;
    TimelineFocus& focus = session.focus();
    FormField milestone{
        "milestone", "Milestone", FormField::Kind::Choice, focus.retimed(), {}, true, {}, 0, 0};
    double at = focus.retimedMs();
    for (const MilestoneKind kind :
         {MilestoneKind::started, MilestoneKind::detected, MilestoneKind::acknowledged,
          MilestoneKind::mitigated, MilestoneKind::resolved})
        if (const auto now = milestoneAt(*incident, kind)) {
            milestone.choices.append({milestoneLabel(kind), milestoneId(kind)});
            if (focus.retimed().isEmpty() && milestone.choices.size() == 1) at = double(msOf(*now));
        }
    const QString to = QDateTime::fromMSecsSinceEpoch(qint64(at)).toString(kFormat);
    Session* here = &session;
    auto* dialog = FormDialog::ask(
        {.title = "Move a milestone of " + str(incident->title),
         .statement = "Writes a correction into the journal; what it said before stays there.",
         .fields = {milestone,
                    {"to", "To (local time)", FormField::Kind::Line, to, kFormat, true, {}, 0, 0},
                    {"text", "Reason", FormField::Kind::Line, {}, "How do you know?", true, {}, 0, 0}},
         .action = "Move",
         .kind = {},
         .preview = [here](const QVariantMap& values) { return retimeText(previewOf(*here, values)); },
         .check = [here](const QVariantMap& values) { return previewOf(*here, values).refusal; }},
        parent, [here](const QVariantMap& values) {
            here->actions().invoke(QStringLiteral("incident.retime"), values);
        });
    focus.setRetime({}, 0);
    QObject::connect(dialog, &QDialog::finished, &focus, [&focus] { emit focus.retimeEnded(); });
}

}  // namespace

void addRetimeAction(Session& session, std::function<QWidget*()> parent) {
    session.actions().add(
        {.id = "incident.retime",
         .title = "Move a milestone (first impact, detected, …)",
         .group = QStringLiteral("Incident timeline"),
         .shortcut = QKeySequence(Qt::Key_T),
         .run =
             [&session](const QVariantMap& p, Done done) {
                 const auto* incident = session.incidents().find(session.selection().incident());
                 const auto kind = milestoneOf(p.value("milestone").toString());
                 const auto to = timeOf(p.value("to").toString());
                 if (!incident || !kind || !to)
                     return done(
                         core::fail(core::Errc::invalid_argument,
                                    "milestone and to are needed, e.g. detected, 2026-03-01 14:03:20"));
                 auto request = retimeRequest(session.timeline().journal(), *incident, *kind, *to,
                                              p.value("text").toString().toStdString());
                 if (!request) return done(tl::unexpected(request.error()));
                 session.incidents().post(str(incident->id.value), std::move(*request), std::move(done));
             },
         .ask = [&session, parent] { askRetime(session, parent()); },
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
             const auto& id = session.selection().incident();
             if (!session.incidents().find(id)) return QStringLiteral("Choose an incident first");
             return session.timeline().incident() == id && session.timeline().journal().size() > 0
                        ? QString()
                        : QStringLiteral("The journal has not been read yet");
         },
         .page = QStringLiteral("incidents"),
         .parameters = {"milestone", "to", "text"}});
}

}  // namespace qd::app
