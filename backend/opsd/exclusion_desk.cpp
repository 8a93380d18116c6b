#include "opsd/exclusion_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "slo/codec.hpp"

namespace qd::opsd {
namespace {

constexpr std::chrono::days kept_for{93};  // as long as the counters' hours
constexpr std::chrono::days at_most_ahead{366};

}  // namespace

core::Result<> ExclusionDesk::restore() {
    auto known = file_.exclusions();
    if (!known) return core::Failure(known.error());
    const std::lock_guard lock(mutex_);
    for (slo::Exclusion& exclusion : *known) {
        if (exclusion.to < context_.clock().now() - kept_for) {
            if (auto removed = file_.remove(exclusion.id); !removed) return removed;
            continue;
        }
        exclusions_.push_back(std::move(exclusion));
    }
    store_.set_exclusions(exclusions_);
    return {};
}

std::vector<slo::Exclusion> ExclusionDesk::list() const {
    const std::lock_guard lock(mutex_);
    return exclusions_;
}

core::Result<slo::Exclusion> ExclusionDesk::add(slo::Exclusion exclusion, const std::string& author) {
    using core::Errc;
    const core::WallTime now = context_.clock().now();
    if (auto fits = slo::check(exclusion, store_.objectives()); !fits) return core::Failure(fits.error());
    if (exclusion.to < now - kept_for)
        return core::fail(Errc::invalid_argument, "to: of that time nothing is kept any more");
    if (exclusion.from > now + at_most_ahead)
        return core::fail(Errc::invalid_argument, "from: lies more than a year ahead");
    exclusion.id = slo::ExclusionId("exc-" + context_.random().hex(6));
    exclusion.author = author;
    exclusion.created_at = now;
    {
        const std::lock_guard lock(mutex_);
        if (exclusions_.size() >= max_exclusions)
            return core::fail(Errc::conflict, "there are {} exclusions already: remove one first",
                              max_exclusions);
        if (auto saved = file_.save(exclusion); !saved) return core::Failure(saved.error());
        const auto place = std::ranges::upper_bound(exclusions_, exclusion.from, {}, &slo::Exclusion::from);
        exclusions_.insert(place, exclusion);
        store_.set_exclusions(exclusions_);
    }
    context_.log().info("exclusion added", {{"exclusion", exclusion.id.value}, {"author", author}});
    context_.publish("exclusion", exclusion.id.value, slo::to_json(exclusion));
    return exclusion;
}

core::Result<> ExclusionDesk::remove(const slo::ExclusionId& id, const std::string& actor) {
    slo::Exclusion removed;
    {
        const std::lock_guard lock(mutex_);
        const auto known = std::ranges::find(exclusions_, id, &slo::Exclusion::id);
        if (known == exclusions_.end())
            return core::fail(core::Errc::not_found, "there is no exclusion '{}'", id.value.substr(0, 64));
        if (auto forgotten = file_.remove(id); !forgotten) return forgotten;
        removed = std::move(*known);
        exclusions_.erase(known);
        store_.set_exclusions(exclusions_);
    }
    context_.log().info("exclusion removed", {{"exclusion", id.value}, {"actor", actor}});
    nlohmann::json body = slo::to_json(removed);
    body["removed_by"] = actor;
    context_.publish("exclusion", id.value, body);
    return {};
}

}  // namespace qd::opsd
