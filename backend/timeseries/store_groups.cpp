// Objectives that are made as the label values of grouped ones are met.

#include <algorithm>

#include "slo/group.hpp"
#include "timeseries/store.hpp"

namespace qd::timeseries {
namespace {

std::string grouped_definition(const slo::Objective& parent) {
    return fmt::format("{} by {}", slo::definition_of(parent), fmt::join(parent.group_by, ","));
}

slo::GroupLabels labels_of(const slo::Objective& parent, const SeriesRef& series) {
    slo::GroupLabels labels;
    for (const std::string& name : parent.group_by)
        labels.emplace_back(name, std::string(series.label(name)));
    std::sort(labels.begin(), labels.end());
    return labels;
}

}  // namespace

void Store::meet_groups(const Channel& channel, const SeriesRef& series) {
    for (const std::size_t i : channel.members) {
        const slo::Objective& parent = objectives_[i];
        Counted& counted = counted_[i];
        if (parent.group_by.empty() || !counted.counter.counts(series)) continue;
        slo::GroupLabels labels = labels_of(parent, series);
        if (counted.groups.contains(labels)) continue;
        std::string refused;
        if (std::ranges::any_of(labels, [](const auto& l) { return l.second.size() > slo::max_group_value; }))
            refused = fmt::format("a label's value is longer than {} bytes", slo::max_group_value);
        else if (counted.groups.size() >= slo::max_groups)
            refused = fmt::format("there are {} groups already", slo::max_groups);
        else if (objectives_.size() + met_groups_.size() >= max_objectives)
            refused = fmt::format("there are {} objectives already", max_objectives);
        if (refused.empty()) {
            counted.groups.insert(labels);
            met_groups_.emplace_back(i, std::move(labels));
        } else if (counted.refused_group.empty()) {
            counted.refused_group = fmt::format("the group {} and maybe others are left out: {}",
                                                slo::describe(labels).substr(0, 300), refused);
            log_.error("groups are refused", {{"slo", parent.id.value}, {"error", counted.refused_group}});
        }
    }
}

void Store::make_groups(Channel& channel) {
    if (met_groups_.empty()) return;
    const std::size_t first = objectives_.size();
    for (auto& [parent, labels] : met_groups_) {
        const auto taken = [this](const slo::SloId& id) { return index_of(id) < objectives_.size(); };
        slo::Objective group = slo::group_objective(objectives_[parent], std::move(labels), taken);
        log_.info("group met", {{"slo", group.id.value}, {"of", objectives_[parent].id.value}});
        unsaved_groups_.push_back({group.id.value, group.group->of.value,
                                   grouped_definition(objectives_[parent]), group.group->labels});
        objectives_.push_back(std::move(group));
        const std::size_t index = objectives_.size() - 1;
        add_objective(index);
        const std::int64_t now = last_at_ ? counted_[parent].tiers.now() : 0;
        pass_to(index, now);
        counted_[index].saved_until = now;
        exclude(index);
    }
    met_groups_.clear();
    const Router router = [&](const SeriesRef& series, Routes& routes) {
        for (std::size_t i = first; i < counted_.size(); ++i) counted_[i].counter.route(series, routes);
    };
    for (auto& [instance, known] : channel.targets) known.counters.route_more(router, channel.slot_count);
}

core::Result<> Store::load_group(const SavedGroup& saved, std::int64_t now) {
    const std::size_t parent = index_of(slo::SloId(saved.parent));
    if (parent == objectives_.size() || grouped_definition(objectives_[parent]) != saved.definition ||
        counted_[parent].groups.size() >= slo::max_groups || objectives_.size() >= max_objectives ||
        index_of(slo::SloId(saved.id)) < objectives_.size())
        return file_->forget(saved);
    slo::Objective group =
        slo::group_objective(objectives_[parent], saved.labels, [](const slo::SloId&) { return false; });
    group.id = slo::SloId(saved.id);
    const auto cells = file_->load(saved.id, slo::definition_of(group));
    if (!cells) return core::Failure(cells.error());
    const std::int64_t oldest = (now - group.window_s) / tiers.back().step_s;
    if (std::ranges::none_of(*cells, [&](const SavedCell& cell) {
            return cell.tier == tiers.size() - 1 && cell.index >= oldest;
        }))
        return file_->forget(saved);
    counted_[parent].groups.insert(group.group->labels);
    objectives_.push_back(std::move(group));
    add_objective(objectives_.size() - 1);
    restore(objectives_.size() - 1, *cells, now);
    return {};
}

core::Result<> Store::save_groups() {
    std::vector<SavedGroup> unsaved;
    std::vector<std::string> definitions;
    {
        const std::lock_guard lock(mutex_);
        if (!file_) return {};
        unsaved.swap(unsaved_groups_);
        for (const SavedGroup& group : unsaved)
            definitions.push_back(slo::definition_of(objectives_[index_of(slo::SloId(group.id))]));
    }
    for (std::size_t i = 0; i < unsaved.size(); ++i) {
        // Its definition comes before its cells, which would be taken for another one's.
        core::Result<> saved;
        if (const auto known = file_->load(unsaved[i].id, definitions[i]); !known)
            saved = core::Failure(known.error());
        if (saved) saved = file_->save(unsaved[i]);
        if (saved) continue;
        const std::lock_guard lock(mutex_);
        unsaved_groups_.insert(unsaved_groups_.begin(), unsaved.begin() + std::ptrdiff_t(i), unsaved.end());
        return saved;
    }
    return {};
}

}  // namespace qd::timeseries
