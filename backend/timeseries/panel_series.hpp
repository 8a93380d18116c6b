#pragma once
// What the panels of dashboards draw: the counters, gauges and histograms that their queries name, by the
// second for 2 hours and by the minute for 7 days. Queries that use the same series share what is kept of
// them, and what a changed dashboard still asks for is not lost.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "dashboards/dashboard.hpp"
#include "timeseries/panel_file.hpp"
#include "timeseries/panel_ring.hpp"
#include "timeseries/target_counters.hpp"

namespace qd::timeseries {

/// The value over a step, and the lowest and highest of the finest cells that are kept of it (seconds within
/// 2 hours, minutes beyond; a gauge's or a rate's are of seconds always): no peak is lost.
struct PanelPoint {
    core::WallTime at{};  // the step's begin
    double value = 0;
    double low = 0;
    double high = 0;

    bool operator==(const PanelPoint&) const = default;
};

struct PanelLine {
    std::string split;  // the value of the query's `by`; empty without one
    std::vector<PanelPoint> points;
    std::optional<double> over_range;     // the query over the whole range; of a gauge its last reading
    std::int64_t covered_s = 0;           // seconds of the range with a reading
    std::optional<core::WallTime> as_of;  // of the last reading, also before the range
};

struct PanelChart {
    std::int64_t step_s = 1;
    std::vector<PanelLine> lines;  // by split, "stable" first
};

/// Not thread-safe. A line takes at most 190 KB and a bound of its histogram 69 KB more, when it is 7 days
/// old: 200 lines are 38 MB, all the slots filled with bounds 110 MB.
class PanelSeries {
public:
    static constexpr std::int64_t kept_s = 2 * 3600;
    static constexpr std::int64_t kept_minutes = 7 * 24 * 60;
    static constexpr std::size_t max_lines = 200;
    static constexpr std::size_t max_bounds = 24;  // of a histogram
    /// How many slots it uses, from the one given to the constructor on.
    static constexpr Slot slot_count = 1'400;

    explicit PanelSeries(Slot first) : first_(first) {}

    /// Keeps what these queries need, the first ones first, in place of what was asked for before; answers
    /// with the texts of the inputs that are new. All targets must ask route() anew.
    std::vector<std::string> follow(const std::vector<dashboards::Query>& queries);
    /// Splits into lines and learns histogram bounds as it meets them.
    void route(const SeriesRef& series, Routes& routes);

    /// Moves on to `second`; later than `bridge_from` lets it be, what lies between is a gap.
    void advance(std::int64_t second, std::int64_t bridge_from);
    /// What was added in more than a second is spread over these seconds, as a peak that never was would be a
    /// lie; the part of it that lies in a gap is left out.
    void take(const Additions& additions);

    /// At most `points` points (2..2,000) of [from_s, to_s), cut to what is kept. A step without a reading,
    /// or without events where the function divides by them, has no point. Nothing for a query that is not
    /// followed.
    PanelChart read(const dashboards::Query& query, std::int64_t from_s, std::int64_t to_s, int points) const;

    /// The minutes of all lines from `first` on that no later round changes, and the first one after them.
    std::vector<PanelMinutes> closed_minutes(std::int64_t first) const;
    std::int64_t first_open_minute() const;
    /// Puts saved minutes back where nothing was counted meanwhile. What nobody follows is left out.
    void restore(const PanelMinutes& saved);

    /// What is not kept since it is beyond the limits, in sentences; at most 50.
    const std::vector<std::string>& left_out() const { return left_out_; }

private:
    enum class Kind { counter, gauge, histogram };

    struct Bound {
        double le = 0;
        std::optional<Slot> slot;
        PanelRing seconds{kept_s};
        PanelRing minutes{kept_minutes};
    };
    struct Line {
        std::string split;
        std::optional<Slot> slot;
        std::int64_t met = 0;  // the second of its first series
        std::int64_t last_covered = 0;
        PanelRing seconds{kept_s};  // added, or read; none: no reading
        PanelRing minutes{kept_minutes}, covered{kept_minutes}, lows{kept_minutes}, highs{kept_minutes};
        std::vector<Bound> bounds;  // ascending
    };
    struct Input {
        Kind kind = Kind::counter;
        slo::Selector selector;
        std::string by;
        Slot seen = 0;  // touched when the target has the metric, whatever its labels
        std::vector<Line> lines;

        std::string text() const;
        bool same(const Input& other) const {
            return kind == other.kind && by == other.by && selector == other.selector;
        }
    };
    /// What lies in a span, and the extremes of its finest cells.
    struct Sum;

    static std::vector<Input> inputs_of(const dashboards::Query& query);
    const Input* find(const Input& wanted) const;
    Line* make_line(Input& input, const std::string& split);
    std::optional<Slot> allocate();
    void leave_out(std::string what);
    Line* line_for(Input& input, const SeriesRef& series);
    void route_bucket(Line& line, const Input& input, std::string_view le, Routes& routes);
    void roll(std::int64_t minute);
    void clear(std::int64_t first_second, std::int64_t last_second);
    bool is_kept(std::int64_t second) const {
        return second <= now_ && second > now_ - kept_s && second >= 0;
    }
    void add(Sum& sum, const Line& line, bool by_second, std::int64_t cell) const;
    std::optional<double> value_of(const dashboards::Query& query, const Sum& of, const Sum* part) const;
    PanelLine line_of(const dashboards::Query& query, const Line& of, const Line* part, std::int64_t from_s,
                      std::int64_t to_s, std::int64_t step_s, bool by_second) const;

    Slot first_;
    Slot used_ = 0;
    std::vector<Input> inputs_;
    std::vector<std::string> left_out_;
    std::int64_t now_ = 0;
    std::int64_t bridge_from_ = 0;     // the first second that the present round speaks of
    std::int64_t unbroken_since_ = 0;  // the first second after the last gap
};

}  // namespace qd::timeseries
