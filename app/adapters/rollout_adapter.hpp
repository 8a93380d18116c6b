#pragma once
// Rollouts and what a release manager does to them.

#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/rollout.hpp"

namespace qd::app {

class RolloutAdapter : public Domain {
    Q_OBJECT

public:
    RolloutAdapter(OpsLink& link, QObject* parent = nullptr);

    /// The newest first.
    const std::vector<rollouts::Rollout>& rollouts() const { return rollouts_; }
    const rollouts::Rollout* find(const QString& id) const;
    /// The one that is under way, else the newest; null when there never was one.
    const rollouts::Rollout* current() const;
    static bool isActive(const rollouts::Rollout& rollout);

    /// `done` gets {"rollout": id}. An open SEV1 or SEV2 freezes rollouts (409) unless `overrideFreeze`.
    void start(const rollouts::Specification& specification, const QString& reason, bool overrideFreeze,
               Done done);
    /// Refused with 412 when the rollout has moved on from `version` (0: whatever it is now).
    void act(const QString& id, std::uint64_t version, rollouts::Action action, const QString& reason,
             Done done);
    /// What act() would send, for the preview before it is sent.
    static QString preview(const QString& id, rollouts::Action action, const QString& reason);

protected:
    void fetch() override;

private:
    std::function<void(core::Result<rollouts::Rollout>)> told(Done done);

    OpsLink& link_;
    std::vector<rollouts::Rollout> rollouts_;
};

}  // namespace qd::app
