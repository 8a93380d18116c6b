// What sources tell: the present, and the past where nothing was counted.

#include <algorithm>

#include "timeseries/store.hpp"

namespace qd::timeseries {

core::Result<> Store::take(const Feed& feed) {
    const std::lock_guard lock(mutex_);
    const std::size_t index = index_of(feed.slo);
    if (!last_at_ || index == objectives_.size() || counted_[index].channel == 0) return {};
    Channel& channel = channels_[counted_[index].channel];
    const std::int64_t now = counted_[index].tiers.now();
    const std::int64_t longest_s = std::max(longest_bridge_s, 2 * feed.every_s + 1);
    const bool bridged = channel.fed_s && *channel.fed_s <= now && now - *channel.fed_s <= longest_s;
    const std::int64_t since = bridged ? *channel.fed_s + 1 : now;
    channel.fed_s = now;

    // Whether a process has ended or cannot be read is not told: it is missed for a while.
    std::erase_if(channel.targets, [&](const auto& known) {
        const auto& seen = known.second.state.last_success;
        return !seen || feed.at - *seen > longest_feed_gap;
    });
    std::set<std::string> present;
    for (const Scrape& process : feed.processes) present.insert(process.target.instance);
    for (const std::size_t i : channel.members) {
        Counted& counted = counted_[i];
        std::erase_if(counted.carriers,
                      [&](const std::string& process) { return !channel.targets.contains(process); });
        counted.missing = 0;
        for (const std::string& process : counted.carriers) counted.missing += !present.contains(process);
    }
    core::Result<> done;
    for (const Scrape& process : feed.processes)
        if (auto read_it =
                read(channel, process, {longest_feed_gap, false, process.target.instance.empty()}, since);
            !read_it && done)
            done = read_it;
    return done;
}

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
