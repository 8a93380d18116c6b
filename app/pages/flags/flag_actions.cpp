#include "app/pages/flags/flag_actions.hpp"

#include "app/models/flag_models.hpp"
#include "app/pages/rollouts/rollout_action_dialog.hpp"
#include "app/shell/session.hpp"
#include "flags/words.hpp"

namespace qd::app {
namespace {

const QString kFlagGroup = QStringLiteral("Feature flags");
const QString kFlagPage = QStringLiteral("flags");

struct FlagActions {
    Session& session;
    DialogParent parent;

    const opsclient::FlagView* chosen() const { return session.flags().find(session.flags().chosen()); }
    QString blocked(bool enabled) const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        const opsclient::FlagView* view = chosen();
        if (!view) return QStringLiteral("Choose a flag first");
        if (view->flag().enabled != enabled) return {};
        return enabled ? QStringLiteral("The flag is in service")
                       : QStringLiteral("The flag is killed already");
    }
    void run(bool enabled, const QVariantMap& parameters, Done done) const {
        session.flags().switchTo(
            enabled, parameters.value(QStringLiteral("flag"), session.flags().chosen()).toString(),
            parameters.value(QStringLiteral("reason")).toString(), std::nullopt, std::move(done));
    }
};

/// What switching sends, with the reason as far as it is known.
rollouts::ActionPreview previewOf(const opsclient::FlagView& view, bool enabled) {
    flags::Flag after = view.flag();
    after.enabled = enabled;
    const std::string what = enabled ? "restore" : "kill";
    rollouts::ActionPreview preview;
    preview.action = what;
    preview.requests.push_back({"opsd", "POST",
                                fmt::format("/api/v1/flags/{}/{}", http::percent_encode(after.key), what),
                                "application/json", opsclient::encode_flag_request("<the reason below>")});
    preview.effects.push_back(fmt::format("Everybody gets {} instead of {}.", servedText(after).toStdString(),
                                          servedText(view.flag()).toStdString()));
    preview.effects.push_back(fmt::format("{} processes take it up within a moment.", view.reach.processes));
    for (const auto& [instance, variant] : view.pinned)
        preview.effects.push_back(
            fmt::format("{} stays with {}: its command line pins it.", instance, variant));
    preview.version = view.last.revision;
    return preview;
}

void askToSwitch(const FlagActions& shared, bool enabled) {
    const opsclient::FlagView* view = shared.chosen();
    if (!view) return;
    const QString key = str(view->flag().key);
    Session* session = &shared.session;
    RolloutQuestion question;
    question.title = (enabled ? QStringLiteral("Restore %1?") : QStringLiteral("Kill %1?")).arg(key);
    question.action = enabled ? QStringLiteral("Restore") : QStringLiteral("Kill now");
    question.kind = enabled ? widgets::ButtonKind::Primary : widgets::ButtonKind::Danger;
    question.site = session->siteName();
    question.needsReason = true;
    question.atOnce = !enabled;  // a kill switch waits for nothing
    question.read = [session, key, enabled](const RolloutAnswer&, const RolloutQuestion::Read& read) {
        const opsclient::FlagView* now = session->flags().find(key);
        if (!now) return read(core::fail(core::Errc::not_found, "the flag is not known any more"));
        auto preview = previewOf(*now, enabled);
        if (now->flag().enabled == enabled)
            preview.refusal = enabled ? "The flag is in service." : "The flag is killed already.";
        read(std::move(preview));
    };
    question.send = [session, key, enabled](const RolloutAnswer& answer, Done done) {
        session->flags().switchTo(enabled, key, answer.reason, answer.expected, std::move(done));
    };
    RolloutActionDialog::ask(std::move(question), shared.parent());
}

}  // namespace

void addFlagActions(Session& session, DialogParent parent) {
    const FlagActions shared{session, std::move(parent)};
    ActionRegistry& actions = session.actions();
    const auto add = [&](const char* id, const char* title, Qt::Key key, bool enabled) {
        actions.add(
            {.id = id,
             .title = title,
             .group = kFlagGroup,
             .shortcut = QKeySequence(key),
             .run = [shared, enabled](const QVariantMap& parameters,
                                      Done done) { shared.run(enabled, parameters, std::move(done)); },
             .ask = [shared, enabled] { askToSwitch(shared, enabled); },
             .blocked = [shared, enabled] { return shared.blocked(enabled); },
             .page = kFlagPage,
             .parameters = {"flag", "reason"}});
    };
    add("flag.kill", "Kill the flag", Qt::Key_X, false);
    add("flag.restore", "Restore the flag", Qt::Key_R, true);
}

}  // namespace qd::app
