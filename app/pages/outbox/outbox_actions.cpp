#include "app/pages/outbox/outbox_actions.hpp"

#include "app/pages/outbox/outbox_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

void addOutboxActions(Session& session, std::function<QWidget*()> dialogParent) {
    const auto open = [&session, dialogParent] {
        if (QWidget* parent = dialogParent()) {
            if (auto* there = parent->findChild<OutboxDialog*>()) return there->activateWindow();
            (new OutboxDialog(session, parent))->open();
        }
    };
    const auto offline = [&session] {
        return session.link().isLive() ? QString() : QStringLiteral("There is no connection to the site");
    };
    const auto withEntry = [](const QVariantMap& p, const Done& done) -> std::uint64_t {
        const std::uint64_t id = p.value(QStringLiteral("id")).toULongLong();
        if (id == 0) done(core::fail(core::Errc::invalid_argument, "no message is chosen"));
        return id;
    };
    const QString group = QStringLiteral("Outbox");
    session.actions().add({.id = QStringLiteral("outbox.open"),
                           .title = QStringLiteral("Outbox: what goes out, and what became of it"),
                           .group = group,
                           .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                           .run =
                               [open](const QVariantMap&, Done done) {
                                   open();
                                   done(QVariantMap{});
                               },
                           .ask = {},
                           .blocked = {},
                           .page = {},
                           .parameters = {}});
    session.actions().add({.id = QStringLiteral("outbox.retry"),
                           .title = QStringLiteral("Try a failed message again"),
                           .group = group,
                           .shortcut = {},
                           .run =
                               [&session, withEntry](const QVariantMap& p, Done done) {
                                   if (const auto id = withEntry(p, done))
                                       session.outbox().tryAgain(id, std::move(done));
                               },
                           .ask = open,
                           .blocked = offline,
                           .page = {},
                           .parameters = {QStringLiteral("id")}});
    session.actions().add({.id = QStringLiteral("outbox.drop"),
                           .title = QStringLiteral("Drop a message that is not wanted any more"),
                           .group = group,
                           .shortcut = {},
                           .run =
                               [&session, withEntry](const QVariantMap& p, Done done) {
                                   if (const auto id = withEntry(p, done))
                                       session.outbox().drop(id, std::move(done));
                               },
                           .ask = open,
                           .blocked = offline,
                           .page = {},
                           .parameters = {QStringLiteral("id")}});
}

}  // namespace qd::app
