#pragma once
// Rollouts and what a release manager does to them.

#include <QStringList>
#include <optional>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "rollouts/action_codec.hpp"
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
    /// The one on screen; empty: none in particular.
    void choose(const QString& id) { chosen_ = id; }
    /// What an action is about that names none: the one on screen while it is under way, else current(). To
    /// look at an old one must not put the brakes of the one under way out of reach.
    const rollouts::Rollout* target() const;
    /// Those under way of its group, itself among them, the oldest first; empty when it has none.
    std::vector<const rollouts::Rollout*> groupOf(const rollouts::Rollout& rollout) const;

    /// `done` gets {"rollout": id}. An open SEV1 or SEV2 freezes rollouts (409) unless `overrideFreeze`.
    void start(const rollouts::Specification& specification, const QString& reason, bool overrideFreeze,
               Done done);
    /// What `action` would send and bring about; `done` runs on the UI thread while this lives.
    void preview(const QString& id, rollouts::Action action,
                 std::function<void(core::Result<rollouts::ActionPreview>)> done);
    /// Refused with 412 when the rollout has moved on from `version` (nothing: whatever it is now).
    void act(const QString& id, std::optional<std::uint64_t> version, rollouts::Action action,
             const rollouts::ActionRequest& request, Done done);
    /// The same for all of a group that are under way.
    void previewGroup(const QString& group, rollouts::Action action,
                      std::function<void(core::Result<rollouts::GroupPreview>)> done);
    /// `done` gets {"message": what became of each, "partial": whether some have not acted}; an error when
    /// none has.
    void actOnGroup(const QString& group, rollouts::Action action, const rollouts::ActionRequest& request,
                    Done done);
    /// Starts a rollout back to an earlier version; `done` gets {"rollout": its id}.
    void rollBack(const QString& id, const rollouts::RollbackRequest& request, Done done);
    /// What its audit has beyond `version`, as sentences; empty when it cannot be read.
    void movedSince(const QString& id, std::uint64_t version, std::function<void(QStringList)> done);

protected:
    void fetch() override;

private:
    std::function<void(core::Result<rollouts::Rollout>)> told(Done done);

    OpsLink& link_;
    std::vector<rollouts::Rollout> rollouts_;
    QString chosen_;
};

}  // namespace qd::app
