// How a query is evaluated over what is kept of its series.
#include <algorithm>
#include <array>

#include "timeseries/panel_series.hpp"

namespace qd::timeseries {
namespace {

using dashboards::Function;
using dashboards::Query;

core::WallTime wall(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(second));
}

/// Stable before canary, else by the alphabet.
bool stands_before(const PanelLine& a, const PanelLine& b) {
    const auto rank = [](const std::string& split) {
        return split == "stable" ? 0 : split == "canary" ? 1 : 2;
    };
    return std::pair(rank(a.split), a.split) < std::pair(rank(b.split), b.split);
}

}  // namespace

struct PanelSeries::Sum {
    double sum = 0;
    double last = 0;
    std::int64_t covered = 0;
    double low = PanelRing::none, high = PanelRing::none;
    std::array<double, max_bounds> bounds{};
    const std::vector<Bound>* of = nullptr;

    void operator+=(const Sum& other) {
        sum += other.sum;
        if (other.covered > 0) last = other.last;
        covered += other.covered;
        low = std::fmin(low, other.low);
        high = std::fmax(high, other.high);
        for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] += other.bounds[i];
        of = other.of;
    }
};

void PanelSeries::add(Sum& sum, const Line& line, bool by_second, std::int64_t cell) const {
    Sum one;
    one.of = &line.bounds;
    const float value = by_second ? line.seconds.at(cell) : line.minutes.at(cell);
    if (!std::isnan(value)) {
        one.sum = double(value);
        one.covered = by_second ? 1 : std::int64_t(line.covered.at(cell));
        one.last = one.sum / double(one.covered);
        one.low = double(by_second ? value : line.lows.at(cell));
        one.high = double(by_second ? value : line.highs.at(cell));
        for (std::size_t i = 0; i < line.bounds.size(); ++i) {
            const float count = by_second ? line.bounds[i].seconds.at(cell) : line.bounds[i].minutes.at(cell);
            if (!std::isnan(count)) one.bounds[i] = double(count);
        }
    }
    sum += one;
}

std::optional<double> PanelSeries::value_of(const Query& query, const Sum& of, const Sum* part) const {
    if (of.covered == 0) return std::nullopt;
    switch (query.function) {
        case Function::rate:
        case Function::gauge:
            return of.sum / double(of.covered);
        case Function::increase:
            return of.sum;
        case Function::ratio:
            if (of.sum <= 0) return std::nullopt;
            return part ? part->sum / of.sum : 0;
        case Function::quantile:
            break;
    }
    // As PromQL's histogram_quantile does; beyond the last finite bound it is that bound.
    if (of.sum <= 0 || !of.of || of.of->empty()) return std::nullopt;
    const double rank = query.q * of.sum;
    double low = 0, below = 0;
    for (std::size_t i = 0; i < of.of->size(); ++i) {
        const double count = of.bounds[i], le = (*of.of)[i].le;
        if (count >= rank && count > below) return low + (le - low) * (rank - below) / (count - below);
        low = le;
        below = count;
    }
    return low;
}

PanelLine PanelSeries::line_of(const Query& query, const Line& of, const Line* part, std::int64_t from_s,
                               std::int64_t to_s, std::int64_t step_s, bool by_second) const {
    // Extremes of what is added up are kept by the second; those of a quotient are its finest cells'.
    const bool divided = query.function == Function::ratio || query.function == Function::quantile;
    const std::int64_t cell_s = by_second ? 1 : 60;
    PanelLine line{of.split, {}, {}, 0, {}};
    Sum all, all_part;
    for (std::int64_t begin = from_s / step_s * step_s; begin < to_s; begin += step_s) {
        Sum sum, sum_part;
        double low = PanelRing::none, high = PanelRing::none;
        for (std::int64_t second = std::max(begin, from_s / cell_s * cell_s);
             second < std::min(begin + step_s, to_s); second += cell_s) {
            Sum one, one_part;
            add(one, of, by_second, second / cell_s);
            if (part) add(one_part, *part, by_second, second / cell_s);
            if (divided)
                if (const auto value = value_of(query, one, part ? &one_part : nullptr)) {
                    low = std::fmin(low, *value);
                    high = std::fmax(high, *value);
                }
            sum += one;
            sum_part += one_part;
        }
        if (const auto value = value_of(query, sum, part ? &sum_part : nullptr))
            line.points.push_back({wall(begin), *value,
                                   divided                                ? low
                                   : query.function == Function::increase ? *value
                                                                          : sum.low,
                                   divided                                ? high
                                   : query.function == Function::increase ? *value
                                                                          : sum.high});
        all += sum;
        all_part += sum_part;
    }
    line.covered_s = all.covered;
    line.over_range = query.function == Function::gauge && all.covered > 0
                          ? std::optional(all.last)
                          : value_of(query, all, part ? &all_part : nullptr);
    if (of.last_covered > 0) line.as_of = wall(of.last_covered);
    return line;
}

PanelChart PanelSeries::read(const Query& query, std::int64_t from_s, std::int64_t to_s, int points) const {
    PanelChart chart;
    const auto inputs = inputs_of(query);
    const Input* of = find(inputs[0]);
    const Input* part = inputs.size() > 1 ? find(inputs[1]) : nullptr;
    if (!of || (inputs.size() > 1 && !part)) return chart;
    points = std::clamp(points, 2, 2'000);
    to_s = std::min(to_s, now_ + 1);
    from_s = std::max({from_s, std::int64_t(0), now_ / 60 * 60 - (kept_minutes - 1) * 60});
    const bool by_second = from_s > now_ - kept_s;
    const std::int64_t cell_s = by_second ? 1 : 60;
    const std::int64_t span = std::max<std::int64_t>(to_s - from_s, 1);
    // A step that both ends cut makes one point more.
    chart.step_s = (span + points * cell_s - cell_s - 1) / ((points - 1) * cell_s) * cell_s;
    chart.step_s = std::max(chart.step_s, cell_s);
    for (const Line& line : of->lines) {
        const Line* of_part = nullptr;
        if (part)
            for (const Line& other : part->lines)
                if (other.split == line.split) of_part = &other;
        chart.lines.push_back(line_of(query, line, of_part, from_s, to_s, chart.step_s, by_second));
    }
    std::sort(chart.lines.begin(), chart.lines.end(), stands_before);
    return chart;
}

}  // namespace qd::timeseries
