// From what the journal says in a post-mortem to the event itself.

#include <QPointer>
#include <QTableView>
#include <QTimer>

#include "app/models/keyed_table_model.hpp"
#include "app/pages/postmortems/action_parts.hpp"

namespace qd::app {
namespace {

constexpr int kTryMs = 100;
constexpr int kTries = 50;  // the journal is read when its page is opened

/// Chooses the event's row in the journal on screen; false while it is not there yet.
bool choose(QWidget& window, quint64 event) {
    for (QTableView* table : window.findChildren<QTableView*>()) {
        if (!table->isVisible() || table->accessibleName() != QLatin1String("Journal")) continue;
        const QAbstractItemModel* rows = table->model();
        const QModelIndexList found = rows->match(rows->index(0, 0), KeyRole, QString::number(event), 1,
                                                  Qt::MatchExactly | Qt::MatchCaseSensitive);
        if (found.isEmpty()) return false;
        table->setFocus(Qt::OtherFocusReason);
        table->setCurrentIndex(found.front());
        return true;
    }
    return false;
}

}  // namespace

void addEventLink(Session& session, DialogParent parent) {
    const PostmortemParts parts{session, std::move(parent)};
    session.actions().add(
        {.id = "postmortem.event",
         .title = "Open the incident at an event of its journal",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const quint64 event = p.value("event").toULongLong();
                 const QString incident = parts.session.postmortem().incident();
                 if (event == 0 || incident.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument, "an event's number is needed"));
                 parts.session.actions().invoke("incidents.open", {{"id", incident}});
                 auto* trying = new QTimer(parts.parent());
                 QObject::connect(trying, &QTimer::timeout, trying, [trying, event, left = kTries]() mutable {
                     auto* window = qobject_cast<QWidget*>(trying->parent());
                     if (--left <= 0 || !window || choose(*window, event)) trying->deleteLater();
                 });
                 trying->start(kTryMs);
                 done(QVariantMap{{"incident", incident}, {"event", event}});
             },
         .ask =
             [parts] {
                 parts.ask("postmortem.event", {.title = "Open the incident at an event",
                                                .statement = {},
                                                .fields = {lineField("event", "Event", {}, "12", true)},
                                                .action = "Open",
                                                .kind = {},
                                                .preview = {},
                                                .check = {}});
             },
         .blocked = [parts] { return parts.blocked(); },
         .page = kPostmortemPage,
         .parameters = {"event"}});
}

}  // namespace qd::app
