#include "rollouts/rollback.hpp"

#include <algorithm>

namespace qd::rollouts {

using core::Errc;
using core::fail;

std::vector<std::string> earlier_versions(std::span<const Rollout> history) {
    std::vector<std::string> versions;
    if (history.empty()) return versions;
    const std::string& stable = history.front().stable_version;
    const auto add = [&](const std::string& version) {
        if (!version.empty() && version != stable && std::ranges::find(versions, version) == versions.end())
            versions.push_back(version);
    };
    for (const Rollout& rollout : history) {
        // What was undone had been stable for a while: it is gone back to no sooner than what it followed.
        const bool was_stable = rollout.progress.course == Course::promoted;
        if (was_stable) add(rollout.specification.target.label);
        add(rollout.former_version);
    }
    return versions;
}

core::Result<Specification> rollback_to(std::span<const Rollout> history, const Rollout& from,
                                        const std::string& version) {
    if (!is_finished(from.progress))
        return fail(Errc::conflict, "{} is under way: abort it instead", from.id.value);
    if (!history.empty() && history.front().stable_version == version)
        return fail(Errc::conflict, "{} is the stable version already", version);
    const auto versions = earlier_versions(history);
    const auto at = std::ranges::find(versions, version);
    if (at == versions.end()) {
        std::string known;
        for (const std::string& each : versions) known += (known.empty() ? "" : ", ") + each;
        return fail(Errc::not_found, "to_version: '{}' was never stable here; {}", version,
                    known.empty() ? "no other version was" : "these were: " + known);
    }
    Specification specification = from.specification;
    const auto known = std::ranges::find_if(history, [&](const Rollout& rollout) {
        return rollout.specification.target.label == version && rollout.progress.course == Course::promoted;
    });
    if (known != history.end()) {
        specification.target = known->specification.target;
    } else {
        specification.target = {};
        specification.target.label = version;
        specification.target.instances = from.specification.target.instances;
    }
    specification.name = "rollback to " + version;
    specification.group.clear();
    if (unsigned(at - versions.begin()) < from.specification.rollback_window) {
        specification.strategy = Strategy::canary;
        specification.steps = {Step{}};
        specification.steps.front().weight = 100;
        specification.background.reset();
        specification.blue_green = {};
        specification.rolling = {};
        specification.approvals = 0;
    }
    return specification;
}

}  // namespace qd::rollouts
