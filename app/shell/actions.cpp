#include "app/shell/actions.hpp"

namespace qd::app {

bool isWindowWide(const Command& command) {
    return command.page.isEmpty() ||
           (!command.shortcut.isEmpty() && (command.shortcut[0].keyboardModifiers() & Qt::ControlModifier));
}

ActionRegistry::ActionRegistry(QObject* parent) : QObject(parent) {}

QAction* ActionRegistry::add(Command command) {
    Q_ASSERT(!entries_.contains(command.id));
    const QString id = command.id;
    command.blocked = [this, id, own = std::move(command.blocked)] {
        const QString why = gate_ ? gate_(*find(id)) : QString();
        return why.isEmpty() && own ? own() : why;
    };
    auto* action = new QAction(command.title, this);
    action->setObjectName(id);
    if (!command.shortcut.isEmpty()) {
        action->setShortcut(command.shortcut);
        action->setShortcutContext(isWindowWide(command) ? Qt::WindowShortcut
                                                         : Qt::WidgetWithChildrenShortcut);
    }
    connect(action, &QAction::triggered, this, [this, id] { trigger(id); });
    order_.push_back(id);
    entries_.emplace(id, Entry{std::move(command), action});
    return action;
}

QAction* ActionRegistry::action(const QString& id) const {
    const auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : at->second.action;
}

const Command* ActionRegistry::find(const QString& id) const {
    const auto at = entries_.find(id);
    return at == entries_.end() ? nullptr : &at->second.command;
}

std::vector<const Command*> ActionRegistry::commands() const {
    std::vector<const Command*> all;
    all.reserve(order_.size());
    for (const QString& id : order_) all.push_back(&entries_.at(id).command);
    return all;
}

void ActionRegistry::invoke(const QString& id, const QVariantMap& parameters, Done done) {
    const auto finish = [this, id, done = std::move(done)](Outcome outcome) {
        emit finished(id, outcome);
        if (done) done(std::move(outcome));
    };
    const Command* command = find(id);
    if (!command)
        return finish(core::fail(core::Errc::not_found, "there is no action \"{}\"", id.toStdString()));
    const QString reason = command->blocked ? command->blocked() : QString();
    if (!reason.isEmpty()) return finish(core::fail(core::Errc::conflict, "{}", reason.toStdString()));
    command->run(parameters, finish);
}

void ActionRegistry::trigger(const QString& id) {
    const Command* command = find(id);
    const bool free = command && (!command->blocked || command->blocked().isEmpty());
    if (free && command->ask) return command->ask();
    invoke(id);
}

void ActionRegistry::updateEnabled() {
    for (auto& [id, entry] : entries_) {
        if (!entry.command.blocked) continue;
        const QString reason = entry.command.blocked();
        entry.action->setEnabled(reason.isEmpty());
        entry.action->setToolTip(reason.isEmpty() ? entry.command.title : reason);
    }
}

}  // namespace qd::app
