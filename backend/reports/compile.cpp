#include <algorithm>
#include <charconv>

#include "reports/report.hpp"
#include "slo/calendar.hpp"

namespace qd::reports {
namespace {

std::int64_t seconds(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

bool is_in(const std::vector<slo::Span>& spans, std::int64_t at_s) {
    return std::ranges::any_of(spans, [&](const slo::Span& span) { return span.contains(at_s); });
}

bool touches(const slo::Span& month, core::WallTime from, std::optional<core::WallTime> to) {
    return seconds(from) < month.to_s && (!to || seconds(*to) >= month.from_s);
}

std::vector<Day> days_of(const Month& month) {
    std::vector<Day> days;
    for (std::int64_t at = month.span.from_s; at < month.span.to_s;) {
        days.push_back({at, {}, 0});
        const auto day = slo::period_of({slo::Period::day, month.time_zone}, at);
        if (!day || day->to_s <= at) break;  // the month was found by the same rules
        at = day->to_s;
    }
    return days;
}

Verdict judge(const ObjectiveReport& report) {
    if (report.covered_s == 0) return Verdict::no_data;
    const auto ratio = report.counts.good_ratio();
    if (!ratio) return Verdict::no_traffic;
    return *ratio >= report.objective.target ? Verdict::met : Verdict::missed;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::met:
            return "met";
        case Verdict::missed:
            return "missed";
        case Verdict::no_traffic:
            return "no_traffic";
        case Verdict::no_data:
            return "no_data";
    }
    return "no_data";
}

core::Result<Month> month_of(std::string_view name, const std::string& time_zone) {
    const auto refuse = [&] {
        return core::fail(core::Errc::invalid_argument, "\"{}\" is no month: write it as 2026-11",
                          name.substr(0, 20));
    };
    int year = 0, month = 0;
    if (name.size() != 7 || name[4] != '-') return refuse();
    const auto read = [](std::string_view text, int& value) {
        const auto end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, value);
        return parsed.ec == std::errc{} && parsed.ptr == end;
    };
    if (!read(name.substr(0, 4), year) || !read(name.substr(5), month) || year < 1970 || year > 2500 ||
        month < 1 || month > 12)
        return refuse();
    const std::chrono::sys_days middle{std::chrono::year{year} / month / 15};
    const auto span = slo::period_of({slo::Period::month, time_zone},
                                     std::chrono::seconds(middle.time_since_epoch()).count());
    if (!span) return core::Failure(span.error());
    return Month{std::string(name), time_zone, *span};
}

Report compile(const Month& month, core::WallTime now, const std::vector<Material>& objectives,
               const std::vector<slo::Alert>& alerts, const std::vector<slo::Exclusion>& exclusions,
               const std::vector<incidents::Incident>& incidents) {
    Report report{month, now, {}, {}};
    const std::int64_t until = std::min(month.span.to_s, seconds(now));
    for (const Material& material : objectives) {
        ObjectiveReport one;
        one.objective = material.objective;
        one.days = days_of(month);
        one.elapsed_s = std::max<std::int64_t>(0, until - month.span.from_s);
        const auto left_out = slo::excluded_spans(exclusions, material.objective.id);
        for (const slo::PastCell& cell : material.past.cells) {
            const std::int64_t middle = cell.at_s + cell.step_s / 2;
            if (!month.span.contains(middle)) continue;
            if (is_in(left_out, middle)) {
                one.excluded += cell.counts;
                continue;
            }
            one.counts += cell.counts;
            one.covered_s += cell.covered_s;
            const auto next = std::ranges::upper_bound(one.days, middle, {}, &Day::from_s);
            Day& day = *std::prev(next);
            day.counts += cell.counts;
            day.covered_s += cell.covered_s;
        }
        one.verdict = judge(one);
        one.allowed = (1 - one.objective.target) * double(one.counts.total);
        if (one.allowed > 0) one.spent_share = double(one.counts.bad()) / one.allowed;
        if (const auto ratio = one.counts.good_ratio(); ratio && one.objective.sla)
            one.sla_kept = *ratio >= one.objective.sla->target;
        for (const slo::Alert& alert : alerts)
            if (alert.slo_id == one.objective.id && touches(month.span, alert.started_at, alert.ended_at))
                one.alerts.push_back(alert);
        std::ranges::stable_sort(one.alerts, {}, &slo::Alert::started_at);
        for (const slo::Exclusion& exclusion : exclusions)
            if (exclusion.concerns(one.objective.id) && touches(month.span, exclusion.from, exclusion.to))
                one.exclusions.push_back(exclusion);
        report.objectives.push_back(std::move(one));
    }
    for (const incidents::Incident& incident : incidents)
        if (touches(month.span, incident.started_at, incident.resolved_at))
            report.incidents.push_back(incident);
    std::ranges::stable_sort(report.incidents, {}, &incidents::Incident::started_at);
    return report;
}

}  // namespace qd::reports
