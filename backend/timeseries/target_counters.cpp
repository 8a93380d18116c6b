#include "timeseries/target_counters.hpp"

#include <algorithm>
#include <cmath>

namespace qd::timeseries {
namespace {

constexpr double same_start_s = 0.5;  // the kernel tells it in ticks of 10 ms
constexpr std::string_view start_metric = "process_start_time_seconds";

double seconds(core::WallTime at) {
    return double(at.time_since_epoch().count()) / 1000;
}

}  // namespace

std::string_view SeriesRef::label(std::string_view label_name) const {
    for (const Label& label : labels)
        if (label.first == label_name) return label.second;
    return label_name == "instance" ? instance : std::string_view{};
}

void TargetCounters::reroute() {
    for (auto& [text, series] : series_) {
        const std::string_view whole(text);
        const std::size_t brace = whole.find('{');
        const std::string_view name = whole.substr(0, brace);
        std::vector<Label> labels;
        if (brace != std::string_view::npos)
            if (auto parsed = parse_labels(whole.substr(brace + 1, whole.rfind('}') - brace - 1)))
                labels = std::move(*parsed);
        series.baseline = series.fresh;
        series.routes = {};
        router_(SeriesRef{name, labels, instance_}, series.routes);
    }
}

core::Result<Additions> TargetCounters::ingest(std::string_view text, core::WallTime at,
                                               std::optional<core::WallTime> watching_since,
                                               const std::function<void()>& met) {
    ++round_;
    std::vector<Series*> read;
    read.reserve(series_.size());
    std::optional<double> started;
    std::optional<core::Error> refused;
    auto parsed = parse_exposition(text, [&](const SampleLine& sample) {
        if (refused) return;
        if (kind_.page && sample.name == start_metric) started = sample.value;
        auto found = series_.find(sample.series);
        if (found == series_.end()) {
            const auto labels = parse_labels(sample.labels);
            if (!labels) {
                refused = labels.error();
                return;
            }
            if (series_.size() >= max_series) {
                refused = core::Error{core::Errc::too_large, fmt::format("more than {} series", max_series)};
                return;
            }
            found = series_.try_emplace(std::string(sample.series)).first;
            router_(SeriesRef{sample.name, *labels, instance_}, found->second.routes);
        }
        Series& series = found->second;
        if (series.routes.counters.empty() && series.routes.gauges.empty() && series.routes.judged.empty())
            return;
        series.current = sample.value;
        if (series.round != round_) read.push_back(&series);
        series.round = round_;
    });
    if (!parsed) return core::Failure(parsed.error());
    if (refused) return core::Failure(*refused);
    if (met) met();

    const bool restarted = started && started_ && std::abs(*started - *started_) > same_start_s;
    const bool known = last_at_.has_value();
    const bool gap = known && at - *last_at_ > kind_.longest_gap;
    // Nothing that a young process has counted can have been counted by us before, nor belong to a gap of
    // ours.
    const double age_s = started ? seconds(at) - *started : -1;
    const bool young =
        age_s > -same_start_s && age_s <= std::chrono::duration<double>(kind_.longest_gap).count();
    const bool ours = young && watching_since && *started > seconds(*watching_since) - same_start_s;
    const bool all_is_new = known ? restarted && (!gap || young) : ours;
    const bool baseline = !all_is_new && (!known || gap);

    const auto went_down = [](const Series* series) {
        return !series->fresh && series->routes.judged.empty() && series->current < series->last;
    };
    // All of it waits, so that good and bad events stay together.
    if (kind_.sums && !baseline && std::any_of(read.begin(), read.end(), went_down))
        return Additions{std::vector<double>(slots_), std::vector<bool>(slots_), false};

    Additions additions{std::vector<double>(slots_), std::vector<bool>(slots_), !baseline};
    if (known && !baseline) additions.span_s = seconds(at) - seconds(*last_at_);
    if (all_is_new && age_s >= 0) additions.span_s = known ? std::min(additions.span_s, age_s) : age_s;
    for (Series* series : read) {
        double added = 0;
        const bool first = series->baseline && !restarted && !all_is_new;
        if (!baseline && !first && std::isfinite(series->current)) {
            const bool from_zero = series->fresh || restarted || all_is_new || series->current < series->last;
            // One that was not saved may be old all the same: nobody counted it then.
            const bool unknown = series->fresh && (kind_.sums || (resumed_ && !restarted));
            if (!unknown) added = std::max(0.0, from_zero ? series->current : series->current - series->last);
        }
        for (const Slot slot : series->routes.counters) {
            additions.values[slot] += added;
            additions.touched[slot] = true;
        }
        for (const Slot slot : series->routes.gauges) {
            if (std::isfinite(series->current)) additions.values[slot] += series->current;
            additions.touched[slot] = true;
        }
        for (const Judgement& judged : series->routes.judged) {
            if (std::isnan(series->current)) continue;
            additions.values[judged.total] += 1;
            additions.values[judged.good] += slo::holds(series->current, judged.op, judged.bound);
        }
        if (std::isfinite(series->current)) series->last = series->current;
        series->fresh = series->baseline = false;
    }
    last_at_ = at;
    resumed_ = false;
    if (started) started_ = started;
    if (kind_.sums && series_.size() > 2 * read.size() + 1'000)
        std::erase_if(series_, [&](const auto& one) { return one.second.round != round_; });
    return additions;
}

void TargetCounters::route_more(const Router& router, std::size_t slot_count) {
    slots_ = slot_count;
    for (auto& [text, series] : series_) {
        const std::size_t brace = std::min(text.find('{'), text.size());
        std::string_view name(text.data(), brace), inside;
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        if (brace < text.size())
            inside = std::string_view(text).substr(brace + 1, text.rfind('}') - brace - 1);
        if (const auto labels = parse_labels(inside)) router(SeriesRef{name, *labels}, series.routes);
    }
}

std::optional<Baseline> TargetCounters::baseline() const {
    if (!last_at_) return std::nullopt;
    Baseline baseline{*last_at_, {}};
    auto into = std::back_inserter(baseline.text);
    if (started_) fmt::format_to(into, "{} {}\n", start_metric, *started_);
    for (const auto& [name, series] : series_)
        if (!series.fresh && !series.routes.counters.empty())
            fmt::format_to(into, "{} {}\n", name, series.last);
    return baseline;
}

core::Result<> TargetCounters::resume(const Baseline& baseline) {
    // As the first scrape nothing of it is counted. What cannot be read to its end leaves no first scrape.
    if (auto read = ingest(baseline.text, baseline.at, std::nullopt); !read)
        return core::Failure(read.error());
    resumed_ = true;
    return {};
}

}  // namespace qd::timeseries
