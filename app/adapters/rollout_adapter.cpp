#include "app/adapters/rollout_adapter.hpp"

#include <algorithm>

namespace qd::app {
namespace {

core::Failure offlineFailure() {
    return notConnected();
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
    return !rollouts::is_finished(rollout.progress);
}

const rollouts::Rollout* RolloutAdapter::current() const {
    const auto active = std::find_if(rollouts_.begin(), rollouts_.end(), isActive);
    if (active != rollouts_.end()) return &*active;
    return rollouts_.empty() ? nullptr : &rollouts_.front();
}

const rollouts::Rollout* RolloutAdapter::target() const {
    const rollouts::Rollout* chosen = chosen_.isEmpty() ? nullptr : find(chosen_);
    return chosen && isActive(*chosen) ? chosen : current();
}

std::vector<const rollouts::Rollout*> RolloutAdapter::groupOf(const rollouts::Rollout& rollout) const {
    std::vector<const rollouts::Rollout*> members;
    if (rollout.specification.group.empty()) return members;
    for (auto at = rollouts_.rbegin(); at != rollouts_.rend(); ++at)
        if (isActive(*at) && at->specification.group == rollout.specification.group) members.push_back(&*at);
    return members;
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
            done(QVariantMap{{QStringLiteral("rollout"), QString::fromStdString(rollout->id.value)},
                             {QStringLiteral("message"), QString::fromStdString(rollout->message)}});
        });
}

void RolloutAdapter::start(const rollouts::Specification& specification, const QString& reason,
                           bool overrideFreeze, Done done) {
    auto answer = told(std::move(done));
    if (!link_.client()) return answer(offlineFailure());
    link_.client()->create_rollout(rollouts::to_json_text(specification), reason.toStdString(),
                                   overrideFreeze, answer);
}

void RolloutAdapter::preview(const QString& id, rollouts::Action action,
                             std::function<void(core::Result<rollouts::ActionPreview>)> done) {
    if (!link_.client()) return done(offlineFailure());
    link_.client()->preview_rollout_action(rollouts::RolloutId(id.toStdString()), action,
                                           deliver<rollouts::ActionPreview>(this, std::move(done)));
}

void RolloutAdapter::act(const QString& id, std::optional<std::uint64_t> version, rollouts::Action action,
                         const rollouts::ActionRequest& request, Done done) {
    auto answer = told(std::move(done));
    if (!link_.client()) return answer(offlineFailure());
    link_.client()->rollout_action(rollouts::RolloutId(id.toStdString()), action, request, version, answer);
}

void RolloutAdapter::previewGroup(const QString& group, rollouts::Action action,
                                  std::function<void(core::Result<rollouts::GroupPreview>)> done) {
    if (!link_.client()) return done(offlineFailure());
    link_.client()->preview_group_action(group.toStdString(), action,
                                         deliver<rollouts::GroupPreview>(this, std::move(done)));
}

void RolloutAdapter::actOnGroup(const QString& group, rollouts::Action action,
                                const rollouts::ActionRequest& request, Done done) {
    using Outcomes = std::vector<rollouts::GroupOutcome>;
    auto answer = deliver<Outcomes>(this, [this, done = std::move(done)](core::Result<Outcomes> outcomes) {
        refresh();
        if (!done) return;
        if (!outcomes) return done(tl::unexpected(outcomes.error()));
        std::string told;
        bool failed = false, acted = false;
        for (const rollouts::GroupOutcome& one : *outcomes) {
            (one.rollout ? acted : failed) = true;
            told += (told.empty() ? "" : "\n") + one.id.value +
                    (one.rollout ? ": " + one.rollout->message : " has not acted: " + one.error);
        }
        if (!acted) return done(core::fail(core::Errc::unavailable, "{}", told));
        done(QVariantMap{{QStringLiteral("message"), QString::fromStdString(told)},
                         {QStringLiteral("partial"), failed}});
    });
    if (!link_.client()) return answer(offlineFailure());
    link_.client()->group_action(group.toStdString(), action, request, answer);
}

void RolloutAdapter::rollBack(const QString& id, const rollouts::RollbackRequest& request, Done done) {
    auto answer = told(std::move(done));
    if (!link_.client()) return answer(offlineFailure());
    link_.client()->rollback(rollouts::RolloutId(id.toStdString()), request, answer);
}

void RolloutAdapter::movedSince(const QString& id, std::uint64_t version,
                                std::function<void(QStringList)> done) {
    if (!link_.client()) return done({});
    link_.client()->rollout(
        rollouts::RolloutId(id.toStdString()),
        deliver<rollouts::Rollout>(this, [version,
                                          done = std::move(done)](core::Result<rollouts::Rollout> now) {
            QStringList moved;
            if (now)
                for (const rollouts::AuditEvent& event : now->audit) {
                    if (event.seq <= version) continue;
                    const std::string_view what =
                        event.action ? rollouts::to_string(*event.action) : rollouts::to_string(event.kind);
                    moved << QString::fromStdString(event.actor + ": " + std::string(what) +
                                                    (event.reason.empty() ? "" : " (" + event.reason + ")"));
                }
            done(moved);
        }));
}

}  // namespace qd::app
