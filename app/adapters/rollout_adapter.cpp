#include "app/adapters/rollout_adapter.hpp"

#include <algorithm>

namespace qd::app {
namespace {

std::string rolloutActionPath(const QString& id, rollouts::Action action) {
    return "/api/v1/rollouts/" + http::percent_encode(id.toStdString()) + "/" +
           std::string(rollouts::to_string(action));
}

core::Failure offlineFailure() {
    return core::fail(core::Errc::unavailable, "there is no connection to the site");
}

}  // namespace

RolloutAdapter::RolloutAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    // While one is under way an event comes each second, with the split and the counts.
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("rollout")) touch();
    });
}

const rollouts::Rollout* RolloutAdapter::find(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto at = std::find_if(rollouts_.begin(), rollouts_.end(), [&](const rollouts::Rollout& rollout) {
        return rollout.id.value == wanted;
    });
    return at == rollouts_.end() ? nullptr : &*at;
}

bool RolloutAdapter::isActive(const rollouts::Rollout& rollout) {
    return !rollouts::is_finished(rollout.canary);
}

const rollouts::Rollout* RolloutAdapter::current() const {
    const auto active = std::find_if(rollouts_.begin(), rollouts_.end(), isActive);
    if (active != rollouts_.end()) return &*active;
    return rollouts_.empty() ? nullptr : &rollouts_.front();
}

void RolloutAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->rollouts(latest().ask<std::vector<rollouts::Rollout>>(this, [this](auto list) {
        if (!list) return failed(list.error());
        rollouts_ = std::move(*list);
        std::stable_sort(rollouts_.begin(), rollouts_.end(),
                         [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
        arrived();
    }));
}

std::function<void(core::Result<rollouts::Rollout>)> RolloutAdapter::told(Done done) {
    return deliver<rollouts::Rollout>(
        this, [this, done = std::move(done)](core::Result<rollouts::Rollout> rollout) {
            refresh();
            if (!done) return;
            if (!rollout) return done(tl::unexpected(rollout.error()));
            done(QVariantMap{{QStringLiteral("rollout"), QString::fromStdString(rollout->id.value)}});
        });
}

void RolloutAdapter::start(const rollouts::Specification& specification, const QString& reason,
                           bool overrideFreeze, Done done) {
    auto answer = told(std::move(done));
    if (!link_.client()) return answer(offlineFailure());
    link_.client()->create_rollout(rollouts::to_json_text(specification), reason.toStdString(),
                                   overrideFreeze, answer);
}

void RolloutAdapter::act(const QString& id, std::uint64_t version, rollouts::Action action,
                         const QString& reason, Done done) {
    const rollouts::Rollout* known = find(id);
    const auto seen = known ? std::optional(known->canary) : std::nullopt;
    auto answer = told(std::move(done));
    if (!link_.client()) return answer(offlineFailure());
    const rollouts::RolloutId rollout(id.toStdString());
    const auto expected = version > 0 ? std::optional(version) : std::nullopt;
    link_.client()->rollout_action(
        rollout, action, reason.toStdString(), expected,
        deliver<rollouts::Rollout>(this, [this, rollout, action, reason, seen,
                                          answer](core::Result<rollouts::Rollout> acted) {
            const bool overtaken = !acted && acted.error().code == core::Errc::precondition_failed;
            if (!overtaken || !seen || !link_.client()) return answer(std::move(acted));
            // Verdicts and notes are rows of the audit too. The action is another one only when the rollout
            // has moved.
            link_.client()->rollout(
                rollout, deliver<rollouts::Rollout>(this, [this, action, reason, seen,
                                                           answer](core::Result<rollouts::Rollout> now) {
                    if (!now) return answer(std::move(now));
                    const rollouts::Canary& canary = now->canary;
                    const bool same = canary.step == seen->step && canary.course == seen->course &&
                                      canary.held == seen->held;
                    if (!same || !link_.client())
                        return answer(core::fail(core::Errc::precondition_failed,
                                                 "the rollout has moved on since: look again, then decide"));
                    link_.client()->rollout_action(now->id, action, reason.toStdString(), canary.version,
                                                   answer);
                }));
        }));
}

QString RolloutAdapter::preview(const QString& id, rollouts::Action action, const QString& reason) {
    return QStringLiteral("POST %1\n%2")
        .arg(QString::fromStdString(rolloutActionPath(id, action)),
             QString::fromStdString(rollouts::encode(rollouts::ActionRequest{reason.toStdString(), false})));
}

}  // namespace qd::app
