#include "app/pages/incidents/timeline_actions.hpp"

#include <QBuffer>
#include <QFileDialog>
#include <QPixmap>
#include <QWidget>

#include "app/models/event_words.hpp"
#include "app/models/values.hpp"
#include "app/pages/incidents/attachments.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

using incidents::Event;
using incidents::EventKind;

const QString kTimelineGroup = QStringLiteral("Incident timeline");
const QString kTimelinePage = QStringLiteral("incidents");

/// What the actions share: the chosen event of the open incident.
struct TimelineActions {
    Session& session;
    std::function<QWidget*()> parent;

    QString idOf(const QVariantMap& p) const {
        const QString given = p.value(QStringLiteral("incident")).toString();
        return given.isEmpty() ? session.selection().incident() : given;
    }
    const IncidentJournal& journal() const { return session.timeline().journal(); }
    std::uint64_t keyOf(const QVariantMap& p) const {
        const auto given = p.value(QStringLiteral("event")).toULongLong();
        return given > 0 ? given : session.focus().event();
    }
    /// As it counts now; null when none is chosen.
    const Event* eventOf(const QVariantMap& p = {}) const {
        const int row = journal().rowOf(keyOf(p));
        return row < 0 || journal().isRetracted(std::size_t(row)) ? nullptr
                                                                  : &journal().current(std::size_t(row));
    }
    QString blockedHere() const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        return session.incidents().find(session.selection().incident())
                   ? QString()
                   : QStringLiteral("Choose an incident first");
    }
    QString blockedEvent() const {
        if (const QString why = blockedHere(); !why.isEmpty()) return why;
        return eventOf() ? QString() : QStringLiteral("Choose an event of the journal first");
    }
    QString blockedCorrection() const {
        if (const QString why = blockedEvent(); !why.isEmpty()) return why;
        switch (eventOf()->kind) {
            case EventKind::note:
            case EventKind::status_update:
            case EventKind::link:
            case EventKind::evidence:
                return {};
            default:
                return QStringLiteral(
                    "Only notes, status updates, links and evidence can be corrected or taken back");
        }
    }
    void post(const QVariantMap& p, incidents::EventRequest request, Done done) const {
        request.source = "console";
        if (const auto checked = incidents::check_body(request.kind, request.body); !checked)
            return done(tl::unexpected(checked.error()));
        session.incidents().post(idOf(p), std::move(request), std::move(done));
    }
    /// A correction of the chosen event.
    void correct(const QVariantMap& p, const std::function<void(incidents::EventBody&)>& change,
                 Done done) const {
        const Event* event = eventOf(p);
        if (!event) return done(core::fail(core::Errc::not_found, "no such event can be corrected"));
        incidents::EventRequest request;
        request.kind = event->kind;
        request.body = event->body;
        request.occurred_at = event->occurred_at;
        request.supersedes = event->seq;
        change(request.body);
        post(p, std::move(request), std::move(done));
    }
    FormDialog* ask(const QString& id, Form form, QVariantMap fixed = {}) const {
        ActionRegistry* actions = &session.actions();
        return FormDialog::ask(std::move(form), parent(), [actions, id, fixed](const QVariantMap& values) {
            QVariantMap all = fixed;
            all.insert(values);
            actions->invoke(id, all);
        });
    }
};

std::string textOf(const QVariantMap& p) {
    return p.value(QStringLiteral("text")).toString().toStdString();
}

FormField lines(const QString& label, const QString& hint, bool required, const QString& initial = {}) {
    return {"text", label, FormField::Kind::Lines, initial, hint, required, {}, 0, 0};
}

void addPin(const TimelineActions& shared, ActionRegistry& actions) {
    actions.add({.id = "incident.pin",
                 .title = "Pin or unpin the chosen event",
                 .group = kTimelineGroup,
                 .shortcut = QKeySequence(Qt::Key_P),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         const std::uint64_t key = shared.keyOf(p);
                         const auto* incident = shared.session.incidents().find(shared.idOf(p));
                         const bool pinned =
                             incident &&
                             std::any_of(
                                 incident->pinned.begin(), incident->pinned.end(), [&](std::uint64_t seq) {
                                     return shared.journal().rowOf(seq) == shared.journal().rowOf(key);
                                 });
                         incidents::EventRequest request;
                         request.kind = EventKind::pin;
                         request.body.subject = std::to_string(key);
                         request.body.phase = pinned ? "unpinned" : "pinned";
                         shared.post(p, std::move(request), std::move(done));
                     },
                 .ask = {},
                 .blocked = [shared] { return shared.blockedEvent(); },
                 .page = kTimelinePage,
                 .parameters = {"incident", "event"}});
}

void addEvidence(const TimelineActions& shared, ActionRegistry& actions) {
    actions.add(
        {.id = "incident.evidence",
         .title = "Freeze the visible stretch as evidence",
         .group = kTimelineGroup,
         .shortcut = QKeySequence(Qt::Key_E),
         .run =
             [shared](const QVariantMap& p, Done done) {
                 const TimelineFocus& focus = shared.session.focus();
                 auto* client = shared.session.link().client();
                 if (!client) return done(notConnected());
                 const double from = p.value("from", focus.fromMs()).toDouble();
                 const double to = p.value("to", focus.toMs()).toDouble();
                 const QString slo = p.value("slo", focus.slo()).toString();
                 Session* session = &shared.session;
                 client->freeze_evidence(
                     incidents::IncidentId(shared.idOf(p).toStdString()),
                     {slo::SloId(slo.toStdString()), wallTime(qint64(from)), wallTime(qint64(to)), textOf(p)},
                     deliver<Event>(session, [session, done = std::move(done)](core::Result<Event> event) {
                         session->timeline().refresh();
                         if (!event) return done(tl::unexpected(event.error()));
                         done(QVariantMap{{"seq", qulonglong(event->seq)},
                                          {"samples", qulonglong(event->body.samples.size())}});
                     }));
             },
         .ask =
             [shared] {
                 const TimelineFocus& focus = shared.session.focus();
                 shared.ask(
                     "incident.evidence",
                     {.title = "Freeze evidence",
                      .statement =
                          QStringLiteral(
                              "opsd writes the raw samples of %1 from %2 to %3 into the journal, "
                              "as finely as it keeps them. They stay there after the series is gone.")
                              .arg(focus.slo(), widgets::formatClock(qint64(focus.fromMs())),
                                   widgets::formatClock(qint64(focus.toMs()))),
                      .fields = {lines("What it shows", "The dip begins with the canary's first step", true)},
                      .action = "Freeze",
                      .kind = {},
                      .preview = {},
                      .check = {}},
                     {{"slo", focus.slo()}, {"from", focus.fromMs()}, {"to", focus.toMs()}});
             },
         .blocked = [shared]() -> QString {
             if (const QString why = shared.blockedHere(); !why.isEmpty()) return why;
             return shared.session.focus().slo().isEmpty() ? QStringLiteral("No objective's curve is shown")
                                                           : QString();
         },
         .page = kTimelinePage,
         .parameters = {"incident", "slo", "from", "to", "text"}});
}

void addAttachments(const TimelineActions& shared, ActionRegistry& actions) {
    actions.add({.id = "incident.attach",
                 .title = "Attach a file",
                 .group = kTimelineGroup,
                 .shortcut = QKeySequence(Qt::Key_X),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         const QString file = p.value("file").toString();
                         if (file.isEmpty())
                             return done(core::fail(core::Errc::invalid_argument, "no file is named"));
                         attachFile(shared.session, shared.idOf(p), file, p.value("text").toString(),
                                    std::move(done));
                     },
                 .ask =
                     [shared] {
                         const QString file = QFileDialog::getOpenFileName(
                             shared.parent(), QStringLiteral("Attach to the incident"));
                         if (file.isEmpty()) return;
                         shared.ask("incident.attach",
                                    {.title = "Attach " + file.section(QLatin1Char('/'), -1),
                                     .statement = "The file is copied into the incident; at most 20 MiB.",
                                     .fields = {lines("What it shows", {}, false)},
                                     .action = "Attach",
                                     .kind = {},
                                     .preview = {},
                                     .check = {}},
                                    {{"file", file}});
                     },
                 .blocked = [shared] { return shared.blockedHere(); },
                 .page = kTimelinePage,
                 .parameters = {"incident", "file", "text"}});
    actions.add({.id = "incident.attach_screenshot",
                 .title = "Attach a picture of this window",
                 .group = kTimelineGroup,
                 .shortcut = QKeySequence(Qt::Key_W),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         QWidget* window = shared.parent();
                         if (!window) return done(core::fail(core::Errc::unavailable, "there is no window"));
                         QByteArray png;
                         QBuffer buffer(&png);
                         buffer.open(QIODevice::WriteOnly);
                         if (!window->grab().save(&buffer, "PNG"))
                             return done(core::fail(core::Errc::io, "the window could not be pictured"));
                         const QString name =
                             QStringLiteral("console %1.png")
                                 .arg(QDateTime::currentDateTime().toString("yyyy-MM-dd HH.mm.ss"));
                         attachBytes(shared.session, shared.idOf(p), name, p.value("text").toString(), png,
                                     std::move(done));
                     },
                 .ask = {},
                 .blocked = [shared] { return shared.blockedHere(); },
                 .page = kTimelinePage,
                 .parameters = {"incident", "text"}});
}

void addCorrections(const TimelineActions& shared, ActionRegistry& actions) {
    actions.add(
        {.id = "incident.edit",
         .title = "Correct the chosen event",
         .group = kTimelineGroup,
         .shortcut = QKeySequence(Qt::Key_F2),
         .run =
             [shared](const QVariantMap& p, Done done) {
                 shared.correct(
                     p,
                     [&](incidents::EventBody& body) {
                         body.text = textOf(p);
                         if (p.contains("url")) body.url = p.value("url").toString().toStdString();
                     },
                     std::move(done));
             },
         .ask =
             [shared] {
                 const Event* event = shared.eventOf();
                 if (!event) return;
                 QVector<FormField> fields;
                 if (event->kind == EventKind::link)
                     fields.append(
                         {"url", "Address", FormField::Kind::Line, str(event->body.url), {}, true, {}, 0, 0});
                 fields.append(lines("Text", {}, event->kind != EventKind::link, str(event->body.text)));
                 shared.ask("incident.edit",
                            {.title = "Correct the " + kindWord(event->kind),
                             .statement = "The journal keeps what it said before, and shows it beside this.",
                             .fields = fields,
                             .action = "Correct",
                             .kind = {},
                             .preview = {},
                             .check = {}},
                            {{"event", qulonglong(shared.keyOf({}))}});
             },
         .blocked = [shared] { return shared.blockedCorrection(); },
         .page = kTimelinePage,
         .parameters = {"incident", "event", "text", "url"}});
    actions.add({.id = "incident.retract",
                 .title = "Take the chosen event back",
                 .group = kTimelineGroup,
                 .shortcut = QKeySequence(Qt::Key_Delete),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         shared.correct(
                             p,
                             [&](incidents::EventBody& body) {
                                 body.retracted = true;
                                 if (!textOf(p).empty()) body.text = textOf(p);
                                 body.samples.clear();
                             },
                             std::move(done));
                     },
                 .ask =
                     [shared] {
                         const Event* event = shared.eventOf();
                         if (!event) return;
                         shared.ask(
                             "incident.retract",
                             {.title = "Take back: " + lineOf(*event),
                              .statement = "It no longer counts. The journal keeps it, struck out, with your "
                                           "name and the reason.",
                              .fields = {lines("Reason", {}, true)},
                              .action = "Take back",
                              .kind = widgets::ButtonKind::Danger,
                              .preview = {},
                              .check = {}},
                             {{"event", qulonglong(shared.keyOf({}))}});
                     },
                 .blocked = [shared] { return shared.blockedCorrection(); },
                 .page = kTimelinePage,
                 .parameters = {"incident", "event", "text"}});
}

}  // namespace

void addTimelineActions(Session& session, std::function<QWidget*()> parent) {
    const TimelineActions shared{session, std::move(parent)};
    ActionRegistry& actions = session.actions();
    addPin(shared, actions);
    addEvidence(shared, actions);
    addAttachments(shared, actions);
    addCorrections(shared, actions);
    addRetimeAction(session, shared.parent);
    addPlaybackActions(session);
}

}  // namespace qd::app
