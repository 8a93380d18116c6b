#include "app/pages/rollouts/new_rollout/new_rollout.hpp"

#include "app/models/values.hpp"
#include "app/pages/rollouts/new_rollout/new_rollout_dialog.hpp"
#include "app/shell/session.hpp"
#include "rollouts/policy.hpp"

namespace qd::app {
namespace {

QString frozenBy(Session& session) {
    for (const incidents::Incident& incident : session.incidents().incidents())
        if (incidents::is_open(incident.state) && incident.severity <= incidents::Severity::sev2)
            return QStringLiteral("%1 (SEV%2) is open: %3")
                .arg(str(incident.id.value))
                .arg(int(incident.severity))
                .arg(str(incident.title));
    return {};
}

}  // namespace

QString nextVersion(Session& session) {
    const rollouts::Rollout* last = session.rollouts().current();
    const QString base = last ? str(last->stable_version) : QStringLiteral("v1");
    qsizetype at = base.size();
    while (at > 0 && base[at - 1].isDigit()) --at;
    const int n = base.mid(at).toInt();
    return n > 0 ? base.left(at) + QString::number(n + 1) : base + QStringLiteral("-next");
}

NewRolloutDialog* askNewRollout(Session& session, QWidget* parent) {
    NewRollout wanted;
    wanted.version = nextVersion(session);
    wanted.site = session.siteName();
    wanted.frozen = frozenBy(session);
    wanted.send = [&session](const StartText& start, Done done) {
        session.actions().invoke(QStringLiteral("rollout.start"),
                                 {{QStringLiteral("specification"), start.specification},
                                  {QStringLiteral("reason"), start.reason},
                                  {QStringLiteral("override"), start.overrideFreeze}},
                                 std::move(done));
    };
    auto* dialog = new NewRolloutDialog(std::move(wanted), session.link().executor(), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    // Windows and budgets freeze too: opsd knows them all.
    if (opsclient::Client* client = session.link().client())
        client->rollout_policy(deliver<rollouts::PolicyPicture>(
            dialog, [dialog](const core::Result<rollouts::PolicyPicture>& picture) {
                if (picture) dialog->setFrozen(str(rollouts::describe(picture->now).value_or("")));
            }));
    dialog->open();
    return dialog;
}

}  // namespace qd::app
