#include "app/pages/incidents/incidents_page.hpp"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>

#include "app/models/values.hpp"
#include "app/pages/incidents/incident_course.hpp"
#include "app/pages/incidents/incident_facts.hpp"
#include "app/pages/incidents/incident_list.hpp"
#include "app/pages/incidents/playback_bar.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

IncidentsPage::IncidentsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Incidents"), {}, false, parent) {
    follow(session.incidents());
    follow(session.timeline());
    follow(session.slos());
    setAcceptDrops(true);
    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    list_ = new IncidentList(session, content());
    split->addWidget(list_);
    for (QWidget* control : list_->controls()) header()->addControl(control);
    split->addWidget(makeDetail());
    split->setStretchFactor(1, 1);
    split->setSizes({118, 702});
    body()->addWidget(split, 1);
    header()->addControl(
        new ActionButton(session.actions(), QStringLiteral("incident.open"), ButtonKind::Plain, this));
    connect(&session.selection(), &Selection::incidentChanged, this, [this] {
        endPlayback();
        showSoon();
    });
    connect(&session.focus(), &TimelineFocus::playbackWanted, this, &IncidentsPage::togglePlayback);
    connect(course_->playbackBar(), &PlaybackBar::moved, this, &IncidentsPage::showDetail);
    connect(course_->playbackBar(), &PlaybackBar::left, this, &IncidentsPage::endPlayback);
}

QWidget* IncidentsPage::filterField() {
    return list_->filter();
}

QWidget* IncidentsPage::firstFocus() {
    return list_->firstFocus();
}

QWidget* IncidentsPage::makeActions() {
    auto* bar = new QWidget(detail_);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    const auto add = [&](const char* id, const char* text, ButtonKind kind) {
        row->addWidget(new ActionButton(session().actions(), QString::fromLatin1(id), kind, bar,
                                        QString::fromLatin1(text)));
    };
    add("incident.acknowledge", "Acknowledge", ButtonKind::Primary);
    add("incident.assign", "Commander", ButtonKind::Plain);
    add("incident.severity", "Severity", ButtonKind::Plain);
    add("incident.note", "Note", ButtonKind::Plain);
    add("incident.status_update", "Status update", ButtonKind::Plain);
    add("incident.link", "Link", ButtonKind::Plain);
    add("incident.runbook", "Runbooks", ButtonKind::Plain);
    row->addWidget(makeMore(bar));
    row->addStretch();
    add("incident.playback", "Playback", ButtonKind::Plain);
    add("incident.mitigate", "Mitigated", ButtonKind::Plain);
    add("incident.resolve", "Resolve", ButtonKind::Plain);
    return bar;
}

/// What is done less often stands behind one button, with its key.
QWidget* IncidentsPage::makeMore(QWidget* parent) {
    auto* more = makeIconButton(Icon::More, QStringLiteral("More to do with the incident"), parent);
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    menu->setToolTipsVisible(true);
    const std::initializer_list<std::initializer_list<const char*>> groups{
        {"incident.handover", "incident.state", "incident.retime"},
        {"incident.evidence", "incident.attach", "incident.attach_screenshot"},
        {"incident.parent", "incident.child", "incident.merge", "incident.split"},
        {"incident.reopen", "incident.close", "incident.cancel"}};
    for (const auto& group : groups) {
        if (!menu->isEmpty()) menu->addSeparator();
        for (const char* id : group) menu->addAction(session().actions().action(QLatin1String(id)));
    }
    more->setMenu(menu);
    return more;
}

QWidget* IncidentsPage::makeDetail() {
    stack_ = new QStackedWidget(content());
    auto* none = new EmptyState(
        Icon::Incidents, QStringLiteral("Choose an incident"),
        QStringLiteral("Its clocks, its timeline and everything you can do appear here."), stack_);
    detail_ = new Card(stack_);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    severity_ = new StatusBadge(detail_);
    state_ = new StatusBadge(detail_);
    title_ = makeLabel({}, Type::Lead, Weight::Semibold, false, detail_);
    title_->setWordWrap(true);
    auto* age = new AgeLabel(detail_);
    tellAge(age, session().timeline());
    head->addWidget(severity_);
    head->addWidget(title_, 1);
    head->addWidget(age);
    head->addWidget(state_);
    detail_->body()->addLayout(head);
    notice_ = new InlineNotice(detail_);
    notice_->hide();
    detail_->body()->addWidget(notice_);
    detail_->body()->addWidget(makeActions());
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::lg);
    facts_ = new IncidentFacts(detail_);
    columns->addWidget(facts_);
    course_ = new IncidentCourse(session(), detail_);
    columns->addWidget(course_, 1);
    detail_->body()->addLayout(columns, 1);
    connect(facts_, &IncidentFacts::linkActivated, this, qOverload<const QString&>(&IncidentsPage::follow));
    stack_->addWidget(none);
    stack_->addWidget(detail_);
    return stack_;
}

bool IncidentsPage::open(const QString& link) {
    // "INC-1", or "INC-1#12" for its event 12.
    const QString id = link.section(QLatin1Char('#'), 0, 0);
    wantedEvent_ = link.section(QLatin1Char('#'), 1).toULongLong();
    session().incidents().need(id);
    session().selection().setIncident(id);
    list_->select(id);
    return session().incidents().find(id) != nullptr;
}

void IncidentsPage::follow(const QString& link) {
    const QString what = link.section(QLatin1Char('/'), 0, 0), id = link.section(QLatin1Char('/'), 1);
    if (what == QLatin1String("event")) course_->select(id.toULongLong());
    if (what == QLatin1String("incident")) open(id);
}

void IncidentsPage::shown() {
    course_->setReading(true);
    connect(&Ticker::instance(), &Ticker::tick, this, &IncidentsPage::tick);
}

void IncidentsPage::hidden() {
    course_->setReading(false);
    course_->playbackBar()->setRunning(false);
    disconnect(&Ticker::instance(), &Ticker::tick, this, &IncidentsPage::tick);
}

void IncidentsPage::showData() {
    list_->showIncidents();
    showDetail();
}

void IncidentsPage::showDetail() {
    if (const auto& playback = course_->playbackBar()->playback())
        return showIncident(playback->incident(), playback->journal(), double(msOf(playback->at())));
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    stack_->setCurrentIndex(incident ? 1 : 0);
    stack_->setVisible(incident || !session().incidents().incidents().empty());
    if (!incident) return;
    // The journal of another incident is no journal of this one.
    const bool read = session().timeline().incident() == str(incident->id.value);
    showIncident(*incident, read ? session().timeline().journal() : IncidentJournal(), qQNaN());
}

void IncidentsPage::showIncident(const incidents::Incident& incident, const IncidentJournal& journal,
                                 double playheadMs) {
    const Wording severity = wordOf(incident.severity);
    const Wording state = wordOf(incident.state);
    severity_->setStatus(severity.state, severity.text);
    severity_->setToolTip(str(incidents::meaning(incident.severity)));
    state_->setStatus(state.state, state.text);
    const bool playing = !qIsNaN(playheadMs);
    const auto now = playing ? wallTime(qint64(playheadMs)) : session().link().clock().now();
    const auto end = incident.resolved_at.value_or(now);
    title_->setText(QStringLiteral("%1  ·  %2").arg(str(incident.title), span(end - incident.started_at)));
    detail_->setState(incidents::is_open(incident.state) ? severity.state : State::Neutral);
    notice_->setVisible(playing || !incident.conflicts.empty());
    if (playing)
        notice_->setNotice({State::Info,
                            QStringLiteral("Playback: this is how it looked at %1, not how it is now")
                                .arg(formatClock(qint64(playheadMs))),
                            {},
                            QStringLiteral("Actions are off until you go back to now (B)."),
                            {},
                            false});
    else if (!incident.conflicts.empty())
        notice_->setNotice(
            {State::Warn,
             QStringLiteral("Two hands changed the same without knowing of each other"),
             {},
             QStringLiteral("Both writes are kept, the later one is in effect; see the conflicts on "
                            "the left and decide again if need be."),
             {},
             false});
    facts_->setIncident(incident);
    course_->setIncident(incident, journal, playheadMs);
    if (wantedEvent_ != 0 && journal.bySeq(wantedEvent_)) course_->select(std::exchange(wantedEvent_, 0));
    facts_->setClocks(incidents::clocks(incident, now));
}

void IncidentsPage::tick() {
    if (course_->playbackBar()->playback()) return;  // moves by itself
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    if (incident) facts_->setClocks(incidents::clocks(*incident, session().link().clock().now()));
}

void IncidentsPage::togglePlayback() {
    if (session().focus().isPlaying()) return endPlayback();
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    if (!incident || session().timeline().incident() != str(incident->id.value)) return;
    auto playback = Playback::of(incident->id, session().timeline().journal());
    if (!playback) {
        notice_->setNotice({State::Bad,
                            QStringLiteral("It cannot be played back"),
                            str(playback.error().message),
                            {},
                            {},
                            false});
        notice_->show();
        return;
    }
    session().focus().setPlaying(true);
    course_->setPlaybackVisible(true);
    course_->playbackBar()->begin(std::move(*playback));
}

void IncidentsPage::endPlayback() {
    if (!session().focus().isPlaying()) return;
    course_->playbackBar()->end();
    course_->setPlaybackVisible(false);
    session().focus().setPlaying(false);
    showDetail();
}

void IncidentsPage::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    const bool files = !urls.isEmpty() && std::all_of(urls.begin(), urls.end(),
                                                      [](const QUrl& url) { return url.isLocalFile(); });
    if (files && session().actions().action(QStringLiteral("incident.attach"))->isEnabled())
        event->acceptProposedAction();
}

void IncidentsPage::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        session().actions().invoke(QStringLiteral("incident.attach"), {{"file", url.toLocalFile()}});
    event->acceptProposedAction();
}

}  // namespace qd::app
