#pragma once
// The counters of a site: rounds of scrapes go in, readings of objectives, histories and arms come out.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/exclusion.hpp"
#include "slo/objective.hpp"
#include "slo/status.hpp"
#include "telemetry/log.hpp"
#include "timeseries/arm_counts.hpp"
#include "timeseries/arm_series.hpp"
#include "timeseries/counter_file.hpp"
#include "timeseries/heat_series.hpp"
#include "timeseries/objective_counter.hpp"
#include "timeseries/panel_series.hpp"
#include "timeseries/past.hpp"
#include "timeseries/scraper.hpp"
#include "timeseries/target_counters.hpp"
#include "timeseries/tiers.hpp"

namespace qd::timeseries {

/// What is known of one target besides its counters.
struct TargetState {
    bool up = false;  // the last scrape was read
    std::optional<core::WallTime> last_success;
    std::string error;  // of the last scrape; empty when it was read
    std::size_t series = 0;
};

/// How finely the past is taken over from a source: whole minutes that divide an hour.
inline constexpr std::int64_t past_step_s = 300;

/// What a source other than the site's own scrape told of one objective: of each process an exposition with
/// the series that the objective counts.
struct Feed {
    slo::SloId slo;
    core::WallTime at{};            // when the answer was complete
    std::int64_t every_s = 1;       // how often there is one
    std::vector<Scrape> processes;  // instance empty: sums over processes
};

/// Thread-safe.
class Store {
public:
    /// Later rounds than this after the one before leave a gap in every series: opsd or the laptop slept. The
    /// counters' growth meanwhile falls into the first second after it.
    static constexpr std::int64_t longest_bridge_s = 3;
    /// What a process of a source added in a longer gap is not counted, and it is missed for so long.
    static constexpr std::chrono::seconds longest_feed_gap{60};
    /// Groups included; further ones are refused.
    static constexpr std::size_t max_objectives = 2'000;

    /// Reads what was saved in `file` and, beside it, in heatmaps.sqlite; without one (empty) nothing is
    /// kept. `clock` and `log` outlive the store.
    static core::Result<std::unique_ptr<Store>> open(std::vector<slo::Objective> objectives,
                                                     const std::filesystem::path& file,
                                                     const core::Clock& clock, telemetry::Log& log);

    /// One round of the site's own scrape: every target there is, read or failed. About once a second, also
    /// when there is none: the time of every objective moves on with it.
    void ingest(const std::vector<Scrape>& round);
    /// After the round of the same second. Nothing happens for an objective that has no source. Errors are
    /// those of TargetCounters, of the first process that could not be read; the others are counted.
    core::Result<> take(const Feed& feed);
    /// What of the past nobody has counted, in steps of past_step_s; see Tiers::gaps().
    std::vector<slo::Span> gaps(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s) const;
    /// Takes over and saves what a source tells of gaps; what was counted stays as it is. Errc::not_found, or
    /// io when it was taken over but could not be saved.
    core::Result<> fill(const slo::SloId& id, std::span<const Past> past);

    /// Writes what is new to the file, with the scrapes that it holds all of: what is added after it is
    /// counted by the next run's first scrape, if that is within TargetKind::longest_gap. What fails is
    /// tried again at the next call.
    core::Result<> flush();

    /// What does not count, in place of what was told before. The figures follow at once; not kept in the
    /// file.
    void set_exclusions(const std::vector<slo::Exclusion>& exclusions);

    /// Those of open(), then the groups of grouped ones, as their labels are met. None ever leaves; those
    /// that have told nothing within their window do not come back with the next start.
    std::vector<slo::Objective> objectives() const;
    /// One for each objective, in order: more than objectives() told before, where groups were met since.
    std::vector<slo::Reading> readings() const;
    /// At most `points` points of [from, to). Errc::not_found.
    core::Result<slo::History> history(const slo::SloId& id, core::WallTime from, core::WallTime to,
                                       int points) const;

    /// For a replay: what is kept of [from_s, to_s), seconds since 1970. Errc::not_found.
    core::Result<slo::Past> past(const slo::SloId& id, std::int64_t from_s, std::int64_t to_s) const;

    /// At most `points` columns of [from, to). Errc::not_found, also for what is no latency objective.
    core::Result<slo::Heatmap> heatmap(const slo::SloId& id, core::WallTime from, core::WallTime to,
                                       int points) const;

    /// What an arm did in [from, to), cut to the last 2 hours.
    ArmCounts arm_counts(std::string_view arm, core::WallTime from, core::WallTime to) const;
    /// Errc::not_found for a name that is no chart's.
    core::Result<Chart> chart(std::string_view name, core::WallTime from, core::WallTime to,
                              int points) const;

    /// What dashboards draw, in place of what was asked for before; see PanelSeries.
    void follow_panels(const std::vector<dashboards::Query>& queries);
    PanelChart panel(const dashboards::Query& query, core::WallTime from, core::WallTime to,
                     int points) const;
    std::vector<std::string> panels_left_out() const;

    std::map<std::string, TargetState> targets() const;

private:
    struct Counted {
        std::size_t channel = 0;
        ObjectiveCounter counter;
        Tiers tiers;
        std::set<std::string> carriers;  // instances that have the metric, among those of the last round
        std::uint32_t missing = 0;       // carriers that did not answer in the last round
        core::WallTime as_of{};
        std::int64_t saved_until = 0;
        std::uint64_t saved_minutes_version = 0;
        bool told_of_bound = false;
        std::optional<slo::SliceJudge> slices;
        std::optional<slo::Span> period;    // of a calendar window
        std::set<slo::GroupLabels> groups;  // of a grouped one, met so far
        std::string refused_group;          // why there are not more; empty: none was refused
    };
    struct Known {
        TargetCounters counters;
        std::string url;
        TargetState state;
    };
    /// What is read together: the site's own scrape, or the answers for one objective of a source. Samples
    /// of one channel are never counted in another.
    struct Channel {
        std::vector<std::size_t> members;  // objectives
        Router router;
        Slot slot_count = 0;
        std::map<std::string, Known> targets;
        std::optional<std::int64_t> fed_s;  // the second of the last answer of a source
    };

    Store(std::vector<slo::Objective> objectives, const core::Clock& clock, telemetry::Log& log);
    core::Result<> load();
    core::Result<> load_group(const SavedGroup& group, std::int64_t now);
    void restore(std::size_t index, const std::vector<SavedCell>& cells, std::int64_t now);
    void meet_groups(const Channel& channel, const SeriesRef& series);
    void make_groups(Channel& channel);
    core::Result<> save_groups();
    void exclude(std::size_t index);
    void begin_period(std::size_t index, std::int64_t second);
    void pass_to(std::size_t index, std::int64_t second);
    void move_to(core::WallTime at, core::SteadyTime steady);
    void add_channel();
    void add_objective(std::size_t index);
    /// `since`: the first second that the reading speaks of.
    core::Result<> read(Channel& channel, const Scrape& scrape, TargetKind kind, std::int64_t since);
    void account(const Channel& channel, const Scrape& scrape, const Additions& additions,
                 std::int64_t since);
    void resume(const Target& target, TargetCounters& counters);
    core::Result<> flush_heat();
    std::size_t index_of(const slo::SloId& id) const;
    core::Result<> flush_panels();

    const core::Clock& clock_;
    telemetry::Log& log_;

    mutable std::mutex mutex_;
    std::vector<slo::Objective> objectives_;
    std::vector<slo::Exclusion> exclusions_;
    std::vector<std::pair<std::size_t, slo::GroupLabels>> met_groups_;  // to be made, by their parent
    std::vector<SavedGroup> unsaved_groups_;
    std::deque<Channel> channels_;  // the first is the site's own
    std::deque<Counted> counted_;
    Tiers looks_{{}};  // seconds with a round
    std::int64_t looks_saved_until_ = 0;
    ArmSeries arms_{0};
    HeatSeries heat_;
    PanelSeries panels_;
    std::vector<CounterFile::SavedTarget> saved_targets_;  // of the last run, until each is scraped
    std::unique_ptr<CounterFile> file_;
    std::unique_ptr<HeatFile> heat_file_;
    std::unique_ptr<PanelFile> panel_file_;
    std::int64_t panels_saved_until_ = 0;  // minute
    std::int64_t panels_trimmed_at_ = 0;   // minute
    std::optional<core::WallTime> watching_since_;
    std::optional<core::WallTime> last_at_;
    std::optional<core::SteadyTime> last_steady_;
    std::int64_t bridge_from_ = 0;  // the first second a round of the site speaks of
    std::int64_t trimmed_at_ = 0;
};

}  // namespace qd::timeseries
