#pragma once
// Every action a person can take, by name: the window, the palette, the shortcut sheet and the tour all go
// through it.

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QString>
#include <QVariantMap>
#include <functional>
#include <map>
#include <vector>

#include "core/result.hpp"

namespace qd::app {

/// What an action came to, once it is known: for a write, the server's answer.
using Outcome = core::Result<QVariantMap>;
using Done = std::function<void(Outcome)>;

struct Command {
    QString id;     // "incident.acknowledge"
    QString title;  // "Acknowledge the incident"
    QString group;  // heading of the shortcut sheet
    QKeySequence shortcut;
    /// Does it, with explicit parameters and no dialog; `done` is called once, on the UI thread.
    std::function<void(const QVariantMap&, Done)> run;
    /// What a person's click or key does when parameters are still wanted (a dialog). Empty: run({}).
    std::function<void()> ask;
    /// Why it cannot be done now, in a sentence; empty when it can. Shown as the tooltip of its disabled
    /// buttons.
    std::function<QString()> blocked;
    /// The page the action belongs to; empty: the whole window.
    QString page;
    QStringList parameters;  // names run() understands, for the in-app reference
};

/// A page's single keys work wherever the focus is inside the page, and nowhere else; with Ctrl they work
/// on every page.
bool isWindowWide(const Command& command);

/// Lives on the UI thread. Ids are unique.
class ActionRegistry : public QObject {
    Q_OBJECT

public:
    explicit ActionRegistry(QObject* parent = nullptr);

    QAction* add(Command command);
    /// What forbids whole groups of actions for a while, whoever added them: the reason, or nothing. Asked
    /// before a command's own blocked().
    void setGate(std::function<QString(const Command&)> gate) { gate_ = std::move(gate); }
    QAction* action(const QString& id) const;
    const Command* find(const QString& id) const;
    /// In the order of registration.
    std::vector<const Command*> commands() const;

    /// Runs without a dialog. An unknown id is Errc::not_found, a blocked action Errc::conflict with its
    /// reason.
    void invoke(const QString& id, const QVariantMap& parameters = {}, Done done = {});
    /// What a click does.
    void trigger(const QString& id);

    /// Asks every action whether it is blocked; called when the state that decides has changed.
    void updateEnabled();

signals:
    /// An action ended; the window shows errors as a notice.
    void finished(const QString& id, const qd::app::Outcome& outcome);

private:
    struct Entry {
        Command command;
        QAction* action;
    };
    std::function<QString(const Command&)> gate_;
    std::map<QString, Entry> entries_;
    std::vector<QString> order_;
};

}  // namespace qd::app
