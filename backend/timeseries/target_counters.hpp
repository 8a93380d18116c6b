#pragma once
// The counters of one process, scraped or told of by a Prometheus, turned into what was added since the last
// scrape. A series is looked at once: a router tells which slots it counts into, and from then on a sample
// costs a lookup and an addition.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/indicator.hpp"
#include "timeseries/exposition.hpp"

namespace qd::timeseries {

/// Where additions are summed: an index into an array that all routers share.
using Slot = std::uint32_t;

struct SeriesRef {
    std::string_view name;
    const std::vector<Label>& labels;
    std::string_view instance = {};  // the target's

    /// The label's value, or an empty view; "instance" is the target's unless the series has one.
    std::string_view label(std::string_view label_name) const;
};

/// A gauge whose readings are judged: each adds 1 to `total`, and to `good` when `value op bound` holds.
struct Judgement {
    Slot good;
    Slot total;
    slo::Comparison op;
    double bound;
};

/// Appends the slots a series counts into, maybe none. `gauge` slots take the value instead of what was
/// added. What is judged counts at a baseline too: a gauge tells of now.
struct Routes {
    std::vector<Slot> counters;
    std::vector<Slot> gauges;
    std::vector<Judgement> judged;
};
using Router = std::function<void(const SeriesRef&, Routes&)>;

/// What one scrape of one target added.
struct Additions {
    std::vector<double> values;  // a slot each
    std::vector<bool> touched;   // the target has a series for that slot
    bool counted = false;        // false: a baseline only, nothing was added
    double span_s = 1;           // how long it took: since the last scrape, or since the process was started
};

/// What the readings of one target are.
struct TargetKind {
    /// Longer without a reading, and what was added meanwhile is not counted: it would all fall into one
    /// second.
    std::chrono::seconds longest_gap{30};
    /// The whole page of one process, which may tell when that was started.
    bool page = true;
    /// Sums over processes: what goes down may come back when a process is read again, and what is new may
    /// be old. Nothing is counted below the highest value until it is reached again or the longest gap has
    /// passed, and a new series counts from its first value on.
    bool sums = false;
};

/// The last scrape of a target.
struct Baseline {
    core::WallTime at{};
    std::string text;  // an exposition

    bool operator==(const Baseline&) const = default;
};

/// Not thread-safe.
class TargetCounters {
public:
    /// Series beyond this many are refused.
    static constexpr std::size_t max_series = 20'000;

    explicit TargetCounters(const Router& router, std::size_t slot_count, TargetKind kind = {},
                            std::string instance = {})
        : router_(router), slots_(slot_count), kind_(kind), instance_(std::move(instance)) {}

    /// One scrape. Counters that went down, and all of a process that was started anew
    /// (process_start_time_seconds), count from zero; a series new to a known process too. The first scrape
    /// of a target counts from zero only if its process started lately and after `watching_since`, the first
    /// of our scrapes without a gap since, and is a baseline otherwise. Errors are those of parse_exposition,
    /// and Errc::too_large; nothing is counted then. `met` runs once all series have been met and routed,
    /// before anything is counted: it may route more.
    core::Result<Additions> ingest(std::string_view text, core::WallTime at,
                                   std::optional<core::WallTime> watching_since,
                                   const std::function<void()>& met = {});
    /// Routes every series that is known to further slots too, of which there are `slot_count` now in all.
    void route_more(const Router& router, std::size_t slot_count);

    std::size_t series() const { return series_.size(); }

    /// The router answers otherwise from now on: it is asked about every series anew. One that was in no slot
    /// before begins with a baseline.
    void reroute();
    /// What was read last of the series that count, for resume(); nothing before the first scrape.
    std::optional<Baseline> baseline() const;
    /// Instead of the first scrape: what was read last by another one of these. The next scrape counts what
    /// was added since, within longest_gap; series that it knows nothing of are a baseline then. Before any
    /// scrape only. Errors are those of ingest(): it is as if nothing was told then.
    core::Result<> resume(const Baseline& baseline);

private:
    struct Series {
        double last = 0;
        double current = 0;
        std::uint64_t round = 0;
        bool fresh = true;      // never counted
        bool baseline = false;  // it was there before it was routed
        Routes routes;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    const Router& router_;
    std::size_t slots_;
    TargetKind kind_;
    std::string instance_;
    std::unordered_map<std::string, Series, Hash, std::equal_to<>> series_;
    std::uint64_t round_ = 0;
    bool resumed_ = false;           // and not scraped since
    std::optional<double> started_;  // process_start_time_seconds
    std::optional<core::WallTime> last_at_;
};

}  // namespace qd::timeseries
