#include "app/shell/palette_items.hpp"

#include "app/models/values.hpp"
#include "app/shell/main_window.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

std::vector<PaletteItem> paletteItems(MainWindow& window) {
    Session& session = window.session();
    ActionRegistry& actions = session.actions();
    std::vector<PaletteItem> items;
    for (const Command* command : actions.commands()) {
        if (command->id == QLatin1String("app.palette")) continue;
        PaletteItem item;
        item.title = command->group == QLatin1String("Pages") || command->group == QLatin1String("Window")
                         ? command->title
                         : QStringLiteral("%1: %2").arg(command->group, command->title);
        item.kind =
            command->group == QLatin1String("Pages") ? QStringLiteral("Page") : QStringLiteral("Action");
        item.shortcut = command->shortcut.toString(QKeySequence::NativeText);
        item.blocked = command->blocked ? command->blocked() : QString();
        item.run = [&actions, id = command->id] { actions.trigger(id); };
        items.push_back(std::move(item));
    }
    const auto thing = [&](const QString& kind, const QString& page, const QString& id,
                           const QString& title) {
        PaletteItem item;
        item.title = title;
        item.kind = kind;
        item.run = [&actions, page, id] {
            actions.invoke(page + QStringLiteral(".open"), {{QStringLiteral("id"), id}});
        };
        items.push_back(std::move(item));
    };
    for (const auto& incident : session.incidents().incidents())
        thing(QStringLiteral("Incident"), QStringLiteral("incidents"), str(incident.id.value),
              QStringLiteral("%1 %2").arg(str(incidents::to_string(incident.severity)), str(incident.title)));
    for (const auto& status : session.slos().statuses())
        thing(QStringLiteral("SLO"), QStringLiteral("slos"), str(status.objective.id.value),
              str(status.objective.title));
    for (const auto& board : session.boards().all().items)
        thing(QStringLiteral("Dashboard"), QStringLiteral("dashboards"), str(board.id.value),
              QStringLiteral("Dashboard: %1").arg(str(board.title)));
    for (const Title& title : session.catalog().titles())
        thing(QStringLiteral("Title"), QStringLiteral("preview"), title.id, title.title);
    return items;
}

}  // namespace qd::app
