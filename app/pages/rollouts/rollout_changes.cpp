#include "app/pages/rollouts/rollout_changes.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <memory>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/policy.hpp"

namespace qd::app {
namespace {

using rollouts::Action;
using rollouts::Rollout;
using widgets::ButtonKind;

struct Wanted {
    Action action;
    QString id;
    QString title;
    QKeySequence shortcut;
    ButtonKind kind;
};

// Single keys may be short, for none acts by itself: each shows first what it would send.
QVector<Wanted> wantedActions() {
    return {
        {Action::resume, "rollout.resume", "Resume", QKeySequence(Qt::Key_E), ButtonKind::Primary},
        {Action::next, "rollout.next", "Next step", QKeySequence(Qt::Key_N), ButtonKind::Primary},
        {Action::promote, "rollout.promote", "Promote fully", QKeySequence(Qt::SHIFT | Qt::Key_F),
         ButtonKind::Plain},
        {Action::approve, "rollout.approve", "Approve", QKeySequence(Qt::Key_A), ButtonKind::Primary},
        {Action::pause, "rollout.pause", "Pause", QKeySequence(Qt::Key_P), ButtonKind::Plain},
        {Action::back, "rollout.back", "Step back", QKeySequence(Qt::Key_B), ButtonKind::Plain},
        {Action::ramp_down, "rollout.ramp_down", "Ramp down", QKeySequence(Qt::Key_D), ButtonKind::Plain},
        {Action::abort, "rollout.abort", "Abort now", QKeySequence(Qt::SHIFT | Qt::Key_X),
         ButtonKind::Danger},
        {Action::undo, "rollout.undo", "Undo the promotion", QKeySequence(Qt::SHIFT | Qt::Key_Z),
         ButtonKind::Danger},
    };
}

QString whyNot(Session& session, Action action) {
    if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
    const Rollout* rollout = session.rollouts().target();
    if (!rollout) return QStringLiteral("No rollout has been started");
    const auto refused = rollout->refusals.find(std::string(rollouts::to_string(action)));
    return refused == rollout->refusals.end() ? QString() : str(refused->second);
}

// Ending traffic to the canary must not fail because its numbers moved on meanwhile.
bool isUrgent(Action action) {
    return action == Action::abort || action == Action::pause;
}

// What each member gets, in their order, under its name.
rollouts::ActionPreview asOnePreview(const rollouts::GroupPreview& group) {
    rollouts::ActionPreview one;
    one.action = group.action;
    one.refusal = group.refusal;
    one.frozen = group.frozen;
    for (const auto& member : group.members) {
        const std::string name =
            member.name.empty() ? member.id.value : fmt::format("{} ({})", member.id.value, member.name);
        for (rollouts::PreviewedRequest request : member.preview.requests) {
            request.to = fmt::format("{}, for {}", request.to, name);
            one.requests.push_back(std::move(request));
        }
        for (const std::string& effect : member.preview.effects)
            one.effects.push_back(fmt::format("{}: {}", name, effect));
        if (member.preview.effects.empty() && !member.preview.refusal)
            one.effects.push_back(fmt::format("{}: nothing changes", name));
        if (member.preview.refusal)
            one.effects.push_back(fmt::format("{} refuses: {}", name, *member.preview.refusal));
    }
    return one;
}

rollouts::ActionRequest groupRequest(Action action, const QString& reason, bool override,
                                     const QVariantMap& parameters) {
    rollouts::ActionRequest request{reason.toStdString(), override, {}};
    if (isUrgent(action)) return request;
    const QVariantMap versions = parameters.value(QStringLiteral("versions")).toMap();
    for (auto at = versions.begin(); at != versions.end(); ++at)
        request.versions[at.key().toStdString()] = at.value().toULongLong();
    return request;
}

RolloutQuestion questionOf(Session& session, const Wanted& wanted, const Rollout& rollout) {
    const QString id = str(rollout.id.value);
    RolloutQuestion question;
    question.title = QStringLiteral("%1: %2?").arg(wanted.title, str(rollout.specification.target.label));
    question.action = wanted.title;
    question.kind = wanted.kind == ButtonKind::Plain ? ButtonKind::Primary : wanted.kind;
    question.site = session.siteName();
    question.actor = actorAt(session);
    question.needsReason = rollouts::needs_reason(wanted.action);
    question.atOnce = isUrgent(wanted.action);
    const QString group = str(rollout.specification.group);
    const std::size_t members = session.rollouts().groupOf(rollout).size();
    if (members > 1)
        question.scopes = {QStringLiteral("%1 alone").arg(id),
                           QStringLiteral("All %1 of the group %2").arg(members).arg(group)};
    // What was looked at of each member: none acts when one of them has moved on.
    auto seen = std::make_shared<QVariantMap>();
    question.read = [&session, id, group, seen, action = wanted.action](const RolloutAnswer& given,
                                                                        RolloutQuestion::Read read) {
        if (given.scope == 0) return session.rollouts().preview(id, action, std::move(read));
        session.rollouts().previewGroup(
            group, action,
            [seen, read = std::move(read)](const core::Result<rollouts::GroupPreview>& preview) {
                if (!preview) return read(tl::unexpected(preview.error()));
                seen->clear();
                for (const auto& member : preview->members)
                    seen->insert(str(member.id.value), qulonglong(member.preview.version));
                read(asOnePreview(*preview));
            });
    };
    question.send = [&session, id, group, seen, command = wanted.id](const RolloutAnswer& given, Done done) {
        QVariantMap parameters = parametersOf(id, given);
        if (given.scope > 0) {
            parameters[QStringLiteral("group")] = group;
            parameters[QStringLiteral("versions")] = *seen;
        }
        session.actions().invoke(command, parameters, std::move(done));
    };
    question.moved = [&session, id](std::uint64_t since, std::function<void(QStringList)> told) {
        session.rollouts().movedSince(id, since, std::move(told));
    };
    return question;
}

void addAction(Session& session, const DialogParent& parent, const Wanted& wanted) {
    const Action action = wanted.action;
    session.actions().add(
        {.id = wanted.id,
         .title = wanted.title,
         .group = kRolloutActions,
         .shortcut = wanted.shortcut,
         .run =
             [&session, action](const QVariantMap& parameters, Done done) {
                 const Rollout* rollout = rolloutMeant(session, parameters);
                 if (!rollout) return done(core::fail(core::Errc::not_found, "there is no such rollout"));
                 const QString reason = parameters.value("reason").toString().trimmed();
                 const bool override = parameters.value("override").toBool();
                 if (reason.isEmpty() && (override || rollouts::needs_reason(action)))
                     return done(noReason());
                 if (const QString group = parameters.value("group").toString(); !group.isEmpty())
                     return session.rollouts().actOnGroup(
                         group, action, groupRequest(action, reason, override, parameters), std::move(done));
                 std::optional<std::uint64_t> expected;
                 if (!isUrgent(action))
                     expected =
                         parameters.value("version", qulonglong(rollout->progress.version)).toULongLong();
                 session.rollouts().act(str(rollout->id.value), expected, action,
                                        {reason.toStdString(), override, {}}, std::move(done));
             },
         .ask =
             [&session, parent, wanted] {
                 if (const Rollout* rollout = session.rollouts().target())
                     RolloutActionDialog::ask(questionOf(session, wanted, *rollout), parent());
             },
         .blocked = [&session, action] { return whyNot(session, action); },
         .page = kRolloutPage,
         .parameters = {"rollout", "reason", "override", "version", "group", "versions"}});
}

}  // namespace

const rollouts::Rollout* rolloutMeant(Session& session, const QVariantMap& parameters) {
    const QString id =
        parameters.value(QStringLiteral("rollout"), parameters.value(QStringLiteral("id"))).toString();
    return id.isEmpty() ? session.rollouts().target() : session.rollouts().find(id);
}

QVariantMap parametersOf(const QString& rollout, const RolloutAnswer& given) {
    QVariantMap parameters{{QStringLiteral("rollout"), rollout},
                           {QStringLiteral("reason"), given.reason},
                           {QStringLiteral("override"), given.overrideFreeze}};
    if (given.expected) parameters[QStringLiteral("version")] = qulonglong(*given.expected);
    if (!given.version.isEmpty()) parameters[QStringLiteral("to_version")] = given.version;
    return parameters;
}

core::Failure noReason() {
    return core::fail(core::Errc::invalid_argument, "a reason is needed: it goes into the audit");
}

QString actorAt(Session& session) {
    if (!session.isLocal()) return {};
    const passwd* user = ::getpwuid(::geteuid());
    return user ? QString::fromLocal8Bit(user->pw_name) : QString();
}

void addRolloutChanges(Session& session, const DialogParent& parent) {
    for (const Wanted& wanted : wantedActions()) addAction(session, parent, wanted);
}

}  // namespace qd::app
