#include "timeseries/panel_series.hpp"

#include <algorithm>

#include "timeseries/objective_counter.hpp"

namespace qd::timeseries {
namespace {

constexpr std::size_t max_left_out = 50;
constexpr std::size_t max_split_bytes = 200;
constexpr std::int64_t longest_spread_s = TargetKind{}.longest_gap.count();
constexpr std::int64_t longest_roll_s = 60;
static_assert(longest_spread_s < longest_roll_s);

}  // namespace

std::vector<PanelSeries::Input> PanelSeries::inputs_of(const dashboards::Query& query) {
    using dashboards::Function;
    std::vector<Input> inputs(1);
    inputs[0].kind = query.function == Function::gauge      ? Kind::gauge
                     : query.function == Function::quantile ? Kind::histogram
                                                            : Kind::counter;
    inputs[0].selector = query.of;
    inputs[0].by = query.by;
    if (query.function == Function::ratio) {
        inputs.emplace_back();
        inputs[1].selector = query.part;
        inputs[1].by = query.by;
    }
    return inputs;
}

const PanelSeries::Input* PanelSeries::find(const Input& wanted) const {
    const auto at =
        std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& input) { return input.same(wanted); });
    return at == inputs_.end() ? nullptr : &*at;
}

std::optional<Slot> PanelSeries::allocate() {
    if (used_ == slot_count) return std::nullopt;
    return first_ + used_++;
}

void PanelSeries::leave_out(std::string what) {
    if (left_out_.size() < max_left_out &&
        std::find(left_out_.begin(), left_out_.end(), what) == left_out_.end())
        left_out_.push_back(std::move(what));
}

std::vector<std::string> PanelSeries::follow(const std::vector<dashboards::Query>& queries) {
    std::vector<std::string> fresh;
    std::vector<Input> before = std::move(inputs_);
    inputs_.clear();
    left_out_.clear();
    used_ = 0;
    std::size_t lines = 0;
    for (const dashboards::Query& query : queries)
        for (Input& wanted : inputs_of(query)) {
            if (find(wanted)) continue;
            const auto known = std::find_if(before.begin(), before.end(),
                                            [&](const Input& input) { return input.same(wanted); });
            const bool was_known = known != before.end();
            Input input = was_known ? std::move(*known) : std::move(wanted);
            if (was_known) before.erase(known);
            if (input.by.empty() && input.lines.empty()) input.lines.emplace_back();
            const auto seen = allocate();
            lines += input.lines.size();
            if (!seen || lines > max_lines) {
                lines -= input.lines.size();
                leave_out(fmt::format("{} is not kept: more than {} lines are asked for",
                                      dashboards::describe(query), max_lines));
                continue;
            }
            input.seen = *seen;
            for (Line& line : input.lines) {
                line.slot.reset();
                for (Bound& bound : line.bounds) bound.slot.reset();
                if (input.by.empty()) line.slot = allocate();
            }
            if (!was_known) fresh.push_back(input.text());
            inputs_.push_back(std::move(input));
        }
    return fresh;
}

PanelSeries::Line* PanelSeries::line_for(Input& input, const SeriesRef& series) {
    if (input.by.empty()) return &input.lines.front();
    const std::string split(series.label(input.by));
    const auto known = std::find_if(input.lines.begin(), input.lines.end(),
                                    [&](const Line& line) { return line.split == split; });
    Line* line = known == input.lines.end() ? nullptr : &*known;
    if (!line) line = make_line(input, split);
    if (!line) return nullptr;
    if (!line->slot) line->slot = allocate();
    if (line->slot) return line;
    leave_out(fmt::format("{} is left out: too many histogram bounds are kept", input.selector.metric));
    return nullptr;
}

PanelSeries::Line* PanelSeries::make_line(Input& input, const std::string& split) {
    const std::string name = fmt::format("{} by {}: '{}'", input.selector.metric, input.by,
                                         std::string_view(split).substr(0, max_split_bytes));
    if (split.size() > max_split_bytes) return leave_out(name + " is too long for a label"), nullptr;
    // A value that has not been seen for as long as seconds are kept makes room.
    if (input.lines.size() >= dashboards::max_series)
        std::erase_if(input.lines,
                      [&](const Line& old) { return std::max(old.met, old.last_covered) + kept_s < now_; });
    std::size_t lines = 0;
    for (const Input& other : inputs_) lines += other.lines.size();
    if (input.lines.size() >= dashboards::max_series || lines >= max_lines) {
        leave_out(fmt::format("{} is left out: more than {} lines{}", name,
                              lines >= max_lines ? max_lines : dashboards::max_series,
                              lines >= max_lines ? " are kept" : ""));
        return nullptr;
    }
    Line& line = input.lines.emplace_back();
    line.split = split;
    line.met = now_;
    return &line;
}

void PanelSeries::route_bucket(Line& line, const Input& input, std::string_view le, Routes& routes) {
    const auto value = parse_value(le);
    if (!value || !std::isfinite(*value)) return;  // +Inf is the _count
    auto at = std::lower_bound(line.bounds.begin(), line.bounds.end(), *value,
                               [](const Bound& bound, double wanted) { return bound.le < wanted; });
    if (at == line.bounds.end() || at->le != *value) {
        if (line.bounds.size() == max_bounds)
            return leave_out(fmt::format("{}: bounds beyond the first {} are left out", input.selector.metric,
                                         max_bounds));
        at = line.bounds.insert(at, Bound{*value, {}});
    }
    if (!at->slot) at->slot = allocate();
    if (at->slot)
        routes.counters.push_back(*at->slot);
    else
        leave_out(fmt::format("{}: too many histogram bounds are kept", input.selector.metric));
}

void PanelSeries::route(const SeriesRef& series, Routes& routes) {
    for (Input& input : inputs_) {
        const std::string_view metric = input.selector.metric;
        if (!series.name.starts_with(metric)) continue;
        const std::string_view rest = series.name.substr(metric.size());
        const bool bucket = input.kind == Kind::histogram && rest == "_bucket";
        if (!bucket && rest != (input.kind == Kind::histogram ? "_count" : "")) continue;
        if (!bucket) routes.counters.push_back(input.seen);
        if (!selects(input.selector, metric, series)) continue;
        Line* line = line_for(input, series);
        if (!line || !line->slot) continue;
        if (bucket)
            route_bucket(*line, input, series.label("le"), routes);
        else
            (input.kind == Kind::gauge ? routes.gauges : routes.counters).push_back(*line->slot);
    }
}

void PanelSeries::clear(std::int64_t first_second, std::int64_t last_second) {
    const auto clear_minute = [](Line& line, std::int64_t minute) {
        for (PanelRing* ring : {&line.minutes, &line.covered, &line.lows, &line.highs}) ring->clear(minute);
        for (Bound& bound : line.bounds) bound.minutes.clear(minute);
    };
    // A minute that begins in the span is a new one.
    const std::int64_t first_minute = std::max((first_second + 59) / 60, last_second / 60 - kept_minutes + 1);
    first_second = std::max(first_second, last_second - kept_s + 1);
    for (Input& input : inputs_)
        for (Line& line : input.lines) {
            for (std::int64_t second = first_second; second <= last_second; ++second) {
                line.seconds.clear(second);
                for (Bound& bound : line.bounds) bound.seconds.clear(second);
            }
            for (std::int64_t minute = first_minute; minute <= last_second / 60; ++minute)
                clear_minute(line, minute);
        }
}

void PanelSeries::roll(std::int64_t minute) {
    for (Input& input : inputs_)
        for (Line& line : input.lines) {
            float sum = 0, covered = 0, low = PanelRing::none, high = PanelRing::none;
            for (std::int64_t second = minute * 60; second < minute * 60 + 60; ++second) {
                const float value = is_kept(second) ? line.seconds.at(second) : PanelRing::none;
                if (std::isnan(value)) continue;
                sum += value;
                ++covered;
                low = std::fmin(low, value);
                high = std::fmax(high, value);
            }
            if (covered == 0) continue;
            line.minutes.set(minute, sum);
            line.covered.set(minute, covered);
            line.lows.set(minute, low);
            line.highs.set(minute, high);
            for (Bound& bound : line.bounds) {
                float count = 0;
                for (std::int64_t second = minute * 60; second < minute * 60 + 60; ++second)
                    if (is_kept(second) && !std::isnan(bound.seconds.at(second)))
                        count += bound.seconds.at(second);
                if (count > 0) bound.minutes.set(minute, count);
            }
        }
}

void PanelSeries::advance(std::int64_t second, std::int64_t bridge_from) {
    if (second < now_) {
        // The clock was set back: what was counted in what is now the future would be counted twice.
        clear(second, now_);
        now_ = second - 1;
    } else {
        // The last rounds may have reached back over the end of a minute.
        for (std::int64_t minute = std::max<std::int64_t>(0, now_ - longest_roll_s) / 60; minute <= now_ / 60;
             ++minute)
            roll(minute);
    }
    if (second > now_) clear(now_ + 1, second);
    // A second round within a second: its readings stand in place of the first's.
    if (second == now_)
        for (Input& input : inputs_)
            for (Line& line : input.lines)
                if (input.kind == Kind::gauge) line.seconds.clear(second);
    if (bridge_from > now_ + 1 || unbroken_since_ > second) unbroken_since_ = second;
    bridge_from_ = std::clamp(bridge_from, unbroken_since_, second);
    now_ = second;
}

void PanelSeries::take(const Additions& additions) {
    const auto spread_s = std::clamp<std::int64_t>(std::llround(additions.span_s), 1, longest_spread_s);
    const std::int64_t since = std::max(now_ - spread_s + 1, unbroken_since_);
    const float share = 1.0F / float(spread_s);
    for (Input& input : inputs_) {
        if (!additions.touched[input.seen]) continue;
        const bool gauge = input.kind == Kind::gauge;
        // A baseline tells that the process is there, not what happened in this second.
        if (!gauge && !additions.counted) continue;
        for (Line& line : input.lines) {
            if (!line.slot || (!input.by.empty() && !additions.touched[*line.slot])) continue;
            if (gauge && !additions.touched[*line.slot]) continue;
            const float value = float(additions.values[*line.slot]) * (gauge ? 1 : share);
            for (std::int64_t second = gauge ? bridge_from_ : since; second <= now_; ++second) {
                line.seconds.add(second, value);
                for (Bound& bound : line.bounds)
                    if (bound.slot && additions.values[*bound.slot] > 0)
                        bound.seconds.add(second, float(additions.values[*bound.slot]) * share);
            }
            line.last_covered = now_;
        }
    }
}

}  // namespace qd::timeseries
