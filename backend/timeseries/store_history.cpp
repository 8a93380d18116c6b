// History that sources tell, taken over where nothing was counted.

#include "timeseries/store.hpp"

namespace qd::timeseries {

std::vector<slo::Span> Store::gaps(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s) const {
    const std::lock_guard lock(mutex_);
    const std::size_t index = index_of(id);
    if (index == objectives_.size()) return {};
    return counted_[index].tiers.gaps(from_s, to_s, past_step_s);
}

core::Result<> Store::fill(const slo::SloId& id, std::span<const Past> past) {
    CounterFile::Batch batch{id.value, {}};
    {
        const std::lock_guard lock(mutex_);
        const std::size_t index = index_of(id);
        if (index == objectives_.size())
            return core::fail(core::Errc::not_found, "there is no SLO '{}'", id.value);
        Counted& counted = counted_[index];
        for (const auto& [tier, cell] : counted.tiers.fill(past_step_s, past))
            batch.cells.push_back({tier, cell, *counted.tiers.find(tier, cell)});
        const core::WallTime covered(std::chrono::seconds(counted.tiers.last_covered()));
        counted.as_of = std::max(counted.as_of, covered);
    }
    // The tick's own saving is not held up: the file takes turns.
    if (file_ && !batch.cells.empty()) return file_->save({batch});
    return {};
}

}  // namespace qd::timeseries
