// MTTD, MTTA, MTTM and MTTR, and the course of a measure over weeks or months.

#include <algorithm>

#include "incidents/clocks.hpp"
#include "learning/parts.hpp"

namespace qd::learning {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::days longest_in_weeks{120};

/// Monday, or the first of the month, in UTC.
core::WallTime begin_of_bucket(core::WallTime at, bool months) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    if (!months) return day - (std::chrono::weekday(day) - std::chrono::Monday);
    const std::chrono::year_month_day date(day);
    return std::chrono::sys_days(date.year() / date.month() / 1);
}

core::WallTime end_of_bucket(core::WallTime begin, bool months) {
    if (!months) return begin + std::chrono::days(7);
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(begin));
    return std::chrono::sys_days((date.year() / date.month() + std::chrono::months(1)) / 1);
}

bool first_only(incidents::Measure measure) {
    return measure == incidents::Measure::mttd || measure == incidents::Measure::mtta;
}

}  // namespace

std::string_view bucket_name(const Query& query) {
    return query.to - query.from > longest_in_weeks ? "month" : "week";
}

void add_course(Measure& measure, std::span<const Timed> values, const Query& query) {
    const bool months = bucket_name(query) == "month";
    std::vector<Timed> sorted(values.begin(), values.end());
    std::ranges::stable_sort(sorted, {}, &Timed::at);
    auto next = sorted.begin();
    for (core::WallTime begin = begin_of_bucket(query.from, months); begin < query.to;) {
        const core::WallTime end = end_of_bucket(begin, months);
        std::vector<milliseconds> within;
        for (; next != sorted.end() && next->at < end; ++next) within.push_back(next->value);
        measure.buckets.push_back({begin, end, distribution(std::move(within))});
        begin = end;
    }
    measure.trend = trend(values, query.from + (query.to - query.from) / 2);
}

std::vector<Interval> intervals_of(std::span<const incidents::Incident> incidents, const Query& query) {
    std::vector<Interval> found;
    for (const incidents::Incident& incident : incidents) {
        if (incident.state == incidents::State::cancelled || incident.state == incidents::State::merged)
            continue;
        if (!query.service.empty() && incident.service != query.service) continue;
        if (query.severity && incident.severity != *query.severity) continue;
        for (std::size_t i = 0; i < incident.episodes.size(); ++i)
            if (const auto at = incident.episodes[i].started_at; at >= query.from && at < query.to)
                found.push_back({&incident, i});
    }
    std::ranges::stable_sort(found, [](const Interval& a, const Interval& b) {
        return a.episode().started_at > b.episode().started_at;
    });
    return found;
}

Source source_of(const Interval& interval, milliseconds value) {
    const incidents::Incident& incident = *interval.incident;
    return {incident.id.value,
            incident.title,
            incident.service,
            incident.severity,
            interval.index + 1,
            interval.episode().started_at,
            value,
            {}};
}

std::vector<Measure> time_measures(std::span<const Interval> intervals, const Query& query, bool whole) {
    std::vector<Measure> measures;
    for (const auto kind : {incidents::Measure::mttd, incidents::Measure::mtta, incidents::Measure::mttm,
                            incidents::Measure::mttr}) {
        Measure measure;
        measure.name = name(kind);
        measure.title = title(kind);
        measure.formula = formula(kind);
        std::vector<milliseconds> values;
        std::vector<Timed> timed;
        std::size_t unfinished = 0;
        for (const Interval& interval : intervals) {
            if (first_only(kind) && interval.index > 0) continue;
            const auto value = time_to(kind, interval.episode());
            if (!value) {
                ++unfinished;
                continue;
            }
            values.push_back(*value);
            if (!whole) continue;
            timed.push_back({interval.episode().started_at, *value});
            if (measure.sources.size() < most_sources) measure.sources.push_back(source_of(interval, *value));
        }
        measure.sources_total = values.size();
        measure.spread = distribution(std::move(values));
        if (measure.spread) measure.mean = measure.spread->mean;
        if (unfinished > 0)
            measure.note = fmt::format("{} {} not come to its end and {} left out.", unfinished,
                                       unfinished == 1 ? "interval has" : "intervals have",
                                       unfinished == 1 ? "is" : "are");
        if (whole) add_course(measure, timed, query);
        measures.push_back(std::move(measure));
    }
    return measures;
}

}  // namespace qd::learning
