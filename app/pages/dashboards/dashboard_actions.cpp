#include <algorithm>

#include "app/models/values.hpp"
#include "app/pages/dashboards/dashboards_page.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

void addBoardAction(Session& session, const char* id, const QString& title, const QKeySequence& key,
                    std::function<void()> does) {
    session.actions().add({.id = id,
                           .title = title,
                           .group = QStringLiteral("Dashboards"),
                           .shortcut = key,
                           .run =
                               [does](const QVariantMap&, Done done) {
                                   does();
                                   done(QVariantMap{});
                               },
                           .ask = {},
                           .blocked = [&session]() -> QString {
                               return session.boards().hasData()
                                          ? QString()
                                          : QStringLiteral("No dashboard has been read yet");
                           },
                           .page = QStringLiteral("dashboards"),
                           .parameters = {}});
}

/// The dashboard `steps` further, round about.
void turn(Session& session, int steps) {
    const auto& boards = session.boards().all().items;
    if (boards.empty()) return;
    const std::string current = session.selection().board().toStdString();
    const auto at = std::find_if(boards.begin(), boards.end(), [&](const opsclient::Dashboard& board) {
        return board.id.value == current;
    });
    const int count = int(boards.size());
    const int index = at == boards.end() ? 0 : int(at - boards.begin());
    session.selection().setBoard(str(boards[std::size_t((index + steps + count) % count)].id.value));
}

void stretch(Session& session, int steps) {
    const int last = int(boardRanges().size()) - 1;
    session.selection().setBoardRange(std::clamp(session.selection().boardRange() + steps, 0, last));
}

}  // namespace

void addDashboardActions(Session& session) {
    addBoardAction(session, "dashboard.next", QStringLiteral("Next dashboard"),
                   QKeySequence(Qt::Key_BracketRight), [&session] { turn(session, 1); });
    addBoardAction(session, "dashboard.previous", QStringLiteral("Previous dashboard"),
                   QKeySequence(Qt::Key_BracketLeft), [&session] { turn(session, -1); });
    addBoardAction(session, "dashboard.longer", QStringLiteral("A longer time range"),
                   QKeySequence(Qt::Key_Period), [&session] { stretch(session, 1); });
    addBoardAction(session, "dashboard.shorter", QStringLiteral("A shorter time range"),
                   QKeySequence(Qt::Key_Comma), [&session] { stretch(session, -1); });
}

}  // namespace qd::app
