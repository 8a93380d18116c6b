#include "timeseries/store.hpp"

#include <algorithm>
#include <cmath>

namespace qd::timeseries {
namespace {

constexpr std::int64_t trim_every_s = 600;

std::int64_t second_of(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::vector<std::int64_t> windows_of(const slo::Objective& objective) {
    std::vector<std::int64_t> windows{objective.window_s};
    for (const slo::BurnRow& row : objective.rows) {
        windows.push_back(row.short_s);
        windows.push_back(row.long_s);
    }
    return windows;
}

/// A source tells of counts, not of buckets over time.
std::vector<slo::Objective> of_site(std::vector<slo::Objective> objectives) {
    std::erase_if(objectives, [](const slo::Objective& objective) { return !objective.source.empty(); });
    return objectives;
}

}  // namespace

Store::Store(std::vector<slo::Objective> objectives, const core::Clock& clock, telemetry::Log& log)
    : clock_(clock),
      log_(log),
      objectives_(std::move(objectives)),
      heat_(of_site(objectives_), ArmSeries::slot_count, log_),
      panels_(ArmSeries::slot_count + heat_.slot_count()) {
    add_channel();
    for (std::size_t i = 0; i < objectives_.size(); ++i) add_objective(i);
}

void Store::add_channel() {
    const bool site = channels_.empty();
    Channel& channel = channels_.emplace_back();
    if (site) channel.slot_count = ArmSeries::slot_count + heat_.slot_count() + PanelSeries::slot_count;
    channel.router = [this, site, &channel](const SeriesRef& series, Routes& routes) {
        for (const std::size_t i : channel.members) counted_[i].counter.route(series, routes);
        meet_groups(channel, series);
        if (!site) return;
        arms_.route(series, routes);
        heat_.route(series, routes);
        panels_.route(series, routes);
    };
}

void Store::add_objective(std::size_t index) {
    const slo::Objective& objective = objectives_[index];
    std::size_t place = 0;
    if (objective.group) {
        place = counted_[index_of(objective.group->of)].channel;
    } else if (!objective.source.empty()) {
        add_channel();
        place = channels_.size() - 1;
    }
    Channel& channel = channels_[place];
    Counted& counted = counted_.emplace_back(
        Counted{place,
                ObjectiveCounter(objective.indicator, channel.slot_count,
                                 objective.group ? objective.group->labels : slo::GroupLabels{}),
                Tiers(windows_of(objective))});
    if (objective.timeslices) counted.slices.emplace(*objective.timeslices);
    channel.members.push_back(index);
    channel.slot_count += ObjectiveCounter::slot_count;
}

core::Result<std::unique_ptr<Store>> Store::open(std::vector<slo::Objective> objectives,
                                                 const std::filesystem::path& file, const core::Clock& clock,
                                                 telemetry::Log& log) {
    std::unique_ptr<Store> store(new Store(std::move(objectives), clock, log));
    if (file.empty()) return store;
    auto opened = CounterFile::open(file);
    if (!opened) return core::Failure(opened.error());
    store->file_ = std::move(*opened);
    auto heat_file = HeatFile::open(file.parent_path() / "heatmaps.sqlite");
    if (!heat_file) return core::Failure(heat_file.error());
    store->heat_file_ = std::move(*heat_file);
    if (auto loaded = store->load(); !loaded) return core::Failure(loaded.error());
    auto panels = PanelFile::open(file.parent_path() / "panels.sqlite");
    // Objectives are judged without the curves of yesterday.
    if (panels)
        store->panel_file_ = std::move(*panels);
    else
        log.error("what panels drew cannot be read; it is not kept", {{"error", panels.error().message}});
    return store;
}

core::Result<> Store::load() {
    const std::int64_t now = second_of(clock_.now());
    for (std::size_t i = 0; i < objectives_.size(); ++i) {
        const auto cells = file_->load(objectives_[i].id.value, slo::definition_of(objectives_[i]));
        if (!cells) return core::Failure(cells.error());
        restore(i, *cells, now);
    }
    const auto groups = file_->groups();
    if (!groups) return core::Failure(groups.error());
    for (const SavedGroup& group : *groups)
        if (auto loaded = load_group(group, now); !loaded) return loaded;
    const auto looks = file_->load(looks_name, looks_definition);
    if (!looks) return core::Failure(looks.error());
    for (const SavedCell& saved : *looks)
        if (saved.tier < tiers.size() && saved.index <= now / tiers[saved.tier].step_s)
            looks_.restore(saved.tier, saved.index, saved.cell);
    looks_.restored(now);
    looks_saved_until_ = now;
    auto targets = file_->load_targets();
    if (!targets) return core::Failure(targets.error());
    saved_targets_ = std::move(*targets);
    return heat_.load(*heat_file_, now);
}

void Store::restore(std::size_t index, const std::vector<SavedCell>& cells, std::int64_t now) {
    Counted& counted = counted_[index];
    for (const SavedCell& saved : cells)
        if (saved.tier == kept_minutes_tier)
            counted.tiers.restore_kept_minute(saved.index, saved.cell);
        else if (saved.index <= now / tiers[saved.tier].step_s)
            counted.tiers.restore(saved.tier, saved.index, saved.cell);
    counted.tiers.restored(now);
    begin_period(index, now);
    counted.as_of = core::WallTime(std::chrono::seconds(counted.tiers.last_covered()));
    counted.saved_until = now;
}

void Store::begin_period(std::size_t index, std::int64_t second) {
    Counted& counted = counted_[index];
    const auto& calendar = objectives_[index].calendar;
    if (!calendar || (counted.period && counted.period->contains(second))) return;
    const auto period = slo::period_of(*calendar, second);
    if (!period) {
        log_.error("a calendar window has no period",
                   {{"slo", objectives_[index].id.value}, {"error", period.error().message}});
        return;
    }
    counted.period = *period;
    counted.tiers.begin_window(0, *period);
}

void Store::pass_to(std::size_t index, std::int64_t second) {
    Counted& counted = counted_[index];
    // A slice belongs to the last second that was counted in it.
    if (counted.slices)
        if (const auto slice = counted.slices->pass_to(second)) counted.tiers.add(*slice);
    counted.tiers.advance(second);
    begin_period(index, second);
}

void Store::move_to(core::WallTime at, core::SteadyTime steady) {
    const std::int64_t second = second_of(at);
    bridge_from_ = second;
    if (last_at_) {
        const std::int64_t last = second_of(*last_at_);
        const double wall_s = double((at - *last_at_).count()) / 1000;
        const double steady_s = std::chrono::duration<double>(steady - *last_steady_).count();
        if (second < last) {
            // The clock was set back. What was counted in what is now the future would be counted twice.
            log_.warning("the clock was set back", {{"seconds", last - second}});
            for (Counted& counted : counted_) {
                counted.tiers.restored(second);
                counted.saved_until = std::min(counted.saved_until, second);
                if (counted.slices) counted.slices->reset();
            }
            looks_.restored(second);
            heat_.clock_set_back(second);
            looks_saved_until_ = std::min(looks_saved_until_, second);
            watching_since_.reset();
        } else if (second - last <= longest_bridge_s) {
            bridge_from_ = last + 1;
        } else {
            const bool slept = wall_s - steady_s > double(longest_bridge_s);
            log_.warning(slept ? "the machine slept" : "scrapes were late", {{"seconds", wall_s}});
            watching_since_.reset();
        }
    }
    if (!watching_since_) watching_since_ = at;
    for (std::size_t i = 0; i < counted_.size(); ++i) pass_to(i, second);
    looks_.advance(second);
    looks_.cover_since(bridge_from_);
    arms_.advance(second);
    heat_.advance(second);
    panels_.advance(second, bridge_from_);
    last_at_ = at;
    last_steady_ = steady;
}

void Store::ingest(const std::vector<Scrape>& round) {
    const std::lock_guard lock(mutex_);
    move_to(clock_.now(), clock_.steady_now());

    std::set<std::string> present;
    for (const Scrape& scrape : round) present.insert(scrape.target.instance);
    Channel& site = channels_.front();
    std::erase_if(site.targets, [&](const auto& known) { return !present.contains(known.first); });
    for (const std::size_t i : site.members) {
        counted_[i].missing = 0;
        std::erase_if(counted_[i].carriers,
                      [&](const std::string& instance) { return !present.contains(instance); });
    }
    for (const Scrape& scrape : round) (void)read(site, scrape, {}, bridge_from_);
}

void Store::resume(const Target& target, TargetCounters& counters) {
    const auto known =
        std::ranges::find(saved_targets_, target.instance, &CounterFile::SavedTarget::instance);
    if (known == saved_targets_.end()) return;
    // Another address is another process; what was read in the future is of a clock that was set back.
    if (known->url == target.url && known->baseline.at <= *last_at_)
        if (const auto done = counters.resume(known->baseline); !done)
            log_.warning("what was read last of a target is not known",
                         {{"instance", target.instance}, {"error", done.error().message}});
    saved_targets_.erase(known);
}

core::Result<> Store::read(Channel& channel, const Scrape& scrape, TargetKind kind, std::int64_t since) {
    const auto [at, is_new] = channel.targets.try_emplace(
        scrape.target.instance,
        Known{TargetCounters(channel.router, channel.slot_count, kind, scrape.target.instance),
              scrape.target.url,
              {}});
    Known& known = at->second;
    if (is_new && &channel == &channels_.front()) resume(scrape.target, known.counters);
    core::Result<Additions> additions = core::fail(core::Errc::unavailable, "not read");
    if (scrape.text)
        additions =
            known.counters.ingest(*scrape.text, scrape.at, watching_since_, [&] { make_groups(channel); });
    else
        additions = core::Failure(scrape.text.error());
    make_groups(channel);  // those that were met before a page turned out to be broken
    known.state.up = additions.has_value();
    known.state.series = known.counters.series();
    if (!additions) {
        known.state.error = additions.error().message;
        for (const std::size_t i : channel.members)
            counted_[i].missing += counted_[i].carriers.contains(scrape.target.instance);
        return core::Failure(additions.error());
    }
    known.state.error.clear();
    known.state.last_success = scrape.at;
    account(channel, scrape, *additions, since);
    if (&channel == &channels_.front()) {
        arms_.take(*additions);
        heat_.take(*additions, since);
        panels_.take(*additions);
    }
    return {};
}

void Store::account(const Channel& channel, const Scrape& scrape, const Additions& additions,
                    std::int64_t since) {
    for (const std::size_t i : channel.members) {
        Counted& counted = counted_[i];
        if (!counted.counter.carried_by(additions)) {
            if (counted.counter.sees(additions) && !counted.told_of_bound) {
                counted.told_of_bound = true;
                log_.error("an objective's threshold is no bound of its histogram",
                           {{"slo", objectives_[i].id.value}, {"instance", scrape.target.instance}});
            }
            continue;
        }
        counted.carriers.insert(scrape.target.instance);
        // A baseline tells that the process is there, not what happened in this second.
        if (!additions.counted && !counted.counter.judges()) continue;
        counted.counter.take(additions);
        counted.tiers.cover_since(since);
        const slo::Counts events = counted.counter.collect();
        if (counted.slices)
            counted.slices->add(counted.tiers.now(), events);
        else
            counted.tiers.add(events);
        counted.as_of = std::min(scrape.at, *last_at_);
    }
}

core::Result<> Store::flush() {
    if (auto saved = save_groups(); !saved) return saved;
    std::vector<CounterFile::Batch> batches;
    std::vector<std::int64_t> until;
    std::vector<std::uint64_t> versions;
    std::vector<CounterFile::SavedTarget> targets;
    std::int64_t now = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!file_) return {};
        for (std::size_t i = 0; i < counted_.size(); ++i) {
            Counted& counted = counted_[i];
            now = std::max(now, counted.tiers.now());
            CounterFile::Batch batch{objectives_[i].id.value, {}};
            for (std::size_t tier = 0; tier < tiers.size(); ++tier)
                for (auto& [index, cell] :
                     counted.tiers.cells(tier, counted.saved_until / tiers[tier].step_s))
                    batch.cells.push_back({tier, index, cell});
            if (counted.tiers.kept_minutes_version() != counted.saved_minutes_version)
                for (auto& [minute, cell] : counted.tiers.kept_minutes())
                    batch.cells.push_back({kept_minutes_tier, minute, cell});
            versions.push_back(counted.tiers.kept_minutes_version());
            until.push_back(counted.tiers.now());
            batches.push_back(std::move(batch));
        }
        now = std::max(now, looks_.now());
        until.push_back(looks_.now());
        CounterFile::Batch looked{looks_name, {}};
        for (std::size_t tier = 0; tier < tiers.size(); ++tier)
            for (auto& [index, cell] : looks_.cells(tier, looks_saved_until_ / tiers[tier].step_s))
                looked.cells.push_back({tier, index, cell});
        batches.push_back(std::move(looked));
        for (const auto& [instance, known] : channels_.front().targets)
            if (auto baseline = known.counters.baseline())
                targets.push_back({instance, known.url, std::move(*baseline)});
        if (!last_at_) targets = saved_targets_;  // no round yet: they wait for it
    }
    // Only one thread flushes; scrapes go on meanwhile.
    if (auto saved = file_->save(batches, targets); !saved) return saved;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < counted_.size(); ++i) {
            counted_[i].saved_until = std::min(until[i], counted_[i].tiers.now());
            counted_[i].saved_minutes_version = versions[i];
        }
        looks_saved_until_ = std::min(until.back(), looks_.now());
    }
    if (auto saved = flush_heat(); !saved) return saved;
    if (now - trimmed_at_ >= trim_every_s) {
        if (auto trimmed = file_->trim(now); !trimmed) return trimmed;
        if (auto trimmed = heat_file_->trim(now); !trimmed) return trimmed;
        trimmed_at_ = now;
    }
    return flush_panels();
}

core::Result<> Store::flush_panels() {
    if (!panel_file_) return {};
    std::vector<PanelMinutes> lines;
    std::int64_t open = 0;
    {
        const std::lock_guard lock(mutex_);
        open = panels_.first_open_minute();
        if (open <= panels_saved_until_) return {};
        lines = panels_.closed_minutes(panels_saved_until_);
    }
    if (auto saved = panel_file_->save(lines); !saved) return saved;
    panels_saved_until_ = open;
    if (open - panels_trimmed_at_ < trim_every_s / 60) return {};
    panels_trimmed_at_ = open;
    return panel_file_->trim(open - PanelSeries::kept_minutes);
}

core::Result<> Store::flush_heat() {
    std::vector<HeatFile::Batch> batches;
    std::int64_t until = 0;
    {
        const std::lock_guard lock(mutex_);
        batches = heat_.unsaved();
        until = looks_.now();
    }
    if (auto saved = heat_file_->save(batches); !saved) return saved;
    const std::lock_guard lock(mutex_);
    heat_.saved(until);
    return {};
}

void Store::set_exclusions(const std::vector<slo::Exclusion>& exclusions) {
    const std::lock_guard lock(mutex_);
    exclusions_ = exclusions;
    for (std::size_t i = 0; i < counted_.size(); ++i) exclude(i);
}

void Store::exclude(std::size_t index) {
    const slo::Objective& objective = objectives_[index];
    std::vector<slo::Exclusion> exclusions = exclusions_;
    // What concerns the whole concerns its parts.
    if (objective.group)
        for (slo::Exclusion& exclusion : exclusions)
            if (exclusion.concerns(objective.group->of)) exclusion.slos.clear();
    counted_[index].tiers.set_excluded(slo::excluded_spans(exclusions, objective.id),
                                       slo::excluded_edges(exclusions, objective.id));
}

std::vector<slo::Objective> Store::objectives() const {
    const std::lock_guard lock(mutex_);
    return objectives_;
}

std::vector<slo::Reading> Store::readings() const {
    const std::lock_guard lock(mutex_);
    const core::WallTime now = clock_.now();
    std::vector<slo::Reading> readings;
    for (std::size_t i = 0; i < counted_.size(); ++i) {
        const Counted& counted = counted_[i];
        slo::Reading reading;
        reading.window = counted.tiers.window(0);
        for (std::size_t row = 0; row < objectives_[i].rows.size(); ++row) {
            reading.shorts.push_back(counted.tiers.window(1 + 2 * row));
            reading.longs.push_back(counted.tiers.window(2 + 2 * row));
        }
        reading.excluded = counted.tiers.excluded(0);
        reading.period = counted.period;
        reading.seen = reading.window.covered_s + reading.excluded.covered_s > 0;
        reading.as_of = counted.as_of;
        reading.age_s = std::max(0.0, double((now - counted.as_of).count()) / 1000);
        reading.targets_missing = counted.missing;
        if (!counted.refused_group.empty()) reading.reasons.push_back(counted.refused_group);
        readings.push_back(std::move(reading));
    }
    return readings;
}

std::size_t Store::index_of(const slo::SloId& id) const {
    return std::size_t(
        std::find_if(objectives_.begin(), objectives_.end(), [&](const auto& o) { return o.id == id; }) -
        objectives_.begin());
}

core::Result<slo::History> Store::history(const slo::SloId& id, core::WallTime from, core::WallTime to,
                                          int points) const {
    const std::lock_guard lock(mutex_);
    const std::size_t index = index_of(id);
    if (index == objectives_.size())
        return core::fail(core::Errc::not_found, "there is no SLO '{}'", id.value);
    return counted_[index].tiers.history(second_of(from), second_of(to), points);
}

core::Result<slo::Past> Store::past(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s) const {
    const std::lock_guard lock(mutex_);
    const std::size_t index = index_of(id);
    if (index == objectives_.size())
        return core::fail(core::Errc::not_found, "there is no SLO '{}'", id.value);
    return past_of(counted_[index].tiers, looks_, from_s, to_s);
}

core::Result<slo::Heatmap> Store::heatmap(const slo::SloId& id, core::WallTime from, core::WallTime to,
                                          int points) const {
    const std::lock_guard lock(mutex_);
    if (index_of(id) == objectives_.size())
        return core::fail(core::Errc::not_found, "there is no SLO '{}'", id.value);
    return heat_.heatmap(id, second_of(from), second_of(to), points);
}

ArmCounts Store::arm_counts(std::string_view arm, core::WallTime from, core::WallTime to) const {
    const std::lock_guard lock(mutex_);
    return arms_.counts(arm, second_of(from), second_of(to));
}

core::Result<Chart> Store::chart(std::string_view name, core::WallTime from, core::WallTime to,
                                 int points) const {
    const std::lock_guard lock(mutex_);
    auto chart = arms_.chart(name, second_of(from), second_of(to), points);
    if (!chart) return core::fail(core::Errc::not_found, "there is no series '{}'", name.substr(0, 60));
    return std::move(*chart);
}

void Store::follow_panels(const std::vector<dashboards::Query>& queries) {
    std::vector<std::string> fresh;
    {
        const std::lock_guard lock(mutex_);
        // What is put back belongs before now.
        if (!last_at_) panels_.advance(second_of(clock_.now()), second_of(clock_.now()));
        fresh = panels_.follow(queries);
        for (auto& [instance, known] : channels_.front().targets) known.counters.reroute();
    }
    if (!panel_file_ || fresh.empty()) return;
    // Rounds go on meanwhile.
    const auto saved = panel_file_->load(fresh, second_of(clock_.now()) / 60 - PanelSeries::kept_minutes);
    if (!saved) return log_.error("what panels drew cannot be read", {{"error", saved.error().message}});
    const std::lock_guard lock(mutex_);
    for (const PanelMinutes& line : *saved) panels_.restore(line);
}

PanelChart Store::panel(const dashboards::Query& query, core::WallTime from, core::WallTime to,
                        int points) const {
    const std::lock_guard lock(mutex_);
    return panels_.read(query, second_of(from), second_of(to), points);
}

std::vector<std::string> Store::panels_left_out() const {
    const std::lock_guard lock(mutex_);
    return panels_.left_out();
}

std::map<std::string, TargetState> Store::targets() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, TargetState> states;
    for (const auto& [instance, known] : channels_.front().targets) states.emplace(instance, known.state);
    return states;
}

}  // namespace qd::timeseries
