#include "app/pages/incidents/incidents_page.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>

#include "app/models/values.hpp"
#include "app/pages/incidents/response_clocks.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/timeline/incident_timeline.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kSliPeriodMs = 3'000;
constexpr int kSliPoints = 600;
constexpr int kFactsWidth = 372;

/// The objective an incident is about: that of its first alert, else the worst of its service.
QString sloOf(const incidents::Incident& incident, const std::vector<incidents::Event>& events,
              const SloAdapter& slos) {
    for (const auto& event : events)
        if (event.kind == incidents::EventKind::alert || event.kind == incidents::EventKind::opened) {
            // An alert's id begins with its objective's.
            const QString subject = str(event.body.subject).section(QLatin1Char('.'), 0, 0);
            if (slos.find(subject)) return subject;
        }
    for (const auto& status : slos.statuses())
        if (status.objective.service == incident.service) return str(status.objective.id.value);
    return {};
}

QString factsOf(const incidents::Incident& incident) {
    QString rows;
    const auto add = [&rows](const QString& name, const QString& value) {
        rows += QStringLiteral("<tr><td style='padding-right:14px'>%1</td><td><b>%2</b></td></tr>")
                    .arg(name.toHtmlEscaped(), value.toHtmlEscaped());
    };
    const auto at = [&add](const char* name, const std::optional<core::WallTime>& when) {
        if (when) add(QString::fromLatin1(name), formatClock(msOf(when)));
    };
    const auto commander = incident.roles.find("commander");
    add(QStringLiteral("Commander"),
        commander == incident.roles.end() ? QStringLiteral("nobody yet") : str(commander->second));
    for (const auto& [role, person] : incident.roles)
        if (role != "commander") add(str(role).left(1).toUpper() + str(role).mid(1), str(person));
    add(QStringLiteral("Service"), str(incident.service));
    at("First impact", incident.started_at);
    at("Detected", incident.detected_at);
    at("Acknowledged", incident.acknowledged_at);
    at("Mitigated", incident.mitigated_at);
    at("Resolved", incident.resolved_at);
    return QStringLiteral("<table cellspacing='0' cellpadding='1'>%1</table>").arg(rows);
}

QString whyOf(const incidents::Incident& incident) {
    QStringList paragraphs;
    if (!incident.severity_reason.empty()) paragraphs << str(incident.severity_reason);
    for (const incidents::Suspect& suspect : incident.suspects)
        paragraphs << QStringLiteral("Suspect: %1").arg(str(suspect.reasoning));
    return paragraphs.join(QStringLiteral("\n\n"));
}

}  // namespace

IncidentsPage::IncidentsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Incidents"), {}, false, parent) {
    follow(session.incidents());
    follow(session.timeline());
    follow(session.slos());
    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeList());
    split->addWidget(makeDetail());
    split->setStretchFactor(1, 1);
    split->setSizes({150, 670});
    body()->addWidget(split, 1);
    header()->addControl(
        new ActionButton(session.actions(), QStringLiteral("incident.open"), ButtonKind::Plain, this));

    sliTimer_.setInterval(kSliPeriodMs);
    connect(&sliTimer_, &QTimer::timeout, this, &IncidentsPage::readSli);
    connect(&session.selection(), &Selection::incidentChanged, this, [this] {
        sliOf_.clear();
        showSoon();
    });
}

QWidget* IncidentsPage::filterField() {
    return filter_;
}

QWidget* IncidentsPage::firstFocus() {
    return table_;
}

QWidget* IncidentsPage::makeList() {
    auto* card = new Card(content());
    filter_ = new FilterField(QStringLiteral("Filter incidents"), card);
    header()->addControl(filter_);
    model_ = new IncidentModel(this);
    proxy_ = new QSortFilterProxyModel(this);
    proxy_->setSourceModel(model_);
    proxy_->setSortRole(SortRole);
    proxy_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy_->setFilterKeyColumn(IncidentModel::Name);
    table_ = new TableView(card);
    table_->setModel(proxy_);
    table_->setItemDelegateForColumn(IncidentModel::Severity, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(IncidentModel::State, new StatusDelegate(table_));
    table_->setColumnLayout({110, 0, 150, 150, 150, 120});
    table_->setEmptyContent(
        Icon::Ok, QStringLiteral("No incident"),
        QStringLiteral("One opens by itself when a burn row fires. For what no alert has seen, "
                       "declare one with Ctrl+Shift+I."));
    table_->setAccessibleName(QStringLiteral("Incidents"));
    table_->setMinimumHeight(80);
    filter_->attach(this, table_);
    connect(filter_, &FilterField::filterChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session().selection().setIncident(index.data(KeyRole).toString());
    });
    card->body()->addWidget(table_);
    return card;
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
    row->addStretch();
    add("incident.mitigate", "Mitigated", ButtonKind::Plain);
    add("incident.resolve", "Resolve", ButtonKind::Plain);
    return bar;
}

QWidget* IncidentsPage::makeFacts() {
    // May be longer than the window is high: it scrolls by itself, so that the timeline keeps its room.
    auto* scroll = new QScrollArea(detail_);
    scroll->setFixedWidth(kFactsWidth);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, space::md, 0);
    column->setSpacing(space::lg);
    clocks_ = new ResponseClocks(side);
    facts_ = makeLabel({}, Type::Body, Weight::Regular, false, side);
    facts_->setTextFormat(Qt::RichText);
    facts_->setWordWrap(true);
    reason_ = makeMutedLabel({}, Type::Small, side);
    reason_->setWordWrap(true);
    column->addWidget(clocks_);
    column->addWidget(facts_);
    column->addWidget(reason_);
    column->addStretch();
    scroll->setWidget(side);
    side->setAutoFillBackground(false);  // setWidget() has switched it on
    return scroll;
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
    detail_->body()->addWidget(makeActions());
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::xl);
    columns->addWidget(makeFacts());
    auto* course = new QVBoxLayout;
    course->setSpacing(space::md);
    timeline_ = new IncidentTimeline(detail_);
    timeline_->setMinimumHeight(230);
    course->addWidget(timeline_, 3);
    journal_ = new JournalModel(this);
    journalTable_ = new TableView(detail_);
    journalTable_->setModel(journal_);
    journalTable_->setColumnLayout({96, 130, 0, 100});
    journalTable_->setAccessibleName(QStringLiteral("Journal"));
    journalTable_->setMinimumHeight(110);
    course->addWidget(journalTable_, 2);
    columns->addLayout(course, 1);
    detail_->body()->addLayout(columns, 1);
    connect(timeline_, &IncidentTimeline::itemSelected, this, [this](const QString& id) {
        const int row = journal_->indexOf(journalId(id));
        if (row >= 0) journalTable_->setCurrentIndex(journal_->index(row, 0));
    });
    connect(journalTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid() && journalTable_->hasFocus())
            timeline_->selectItem(index.data(KeyRole).toString());
    });
    stack_->addWidget(none);
    stack_->addWidget(detail_);
    return stack_;
}

bool IncidentsPage::open(const QString& id) {
    session().selection().setIncident(id);
    select(id);
    return session().incidents().find(id) != nullptr;
}

void IncidentsPage::select(const QString& id) {
    const int row = model_->indexOf(id);
    const QModelIndex index = row < 0 ? QModelIndex() : proxy_->mapFromSource(model_->index(row, 0));
    if (index.isValid() && table_->currentIndex().row() != index.row()) table_->setCurrentIndex(index);
}

void IncidentsPage::shown() {
    readSli();
    sliTimer_.start();
    connect(&Ticker::instance(), &Ticker::tick, this, &IncidentsPage::tick);
}

void IncidentsPage::hidden() {
    sliTimer_.stop();
    disconnect(&Ticker::instance(), &Ticker::tick, this, &IncidentsPage::tick);
    latest_.cancel();
}

void IncidentsPage::showData() {
    model_->update(session().incidents().incidents());
    const auto& all = session().incidents().incidents();
    if (session().selection().incident().isEmpty() && !all.empty())
        session().selection().setIncident(str(all.front().id.value));
    select(session().selection().incident());
    showDetail();
}

void IncidentsPage::showDetail() {
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    stack_->setCurrentIndex(incident ? 1 : 0);
    stack_->setVisible(incident || !session().incidents().incidents().empty());
    if (!incident) return;
    const Wording severity = wordOf(incident->severity);
    const Wording state = wordOf(incident->state);
    severity_->setStatus(severity.state, severity.text);
    severity_->setToolTip(str(incidents::meaning(incident->severity)));
    state_->setStatus(state.state, state.text);
    title_->setText(str(incident->title));
    detail_->setState(incidents::is_open(incident->state) ? severity.state : State::Neutral);
    facts_->setText(factsOf(*incident));
    reason_->setText(whyOf(*incident));
    reason_->setVisible(!reason_->text().isEmpty());
    tick();
    showTimeline();
}

void IncidentsPage::tick() {
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    if (incident) clocks_->setClocks(incidents::clocks(*incident, session().link().clock().now()));
}

void IncidentsPage::showTimeline() {
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    if (!incident || session().timeline().incident() != str(incident->id.value)) return;
    const auto& events = session().timeline().events();
    std::vector<incidents::Event> newestFirst(events.rbegin(), events.rend());
    journal_->update(std::move(newestFirst));
    const TimeRange range = timelineRange(*incident, events, msOf(session().link().clock().now()));
    timeline_->setRange(range.fromMs, range.toMs);
    timeline_->setItems(timelineItems(events, range.toMs));
    const QString slo = sloOf(*incident, events, session().slos());
    if (slo == sliOf_) return;
    sliOf_ = slo;
    if (slo.isEmpty())
        timeline_->setSli({}, Unit::Ratio, {});
    else
        readSli();
}

void IncidentsPage::readSli() {
    const incidents::Incident* incident = session().incidents().find(session().selection().incident());
    const slo::Status* status = session().slos().find(sliOf_);
    if (!incident || !status || !session().link().client()) return;
    const TimeRange range =
        timelineRange(*incident, session().timeline().events(), msOf(session().link().clock().now()));
    const Threshold objective{status->objective.target,
                              QStringLiteral("Objective %1").arg(formatRatio(status->objective.target)),
                              Token::Warn};
    const QString name = str(status->objective.title);
    auto done = latest_.ask<slo::History>(this, [this, objective, name](core::Result<slo::History> history) {
        if (!history) return;
        Series series{QStringLiteral("sli"), name, Token::Series1, {}, false, false, false};
        for (const slo::HistoryPoint& point : history->points)
            if (const auto ratio = point.counts.good_ratio())
                series.points.append({double(msOf(point.at)), *ratio});
        timeline_->setGapAfter(double(std::max<std::int64_t>(5, history->step_s * 3)) * 1000);
        timeline_->setSli(series, Unit::Ratio, {objective});
    });
    session().link().client()->slo_history(status->objective.id, wallTime(qint64(range.fromMs)),
                                           wallTime(qint64(range.toMs)), kSliPoints, done);
}

}  // namespace qd::app
