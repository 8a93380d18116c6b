#include "timeseries/arm_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "slo/indicator.hpp"

namespace qd::timeseries {
namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
constexpr double start_objective_s = 2;

/// The routes that a viewer needs to play: what availability speaks of.
const slo::LabelMatcher& playback() {
    static const auto matcher = slo::LabelMatcher::parse("route", "/media*|/api/v1/stream*|/api/v1/videos*");
    return matcher;
}

struct ChartKind {
    std::string_view name;
    std::string_view unit;
};

constexpr ChartKind kinds[] = {{"request_rate", "1/s"}, {"error_ratio", "ratio"}, {"latency_p95", "ms"},
                               {"latency_p50", "ms"},   {"viewers", "viewers"},   {"startup_p95", "ms"},
                               {"stall_ratio", "ratio"}};

/// What a chart shows of these counts; nothing where there is nothing to show.
std::optional<double> value_of(std::string_view name, const ArmCounts& counts) {
    const auto quantile_ms = [](const std::vector<BucketCount>& buckets, double q) -> std::optional<double> {
        const double value = quantile_s(buckets, q);
        if (value < 0) return std::nullopt;
        return value * 1000;
    };
    if (name == "request_rate") return double(counts.total) / double(counts.covered_s);
    if (name == "error_ratio" && counts.total > 0)
        return double(counts.total - counts.good) / double(counts.total);
    if (name == "latency_p95") return quantile_ms(counts.latency_s, 0.95);
    if (name == "latency_p50") return quantile_ms(counts.latency_s, 0.5);
    if (name == "startup_p95") return quantile_ms(counts.startup_s, 0.95);
    if (name == "stall_ratio" && counts.watch_s > 0) return counts.stall_s / counts.watch_s;
    return std::nullopt;
}

}  // namespace

double quantile_s(const std::vector<BucketCount>& all, double quantile) {
    if (all.empty() || all.back().count == 0) return -1;
    const double rank = std::clamp(quantile, 0.0, 1.0) * double(all.back().count);
    double low = 0;
    std::uint64_t below = 0;
    for (const BucketCount& bucket : all) {
        if (double(bucket.count) >= rank && bucket.count > below) {
            if (!std::isfinite(bucket.le)) return low;
            return low + (bucket.le - low) * (rank - double(below)) / double(bucket.count - below);
        }
        if (std::isfinite(bucket.le)) low = bucket.le;
        below = bucket.count;
    }
    return low;
}

ArmSeries::ArmSeries(Slot first) : first_(first), viewers_(kept_s, unknown) {
    for (auto& ring : rings_) ring.resize(kept_s);
}

std::optional<std::size_t> ArmSeries::bound_index(Histogram& histogram, std::string_view le) {
    const auto bound = parse_value(le);
    if (!bound || !std::isfinite(*bound)) return std::nullopt;  // +Inf is the _count
    const auto at = std::find(histogram.bounds.begin(), histogram.bounds.end(), *bound);
    if (at != histogram.bounds.end()) return std::size_t(at - histogram.bounds.begin());
    if (histogram.bounds.size() == max_bounds) return std::nullopt;
    histogram.bounds.push_back(*bound);
    return histogram.bounds.size() - 1;
}

void ArmSeries::route(const SeriesRef& series, Routes& routes) {
    if (series.name == "viewer_active") {
        routes.gauges.push_back(first_ + slot_count - 1);
        return;
    }
    const auto arm = std::find(arms.begin(), arms.end(), series.label("arm"));
    if (arm == arms.end()) return;
    const Slot base = first_ + Slot(arm - arms.begin()) * slots_per_arm;
    const auto add = [&](Slot field) { routes.counters.push_back(base + field); };
    if (series.name == "gateway_responses_total" && playback().matches(series.label("route"))) {
        add(total);
        if (series.label("code").starts_with('5')) add(bad);
    } else if (series.name == "player_watched_seconds_total")
        add(watch);
    else if (series.name == "player_stalled_seconds_total")
        add(stall);
    else if (series.name == "player_errors_total")
        add(viewer_errors);
    else if (series.name == "player_stalled_sessions_total")
        add(stalled_sessions);
    else if (series.name == "viewer_compared_pictures_total")
        add(pictures);
    else if (series.name == "viewer_different_pictures_total")
        add(different_pictures);
    else if (series.name == "viewer_picture_ssim_count")
        add(ssim_count);
    else if (series.name == "viewer_picture_ssim_sum")
        add(ssim_sum);
    const auto histogram = [&](Histogram& of, Slot count) {
        if (!series.name.starts_with(of.metric)) return;
        const std::string_view part = series.name.substr(of.metric.size());
        if (part == "_count")
            add(count);
        else if (part == "_bucket")
            if (const auto index = bound_index(of, series.label("le"))) add(of.offset + Slot(*index));
    };
    if (series.name.starts_with(startup_.metric))
        histogram(startup_, startup_count);
    else if (playback().matches(series.label("route")))
        histogram(latency_, latency_count);
}

ArmSeries::Cell* ArmSeries::find(std::size_t arm, std::int64_t second) {
    return const_cast<Cell*>(std::as_const(*this).find(arm, second));
}

const ArmSeries::Cell* ArmSeries::find(std::size_t arm, std::int64_t second) const {
    if (second > now_ || second <= now_ - kept_s || second < 0) return nullptr;
    return &rings_[arm][std::size_t(second % kept_s)];
}

void ArmSeries::advance(std::int64_t second) {
    if (second < now_) {  // the clock was set back: start over
        for (auto& ring : rings_) std::fill(ring.begin(), ring.end(), Cell{});
        std::fill(viewers_.begin(), viewers_.end(), unknown);
        now_ = second;
        return;
    }
    for (std::int64_t at = std::max(now_ + 1, second - kept_s + 1); at <= second; ++at) {
        for (auto& ring : rings_) ring[std::size_t(at % kept_s)] = Cell{};
        viewers_[std::size_t(at % kept_s)] = unknown;
    }
    now_ = second;
}

void ArmSeries::take(const Additions& additions) {
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        const Slot base = first_ + Slot(arm) * slots_per_arm;
        Cell* cell = find(arm, now_);
        if (!cell) continue;
        for (Slot i = 0; i < slots_per_arm; ++i) {
            cell->values[i] += float(additions.values[base + i]);
            // The gateway's reading is what the arms are compared by: its seconds are the covered ones.
            if (i == total && additions.touched[base + i] && additions.counted) cell->covered = true;
        }
    }
    const Slot gauge = first_ + slot_count - 1;
    if (additions.touched[gauge]) {
        float& viewers = viewers_[std::size_t(now_ % kept_s)];
        viewers = float(additions.values[gauge]) + (std::isnan(viewers) ? 0 : viewers);
    }
}

std::vector<BucketCount> ArmSeries::buckets_of(const Histogram& histogram,
                                               const std::array<double, slots_per_arm>& sums,
                                               Slot count) const {
    std::vector<BucketCount> counts;
    if (sums[count] <= 0) return counts;
    for (std::size_t i = 0; i < histogram.bounds.size(); ++i)
        counts.push_back({histogram.bounds[i], std::uint64_t(std::llround(sums[histogram.offset + i]))});
    std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.le < b.le; });
    counts.push_back({std::numeric_limits<double>::infinity(), std::uint64_t(std::llround(sums[count]))});
    return counts;
}

ArmCounts ArmSeries::to_counts(const std::array<double, slots_per_arm>& sums, std::int64_t covered_s) const {
    const auto whole = [&](Slot field) { return std::uint64_t(std::llround(sums[field])); };
    ArmCounts counts;
    counts.covered_s = covered_s;
    counts.total = whole(total);
    counts.good = counts.total - std::min(counts.total, whole(bad));
    counts.latency_s = buckets_of(latency_, sums, latency_count);
    counts.startup_s = buckets_of(startup_, sums, startup_count);
    counts.startups = whole(startup_count);
    for (std::size_t i = 0; i < startup_.bounds.size(); ++i)
        if (startup_.bounds[i] == start_objective_s) counts.fast_startups = whole(startup_.offset + Slot(i));
    counts.watch_s = sums[watch];
    counts.stall_s = sums[stall];
    counts.viewer_errors = whole(viewer_errors);
    counts.stalled_sessions = whole(stalled_sessions);
    counts.pictures = whole(pictures);
    counts.different_pictures = whole(different_pictures);
    counts.scored_pictures = whole(ssim_count);
    counts.ssim_sum = sums[ssim_sum];
    return counts;
}

ArmCounts ArmSeries::counts(std::string_view arm, std::int64_t from_s, std::int64_t to_s) const {
    const auto at = std::find(arms.begin(), arms.end(), arm);
    if (at == arms.end()) return {};
    std::array<double, slots_per_arm> sums{};
    std::int64_t covered_s = 0;
    for (std::int64_t second = std::max(from_s, now_ - kept_s + 1); second < std::min(to_s, now_ + 1);
         ++second)
        if (const Cell* cell = find(std::size_t(at - arms.begin()), second)) {
            covered_s += cell->covered;
            for (Slot i = 0; i < slots_per_arm; ++i) sums[i] += double(cell->values[i]);
        }
    return to_counts(sums, covered_s);
}

ChartLine ArmSeries::line(std::string_view name, std::size_t arm, std::int64_t from_s, std::int64_t to_s,
                          std::int64_t step_s) const {
    ChartLine line{std::string(arms[arm]), {}};
    for (std::int64_t begin = from_s / step_s * step_s; begin < to_s; begin += step_s) {
        std::array<double, slots_per_arm> sums{};
        std::int64_t covered_s = 0;
        for (std::int64_t second = begin; second < begin + step_s; ++second)
            if (const Cell* cell = find(arm, second)) {
                covered_s += cell->covered;
                for (Slot i = 0; i < slots_per_arm; ++i) sums[i] += double(cell->values[i]);
            }
        if (covered_s == 0 && name == "request_rate") continue;
        const auto value = value_of(name, to_counts(sums, covered_s));
        if (value) line.points.emplace_back(core::WallTime(std::chrono::seconds(begin)), *value);
    }
    return line;
}

std::optional<Chart> ArmSeries::chart(std::string_view name, std::int64_t from_s, std::int64_t to_s,
                                      int points) const {
    const auto kind =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const ChartKind& k) { return k.name == name; });
    if (kind == std::end(kinds)) return std::nullopt;
    Chart chart{std::string(name), std::string(kind->unit), 1, {}};
    from_s = std::max({from_s, now_ - kept_s + 1, std::int64_t(0)});
    to_s = std::min(to_s, now_ + 1);
    if (from_s >= to_s) return chart;
    points = std::clamp(points, 2, 2000);
    chart.step_s = std::max<std::int64_t>(1, (to_s - from_s + points - 2) / (points - 1));
    if (name == "viewers") {
        ChartLine line{"all", {}};
        for (std::int64_t begin = from_s / chart.step_s * chart.step_s; begin < to_s; begin += chart.step_s) {
            // A gauge: its last reading within the step.
            for (std::int64_t second = std::min(begin + chart.step_s, to_s) - 1;
                 second >= std::max(begin, from_s); --second)
                if (const float value = viewers_[std::size_t(second % kept_s)]; !std::isnan(value)) {
                    line.points.emplace_back(core::WallTime(std::chrono::seconds(begin)), double(value));
                    break;
                }
        }
        chart.lines.push_back(std::move(line));
        return chart;
    }
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        ChartLine of = line(name, arm, from_s, to_s, chart.step_s);
        if (!of.points.empty()) chart.lines.push_back(std::move(of));
    }
    return chart;
}

}  // namespace qd::timeseries
