#include <algorithm>
#include <map>

#include "core/json_fields.hpp"
#include "slo/codec.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/openslo_indicator.hpp"
#include "slo/interchange/openslo_window.hpp"
#include "slo/interchange/reader_help.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/row_sets.hpp"

namespace qd::slo::interchange {
namespace {

constexpr std::size_t max_annotation_bytes = 16 << 10;

core::Result<std::vector<BurnRow>> rows_of(const std::string& text) {
    const auto value = core::parse_json(text, max_annotation_bytes);
    if (!value) return core::Failure(value.error());
    if (!value->is_array() || value->empty() || value->size() > 8)
        return core::fail(core::Errc::invalid_argument, "must be a list of 1 to 8 rows");
    std::vector<BurnRow> rows;
    for (const auto& entry : *value) {
        auto row = burn_row_from_json(entry);
        if (!row) return core::Failure(row.error());
        rows.push_back(*row);
    }
    return rows;
}

core::Result<Sla> sla_of(const std::string& text) {
    const auto value = core::parse_json(text, max_annotation_bytes);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    const auto target = fields.number("objective");
    if (!target) fields.refuse("objective", "is missing");
    return fields.finish(Sla{target.value_or(0), fields.text("consequence")});
}

/// What the annotations say of the objective.
struct Annotated {
    std::vector<BurnRow> rows;
    std::optional<Sla> sla;
    std::string route;
    std::int64_t window_s = 0;  // 0: the timeWindow is exact
    std::int64_t slice_s = 0;   // 0: the timeSliceWindow is
    std::optional<AbsentRule> absent;
    BudgetPolicy policy;
};

constexpr const char* annotation_keys[] = {
    annotation::rows,          annotation::sla,    annotation::route, annotation::window_seconds,
    annotation::slice_seconds, annotation::absent, annotation::policy};

core::Result<AbsentRule> absent_of(const std::string& text) {
    const auto value = core::parse_json(text, max_annotation_bytes);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    const auto after_s = fields.need("after_s", fields.count("after_s"));
    const auto severity = fields.need("severity", fields.count("severity"));
    if (severity < 1 || severity > 4) fields.refuse("severity", "must be 1 to 4");
    return fields.finish(
        AbsentRule{std::int64_t(std::min<std::uint64_t>(after_s, INT64_MAX)), Severity(severity)});
}

core::Result<BudgetPolicy> policy_of(const std::string& text) {
    const auto value = core::parse_json(text, max_annotation_bytes);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    return fields.finish(BudgetPolicy{fields.flag("freeze_rollouts")});
}

Annotated read_annotations(core::ConfigReader& metadata, std::vector<std::string>& notes) {
    Annotated found;
    if (!metadata.has("annotations")) return found;
    core::ConfigReader reader = metadata.child("annotations");
    const auto take = [&](const char* key, auto&& parse, auto& into) {
        if (!reader.has(key)) return;
        auto value = parse(reader.get<std::string>(key, ""));
        if (value)
            into = std::move(*value);
        else
            reader.reject(key, value.error().message);
    };
    take(annotation::rows, rows_of, found.rows);
    take(annotation::sla, sla_of, found.sla);
    found.route = reader.get<std::string>(annotation::route, "");
    take(annotation::absent, absent_of, found.absent);
    take(annotation::policy, policy_of, found.policy);
    found.window_s = reader.get_in_range<std::int64_t>(annotation::window_seconds, 0, 0, 90 * 86'400);
    found.slice_s = reader.get_in_range<std::int64_t>(annotation::slice_seconds, 0, 0, 3'600);
    for (const auto& [key, value] : metadata.get<std::map<std::string, YAML::Node>>("annotations", {}))
        if (std::ranges::find(annotation_keys, std::string_view(key)) == std::end(annotation_keys))
            leave_out(reader, key, "is not kept", notes);
    close_child(reader, metadata);
    return found;
}

/// What an entry of spec.objectives says of `objective`, but for its name.
struct Goal {
    double target = 0;
    std::string title;
    Indicator indicator;
    std::optional<Timeslices> slices;
};

/// op and value, which stand apart from the thresholdMetric that they belong to.
Indicator read_threshold(core::ConfigReader& entry, Indicator indicator) {
    auto* threshold = std::get_if<ThresholdIndicator>(&indicator);
    const bool gauge = std::holds_alternative<BoolGaugeIndicator>(indicator);
    if (!threshold && !gauge) {
        for (const char* key : {"op", "value"})
            if (entry.has(key)) entry.reject(key, cannot_say::stray_threshold);
        return indicator;
    }
    const auto op = parse_comparison(entry.require<std::string>("op"));
    const auto value = entry.require<double>("value");
    if (!op && entry.has("op")) entry.reject("op", "must be lt, lte, gt or gte");
    if (gauge && op && (*op != Comparison::gte || value != 1))
        entry.reject("op", "must be gte and value 1 for a bool_gauge");
    if (threshold && op) threshold->op = *op;
    if (threshold) threshold->bound = value;
    return indicator;
}

Goal read_goal(core::ConfigReader& entry, const Indicator& indicator, bool slices, std::int64_t slice_s) {
    Goal goal;
    goal.indicator = read_threshold(entry, indicator);
    if (slices) goal.slices = read_openslo_slices(entry, slice_s);
    for (const char* key : {"timeSliceTarget", "timeSliceWindow"})
        if (!slices && entry.has(key)) entry.reject(key, cannot_say::stray_slices);
    for (const char* key : {"compositeWeight", "indicator", "indicatorRef"})
        if (entry.has(key)) entry.reject(key, cannot_say::composite);
    goal.title = entry.get<std::string>("displayName", "");
    if (entry.has("target") == entry.has("targetPercent"))
        entry.reject("target", "or 'targetPercent' must be given, one of the two");
    else if (entry.has("target"))
        goal.target = entry.get_in_range<double>("target", 0, 0, 1);
    else
        goal.target = ratio_of_percent(entry.get_in_range<double>("targetPercent", 0, 0, 100));
    return goal;
}

using Indicators = std::map<std::string, Indicator>;

Indicator indicator_of(core::ConfigReader& spec, const Indicators& named, std::vector<std::string>& notes) {
    Indicator indicator;
    if (spec.has("indicator") == spec.has("indicatorRef")) {
        spec.reject("indicator", "or 'indicatorRef' must be given, one of the two");
    } else if (spec.has("indicator")) {
        core::ConfigReader owner = spec.child("indicator");
        indicator = read_openslo_indicator(owner, notes);
        close_child(owner, spec);
    } else {
        const auto name = spec.get<std::string>("indicatorRef", "");
        if (const auto at = named.find(name); at != named.end())
            indicator = at->second;
        else
            spec.reject("indicatorRef",
                        fmt::format("is '{}', and no SLI in this file is called so", name.substr(0, 80)));
    }
    return indicator;
}

core::Result<> read_slo(core::ConfigReader& document, const Indicators& named, Reading& reading) {
    (void)document.get<std::string>("apiVersion", "");
    (void)document.get<std::string>("kind", "");
    for (const char* key : {"metadata", "spec"})
        if (!document.has(key)) document.reject(key, "is missing");
    core::ConfigReader metadata = document.child("metadata"), spec = document.child("spec");
    const auto name = metadata.require<std::string>("name");
    leave_out(metadata, "labels", "are not kept", reading.notes);
    const Annotated annotated = read_annotations(metadata, reading.notes);

    Objective objective;
    objective.title = metadata.get<std::string>("displayName", name);
    objective.service = spec.get<std::string>("service", "");
    objective.route = annotated.route;
    objective.sla = annotated.sla;
    leave_out(spec, "description", "is not kept", reading.notes);
    objective.indicator = indicator_of(spec, named, reading.notes);
    objective.absent = annotated.absent;
    objective.policy = annotated.policy;
    read_openslo_window(spec, annotated.window_s, objective);
    const auto budgeting = spec.get<std::string>("budgetingMethod", "Occurrences");
    const bool slices = budgeting == "Timeslices";
    if (!slices && budgeting != "Occurrences") spec.reject("budgetingMethod", cannot_say::budgeting);
    if (!spec.children("alertPolicies").empty()) spec.reject("alertPolicies", cannot_say::alert_policy);
    auto goals = spec.children("objectives");
    if (goals.empty() || goals.size() > 20) spec.reject("objectives", "must be a list of 1 to 20");
    std::vector<Objective> objectives;
    for (std::size_t i = 0; i < goals.size(); ++i) {
        Goal goal = read_goal(goals[i], objective.indicator, slices, annotated.slice_s);
        close_child(goals[i], spec);
        Objective one = objective;
        one.id = SloId(goals.size() == 1 ? name : fmt::format("{}-{}", name, i + 1));
        if (goals.size() > 1 && !goal.title.empty()) one.title = goal.title;
        one.target = goal.target;
        one.indicator = std::move(goal.indicator);
        one.timeslices = goal.slices;
        objectives.push_back(std::move(one));
    }
    close_child(metadata, document);
    close_child(spec, document);
    if (auto done = document.finish(); !done) return done;
    for (Objective& one : objectives) {
        one.rows = annotated.rows;
        if (one.rows.empty() && one.window_s >= 60 && one.target > 0 && one.target < 1)
            one.rows = scaled_rows(RowSet::google, one.window_s, one.target, one.indicator);
        keep(std::move(one), metadata, "name", reading);
    }
    return metadata.finish();
}

core::Result<> read_sli(core::ConfigReader& document, Indicators& into, std::vector<std::string>& notes) {
    (void)document.get<std::string>("apiVersion", "");
    (void)document.get<std::string>("kind", "");
    core::ConfigReader metadata = document.child("metadata");
    const auto name = document.has("metadata") ? metadata.get<std::string>("name", "") : std::string();
    if (name.empty()) document.reject("metadata", "must hold a name");
    Indicator indicator = read_openslo_indicator(document, notes);
    if (!into.emplace(name, std::move(indicator)).second)
        document.reject("metadata", fmt::format("names a second SLI '{}'", name.substr(0, 80)));
    return document.finish();
}

}  // namespace

core::Result<Reading> read_openslo(std::vector<core::ConfigReader> documents) {
    Reading reading;
    Indicators named;
    std::vector<core::ConfigReader*> slos;
    for (core::ConfigReader& document : documents) {
        if (document.get<std::string>("apiVersion", "") != "openslo/v1") {
            document.reject("apiVersion", "must be openslo/v1 for every document of the file");
            return core::Failure(document.finish().error());
        }
        const auto kind = document.get<std::string>("kind", "");
        if (kind == "SLO") {
            slos.push_back(&document);
        } else if (kind == "SLI") {
            if (auto read = read_sli(document, named, reading.notes); !read)
                return core::Failure(read.error());
        } else if (kind == "Service" || kind == "DataSource") {
            leave_out(document, "kind", fmt::format("{} is not kept", kind), reading.notes);
        } else {
            document.reject("kind", kind.starts_with("Alert")
                                        ? cannot_say::alert_policy
                                        : "must be SLO or SLI (Service and DataSource are read over)");
            return core::Failure(document.finish().error());
        }
    }
    for (core::ConfigReader* document : slos)
        if (auto read = read_slo(*document, named, reading); !read) return core::Failure(read.error());
    return reading;
}

}  // namespace qd::slo::interchange
