#include "slo/objective.hpp"

#include <algorithm>
#include <cmath>

namespace qd::slo {
namespace {

constexpr std::size_t max_text = 300, max_name = 200;
constexpr std::size_t max_rows = 8;
constexpr std::size_t max_matchers = 16;
constexpr std::size_t max_patterns = 32;
constexpr std::size_t max_expression = 8 << 10;
constexpr std::size_t max_group_labels = 5;
constexpr std::size_t max_grouped_id = 48;  // room for the group's own name

template <class... Args>
core::Failure wrong(fmt::format_string<Args...> format, Args&&... args) {
    return core::fail(core::Errc::invalid_argument, format, std::forward<Args>(args)...);
}

bool is_name(std::string_view text) {
    if (text.empty() || text.size() > 200 || (text[0] >= '0' && text[0] <= '9')) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == ':';
    });
}

core::Result<> check(const std::vector<LabelMatcher>& labels) {
    if (labels.size() > max_matchers) return wrong("indicator: more than {} labels", max_matchers);
    for (const LabelMatcher& matcher : labels) {
        if (!is_name(matcher.name))
            return wrong("indicator: '{}' is no label name", matcher.name.substr(0, 60));
        if (matcher.patterns.empty() || matcher.patterns.size() > max_patterns ||
            matcher.text().size() > max_text)
            return wrong("indicator: label {} needs 1 to {} patterns of {} bytes in all", matcher.name,
                         max_patterns, max_text);
    }
    return {};
}

core::Result<> check(const Selector& selector) {
    if (!is_name(selector.metric))
        return wrong("indicator: '{}' is no metric name", selector.metric.substr(0, 60));
    return check(selector.labels);
}

core::Result<> check(const PromqlIndicator& promql) {
    for (const std::string* expression : {&promql.good, &promql.total})
        if (expression->find_first_not_of(" \t\r\n") == std::string::npos ||
            expression->size() > max_expression)
            return wrong("indicator: good and total must be PromQL of at most {} bytes", max_expression);
    return check(promql.labels);
}

core::Result<> check(const Indicator& indicator) {
    if (const auto* ratio = std::get_if<RatioIndicator>(&indicator)) {
        if (auto good = check(ratio->good); !good) return good;
        return check(ratio->total);
    }
    if (const auto* latency = std::get_if<LatencyIndicator>(&indicator)) {
        if (!(latency->threshold_s > 0 && latency->threshold_s <= 3600))
            return wrong("indicator: the threshold must be above 0 and at most 3600 s");
        return check(latency->histogram);
    }
    if (const auto* threshold = std::get_if<ThresholdIndicator>(&indicator)) {
        if (!std::isfinite(threshold->bound)) return wrong("indicator: the value must be a finite number");
        return check(threshold->gauge);
    }
    if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&indicator)) return check(gauge->gauge);
    if (const auto* promql = std::get_if<PromqlIndicator>(&indicator)) return check(*promql);
    const auto& time = std::get<TimeIndicator>(indicator);
    if (auto good = check(time.good); !good) return good;
    return check(time.bad);
}

core::Result<> check_extras(const Objective& objective) {
    if (objective.timeslices) {
        const Timeslices& slices = *objective.timeslices;
        if (slices.slice_s < 1 || slices.slice_s > 3600 || 3600 % slices.slice_s != 0)
            return wrong("timeslices: {} s does not divide an hour", slices.slice_s);
        if (!(slices.target > 0 && slices.target <= 1))
            return wrong("timeslices: the target must be above 0 and at most 100 %");
    }
    if (objective.absent && (objective.absent->after_s < 10 || objective.absent->after_s > 86'400))
        return wrong("absent: after_s must lie between 10 s and a day");
    return {};
}

core::Result<> check_groups(const Objective& objective) {
    if (objective.group_by.empty()) return {};
    if (objective.group_by.size() > max_group_labels)
        return wrong("group_by: at most {} labels", max_group_labels);
    if (objective.id.value.size() > max_grouped_id)
        return wrong("group_by: an id of more than {} bytes leaves no room for the groups' names",
                     max_grouped_id);
    for (const std::string& label : objective.group_by) {
        if (!is_name(label)) return wrong("group_by: '{}' is no label name", label.substr(0, 60));
        if (label == "le") return wrong("group_by: 'le' tells the buckets of one histogram apart");
        if (std::ranges::count(objective.group_by, label) > 1)
            return wrong("group_by: '{}' is given twice", label);
    }
    return {};
}

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

const BurnRow& Objective::fastest_row() const {
    return *std::min_element(rows.begin(), rows.end(), [](const BurnRow& a, const BurnRow& b) {
        return std::pair(a.outage, a.short_s) < std::pair(b.outage, b.short_s);
    });
}

std::string_view unit_of(const Objective& objective) {
    return objective.timeslices ? "slices" : unit_of(objective.indicator);
}

std::string definition_of(const Objective& objective) {
    std::string text = describe(objective.indicator);
    if (objective.timeslices)
        text += fmt::format(" in slices of {} s at {}", objective.timeslices->slice_s,
                            objective.timeslices->target);
    if (!objective.source.empty()) text += " from " + objective.source;
    if (objective.group)
        for (const auto& [name, value] : objective.group->labels)
            text += fmt::format(" of {}={}", name, value);
    return text;
}

core::Result<> check(const Objective& objective) {
    if (!is_id(objective.id.value)) return wrong("id: must be 1 to 64 of a-z, 0-9 and '-'");
    // An incident is named after them, and has to hold them.
    if (objective.title.empty() || objective.title.size() > max_name)
        return wrong("title: must have 1 to {} bytes", max_name);
    if (objective.service.size() > max_name || objective.route.size() > max_name)
        return wrong("service and route: at most {} bytes", max_name);
    if (!(objective.target > 0 && objective.target < 1))
        return wrong("objective: must lie between 0 and 100 %");
    if (objective.calendar) {
        if (auto period = period_of(*objective.calendar, 0); !period)
            return wrong("window: {}", period.error().message);
        if (objective.window_s < 1 || objective.window_s > longest_s(objective.calendar->period))
            return wrong("window: longer than its period can be");
    } else if (objective.window_s < 60 || objective.window_s > 90 * 86'400)
        return wrong("window_s: must lie between 60 s and 90 days");
    if (objective.sla) {
        if (!(objective.sla->target > 0 && objective.sla->target <= objective.target))
            return wrong("sla: must not promise more than the objective");
        if (objective.sla->consequence.size() > max_text)
            return wrong("sla: at most 300 bytes of consequence");
    }
    if (auto fits = check(objective.indicator); !fits) return fits;
    if (!objective.source.empty() && !is_id(objective.source))
        return wrong("source: must be 1 to 64 of a-z, 0-9 and '-'");
    if (objective.source.empty() && std::holds_alternative<PromqlIndicator>(objective.indicator))
        return wrong("indicator: PromQL is a question to a Prometheus: it needs a 'source'");
    if (objective.rows.empty() || objective.rows.size() > max_rows)
        return wrong("rows: needs 1 to {}", max_rows);
    if (objective.rows.size() == std::size_t(std::ranges::count_if(objective.rows, &BurnRow::outage)))
        return wrong("rows: needs one beside the outage row");
    if (auto fits = check_extras(objective); !fits) return fits;
    if (auto fits = check_groups(objective); !fits) return fits;
    for (const BurnRow& row : objective.rows) {
        if (auto fits = check(row, objective.target); !fits) return fits;
        if (objective.timeslices && row.short_s < objective.timeslices->slice_s)
            return wrong("rows: {} s is shorter than a slice of {} s", row.short_s,
                         objective.timeslices->slice_s);
        if (row.long_s > objective.window_s)
            return wrong("rows: {} s is longer than the window of {} s", row.long_s, objective.window_s);
    }
    return {};
}

}  // namespace qd::slo
