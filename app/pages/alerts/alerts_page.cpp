#include "app/pages/alerts/alerts_page.hpp"

#include <QDateTime>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <algorithm>

#include "app/models/silence_models.hpp"
#include "app/models/values.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kAlertsHeight = 380, kSilencesHeight = 260;

/// A filter of words: each must be found somewhere in the row.
class RowFilter : public QSortFilterProxyModel {
public:
    explicit RowFilter(QObject* parent) : QSortFilterProxyModel(parent) {
        setSortRole(SortRole);
        setDynamicSortFilter(true);
    }
    void setWords(const QString& text) {
        words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        QString text;
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
            const QModelIndex cell = sourceModel()->index(row, column, parent);
            text += cell.data().toString() + QLatin1Char('\n') + cell.data(SubRole).toString() +
                    QLatin1Char('\n');
        }
        return std::all_of(words_.begin(), words_.end(),
                           [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
    }

private:
    QStringList words_;
};

QString keyAt(const QModelIndex& index) {
    return index.isValid() ? index.data(KeyRole).toString() : QString();
}

}  // namespace

AlertsPage::AlertsPage(Session& session, QWidget* parent)
    : DataPage(
          session, QStringLiteral("Alerts"),
          QStringLiteral("What fires, from our objectives and from Alertmanagers, and what keeps it quiet."),
          false, parent) {
    follow(session.seenAlerts());
    follow(session.silences());
    filter_ = new FilterField(QStringLiteral("Filter both lists"), this);
    header()->addControl(filter_);
    unreadable_ = new InlineNotice(content());
    unreadable_->setVisible(false);
    body()->addWidget(unreadable_);
    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeAlerts());
    split->addWidget(makeSilences());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({kAlertsHeight, kSilencesHeight});
    body()->addWidget(split, 1);
    filter_->attach(this, alertTable_);
}

QWidget* AlertsPage::makeAlerts() {
    auto* card = new Card(QStringLiteral("Alerts"), content());
    ActionRegistry& actions = session().actions();
    card->header()->addControl(new ActionButton(actions, QStringLiteral("alert.open_incident"),
                                                ButtonKind::Plain, card, QStringLiteral("Open an incident")));
    card->header()->addControl(new ActionButton(actions, QStringLiteral("alert.incident"), ButtonKind::Plain,
                                                card, QStringLiteral("Go to the incident")));
    card->header()->addControl(
        new ActionButton(actions, QStringLiteral("alert.silence"), ButtonKind::Primary, card));
    alerts_ = new SeenAlertModel(this);
    auto* filtered = new RowFilter(this);
    shownAlerts_ = filtered;
    shownAlerts_->setSourceModel(alerts_);
    alertTable_ = new TableView(card);
    alertTable_->setModel(shownAlerts_);
    alertTable_->setItemDelegateForColumn(SeenAlertModel::AlertState, new StatusDelegate(alertTable_));
    alertTable_->setItemDelegateForColumn(SeenAlertModel::Age, new NumberDelegate(alertTable_));
    alertTable_->setSortingEnabled(true);
    alertTable_->sortByColumn(SeenAlertModel::AlertState, Qt::AscendingOrder);
    alertTable_->setColumnLayout({150, 0, 130, 110, 100, 90, 150});
    alertTable_->setAccessibleName(QStringLiteral("Alerts"));
    connect(filter_, &FilterField::filterChanged, filtered, &RowFilter::setWords);
    connect(alertTable_, &TableView::currentRowChanged, this, &AlertsPage::choose);
    connect(alertTable_, &TableView::rowActivated, this,
            [this] { session().actions().trigger(QStringLiteral("alert.incident")); });
    card->body()->addWidget(alertTable_);
    return card;
}

QWidget* AlertsPage::makeSilences() {
    auto* card = new Card(QStringLiteral("Silences"), content());
    ActionRegistry& actions = session().actions();
    card->header()->addControl(
        new ActionButton(actions, QStringLiteral("silence.create"), ButtonKind::Plain, card));
    card->header()->addControl(new ActionButton(actions, QStringLiteral("silence.extend"), ButtonKind::Plain,
                                                card, QStringLiteral("Extend")));
    card->header()->addControl(new ActionButton(actions, QStringLiteral("silence.expire"), ButtonKind::Danger,
                                                card, QStringLiteral("End")));
    silences_ = new SilenceModel(this);
    auto* filtered = new RowFilter(this);
    shownSilences_ = filtered;
    shownSilences_->setSourceModel(silences_);
    silenceTable_ = new TableView(card);
    silenceTable_->setModel(shownSilences_);
    silenceTable_->setItemDelegateForColumn(SilenceModel::SilenceState, new StatusDelegate(silenceTable_));
    for (const int column : {SilenceModel::Left, SilenceModel::Firing})
        silenceTable_->setItemDelegateForColumn(column, new NumberDelegate(silenceTable_));
    silenceTable_->setSortingEnabled(true);
    silenceTable_->sortByColumn(SilenceModel::SilenceState, Qt::AscendingOrder);
    silenceTable_->setColumnLayout({130, 0, 120, 80, 130, 110});
    silenceTable_->setAccessibleName(QStringLiteral("Silences"));
    connect(filter_, &FilterField::filterChanged, filtered, &RowFilter::setWords);
    connect(silenceTable_, &TableView::currentRowChanged, this, &AlertsPage::choose);
    connect(silenceTable_, &TableView::rowActivated, this,
            [this] { session().actions().trigger(QStringLiteral("silence.extend")); });
    card->body()->addWidget(silenceTable_);
    return card;
}

bool AlertsPage::hasData() const {
    return session().seenAlerts().hasData() && session().silences().hasData();
}

QWidget* AlertsPage::filterField() {
    return filter_;
}

QWidget* AlertsPage::firstFocus() {
    return alertTable_;
}

bool AlertsPage::open(const QString& id) {
    const bool isSilence = session().silences().find(id) != nullptr;
    if (!isSilence && !session().seenAlerts().find(id)) return false;
    showData();
    TableView* table = isSilence ? silenceTable_ : alertTable_;
    const QSortFilterProxyModel* proxy = isSilence ? shownSilences_ : shownAlerts_;
    const int row = isSilence ? silences_->indexOf(id) : alerts_->indexOf(id);
    const QModelIndex index =
        row < 0 ? QModelIndex() : proxy->mapFromSource(proxy->sourceModel()->index(row, 0));
    if (index.isValid()) {
        table->setCurrentIndex(index);
        table->setFocus();
    }
    return index.isValid();
}

void AlertsPage::choose() {
    session().seenAlerts().choose(keyAt(alertTable_->currentIndex()));
    session().silences().choose(keyAt(silenceTable_->currentIndex()));
    session().actions().updateEnabled();
}

void AlertsPage::shown() {
    // Ages and what is left of silences change by themselves.
    connect(&Ticker::instance(), &Ticker::tick, this, &AlertsPage::showSoon);
}

void AlertsPage::showData() {
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    alerts_->update(rowsOf(session().seenAlerts().alerts(), now));
    silences_->update(rowsOf(session().silences().listed(), now));
    const bool filtered = !filter_->text().isEmpty();
    alertTable_->setEmptyContent(
        Icon::Bell, filtered ? QStringLiteral("No alert matches") : QStringLiteral("Nothing fires"),
        filtered ? QStringLiteral("Change the filter, or clear it with Escape.")
                 : QStringLiteral("Alerts of objectives and of Alertmanagers are listed here, also when they "
                                  "have ended."));
    silenceTable_->setEmptyContent(
        Icon::Muted, filtered ? QStringLiteral("No silence matches") : QStringLiteral("There is no silence"),
        filtered ? QStringLiteral("Change the filter, or clear it with Escape.")
                 : QStringLiteral("Choose an alert and press S before planned work, or N for any labels."));
    for (TableView* table : {alertTable_, silenceTable_})
        if (!table->currentIndex().isValid() && table->model()->rowCount() > 0)
            table->setCurrentIndex(table->model()->index(0, 0));
    choose();
    showUnreadable();
}

void AlertsPage::showUnreadable() {
    const auto& peers = session().silences().alertmanagers();
    const auto lost =
        std::find_if(peers.begin(), peers.end(), [](const auto& peer) { return !peer.error.empty(); });
    unreadable_->setVisible(lost != peers.end());
    if (lost == peers.end()) return;
    unreadable_->setNotice({widgets::State::Warn,
                            QStringLiteral("The Alertmanager \"%1\" cannot be read.").arg(str(lost->name)),
                            str(lost->error) + QLatin1Char('.'),
                            lost->answered_at
                                ? QStringLiteral("Its alerts and silences are from %1; it is asked again.")
                                      .arg(widgets::formatClock(msOf(lost->answered_at)))
                                : QStringLiteral("Nothing of it has been read yet; it is asked again."),
                            {},
                            false});
}

}  // namespace qd::app
