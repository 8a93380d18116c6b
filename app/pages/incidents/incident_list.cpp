#include "app/pages/incidents/incident_list.hpp"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/empty_state.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr incidents::State kStates[] = {
    incidents::State::triage,     incidents::State::acknowledged,  incidents::State::investigating,
    incidents::State::identified, incidents::State::mitigated,     incidents::State::monitoring,
    incidents::State::resolved,   incidents::State::post_incident, incidents::State::closed,
    incidents::State::cancelled,  incidents::State::merged};

}  // namespace

IncidentList::IncidentList(Session& session, QWidget* parent) : Card(parent), session_(session) {
    filter_ = new FilterField(QStringLiteral("Search incidents"), this);
    filter_->setMaxLength(200);
    filter_->setToolTip(
        QStringLiteral("Words of titles, ids, people, notes and all else that the journal holds"));
    model_ = new FoundIncidents(session, this);
    table_ = new TableView(this);
    table_->setModel(model_);
    // The site sorts: open ones first, then the newest. There may be more than were read.
    table_->setSortingEnabled(false);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setItemDelegateForColumn(IncidentModel::Severity, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(IncidentModel::State, new StatusDelegate(table_));
    table_->setColumnLayout({110, 0, 150, 150, 210, 130});
    table_->setAccessibleName(QStringLiteral("Incidents"));
    table_->setMinimumHeight(80);
    filter_->attach(parent, table_);
    body()->addWidget(table_);
    makeFilters();
    addMenu();
    connect(filter_, &FilterField::filterChanged, this, &IncidentList::ask);
    connect(model_, &FoundIncidents::answered, this, &IncidentList::showAnswer);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session_.selection().setIncident(index.data(KeyRole).toString());
    });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &IncidentList::tellSelection);
    showAnswer();
}

void IncidentList::makeFilters() {
    const auto box = [this](const QString& name, const QString& all) {
        auto* made = new QComboBox(this);
        made->setAccessibleName(name);
        made->setToolTip(name);
        made->addItem(all, QString());
        made->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        connect(made, &QComboBox::activated, this, &IncidentList::ask);
        return made;
    };
    count_ = makeMutedLabel({}, Type::Small, this);
    state_ = box(QStringLiteral("State"), QStringLiteral("Any state"));
    state_->addItem(QStringLiteral("Open"), QStringLiteral("open"));
    for (const incidents::State state : kStates)
        state_->addItem(stateName(state), str(incidents::to_string(state)));
    severity_ = box(QStringLiteral("Severity"), QStringLiteral("Any SEV"));
    for (int n = 1; n <= 4; ++n) severity_->addItem(QStringLiteral("SEV%1").arg(n), n);
    service_ = box(QStringLiteral("Service"), QStringLiteral("Any service"));
}

QList<QWidget*> IncidentList::controls() const {
    return {count_, state_, severity_, service_, filter_};
}

void IncidentList::addMenu() {
    for (const char* id : {"incident.merge", "incident.split", "incident.parent", "incident.child",
                           "incident.cancel", "incident.reopen", "incident.close"})
        if (QAction* action = session_.actions().action(QLatin1String(id))) table_->addAction(action);
    table_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

QWidget* IncidentList::firstFocus() const {
    return table_;
}

void IncidentList::ask() {
    incidents::IncidentQuery query;
    query.text = filter_->text().trimmed().toStdString();
    query.state = state_->currentData().toString().toStdString();
    query.severity = incidents::severity_from(severity_->currentData().toInt());
    query.service = service_->currentData().toString().toStdString();
    model_->setQuery(query);
}

void IncidentList::showIncidents() {
    showServices();
    model_->refresh();
    const auto& all = session_.incidents().incidents();
    if (session_.selection().incident().isEmpty() && !all.empty())
        session_.selection().setIncident(str(all.front().id.value));
    select(session_.selection().incident());
}

void IncidentList::showServices() {
    QStringList names;
    for (const auto& incident : session_.incidents().incidents()) names << str(incident.service);
    for (const auto& status : session_.slos().statuses()) names << str(status.objective.service);
    names.removeDuplicates();
    names.removeAll(QString());
    names.sort();
    QStringList shown;
    for (int i = 1; i < service_->count(); ++i) shown << service_->itemText(i);
    if (names == shown) return;
    const QString current = service_->currentData().toString();
    while (service_->count() > 1) service_->removeItem(1);
    for (const QString& name : names) service_->addItem(name, name);
    service_->setCurrentIndex(std::max(0, service_->findData(current)));
}

void IncidentList::showAnswer() {
    const auto shown = model_->rows().size();
    if (!model_->problem().isEmpty())
        table_->setEmptyContent(Icon::Error, QStringLiteral("The search failed"), model_->problem());
    else if (model_->isAsking())
        table_->setEmptyContent(Icon::Search, QStringLiteral("Searching…"));
    else if (model_->isNarrowed())
        table_->setEmptyContent(Icon::Search, QStringLiteral("No incident matches"),
                                QStringLiteral("Every word has to begin a word of the incident. Escape in "
                                               "the search clears it."));
    else
        table_->setEmptyContent(Icon::Ok, QStringLiteral("No incident"),
                                QStringLiteral("One opens by itself when a burn row fires. For what no alert "
                                               "has seen, declare one with Ctrl+Shift+I."));
    if (!model_->problem().isEmpty() && shown > 0)
        count_->setText(QStringLiteral("The search failed"));
    else if (shown < model_->total())
        count_->setText(QStringLiteral("%1 of %2").arg(shown).arg(model_->total()));
    else
        count_->setText(shown == 1 ? QStringLiteral("1 incident")
                                   : QStringLiteral("%1 incidents").arg(shown));
    count_->setToolTip(!model_->problem().isEmpty() ? model_->problem()
                       : shown < model_->total()    ? QStringLiteral("More come as you scroll")
                                                    : QString());
    select(session_.selection().incident());
}

void IncidentList::tellSelection() {
    QStringList ids;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        ids << index.data(KeyRole).toString();
    session_.selection().setIncidents(ids);
}

void IncidentList::select(const QString& id) {
    const int row = model_->indexOf(id);
    if (row < 0 || table_->currentIndex().row() == row) return;
    // Several that are chosen stay chosen when the rows change below them.
    if (table_->selectionModel()->selectedRows().size() > 1)
        table_->selectionModel()->setCurrentIndex(model_->index(row, 0), QItemSelectionModel::NoUpdate);
    else
        table_->setCurrentIndex(model_->index(row, 0));
}

}  // namespace qd::app
