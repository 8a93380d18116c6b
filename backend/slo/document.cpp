#include "slo/document.hpp"

#include <cmath>
#include <map>

#include "core/config.hpp"

namespace qd::slo {
namespace {

constexpr std::size_t max_objectives = 200;

std::vector<LabelMatcher> read_labels(core::ConfigReader& reader) {
    std::vector<LabelMatcher> matchers;
    const auto labels = reader.get<std::map<std::string, std::string>>("labels", {});
    for (const auto& [name, text] : labels) matchers.push_back(LabelMatcher::parse(name, text));
    return matchers;
}

Selector read_selector(core::ConfigReader& parent, const std::string& key) {
    if (!parent.has(key)) parent.reject(key, "is missing");
    core::ConfigReader reader = parent.child(key);
    Selector selector{reader.require<std::string>("metric"), read_labels(reader)};
    if (parent.has(key)) {
        (void)reader.finish();
        parent.merge(reader);
    }
    return selector;
}

Indicator read_indicator(core::ConfigReader& reader) {
    const auto kind = reader.require<std::string>("kind");
    if (kind == "ratio") return RatioIndicator{read_selector(reader, "good"), read_selector(reader, "total")};
    if (kind == "time") {
        const bool within = reader.has("total");
        return TimeIndicator{read_selector(reader, within ? "total" : "good"), read_selector(reader, "bad"),
                             within};
    }
    if (kind == "latency" && !reader.has("threshold_ms")) reader.reject("threshold_ms", "is missing");
    if (kind == "latency")
        return LatencyIndicator{Selector{reader.require<std::string>("metric"), read_labels(reader)},
                                reader.get_in_range<double>("threshold_ms", 0, 0.001, 3.6e6) / 1000};
    if (kind == "threshold") {
        ThresholdIndicator threshold{
            Selector{reader.require<std::string>("metric"), read_labels(reader)}, {}, 0};
        if (const auto op = parse_comparison(reader.require<std::string>("op")))
            threshold.op = *op;
        else
            reader.reject("op", "must be lt, lte, gt or gte");
        threshold.bound = reader.require<double>("value");
        return threshold;
    }
    if (kind == "bool_gauge")
        return BoolGaugeIndicator{Selector{reader.require<std::string>("metric"), read_labels(reader)}};
    if (kind == "promql")
        return PromqlIndicator{reader.require<std::string>("good"), reader.require<std::string>("total"),
                               read_labels(reader)};
    reader.reject("kind", "must be ratio, latency, time, threshold, bool_gauge or promql");
    return {};
}

/// Percent to a ratio without the noise of binary fractions: 99.9 -> 0.999.
double ratio(double percent) {
    return std::round(percent * 1e9) / 1e11;
}

BurnRow read_row(core::ConfigReader& reader) {
    BurnRow row;
    row.short_s = reader.require<std::int64_t>("short_s");
    row.long_s = reader.require<std::int64_t>("long_s");
    row.factor = reader.require<double>("factor");
    row.min_events = reader.get<std::uint64_t>("min_events", row.min_events);
    row.min_bad = reader.get<std::uint64_t>("min_bad", row.min_bad);
    row.severity = Severity(reader.get_in_range<int>("severity", 2, 1, 4));
    row.clear_share = reader.get<double>("clear_share", row.clear_share);
    row.clear_s = reader.get<std::int64_t>("clear_s", row.clear_s);
    return row;
}

/// Reads the mapping under `key`, if there is one, and refuses what else it holds.
template <class Read>
void read_part(core::ConfigReader& parent, const std::string& key, Read read_fields) {
    if (!parent.has(key)) return;
    core::ConfigReader reader = parent.child(key);
    read_fields(reader);
    (void)reader.finish();
    parent.merge(reader);
}

/// window_s: 3600, or window: {calendar: month, time_zone: Europe/Berlin}
void read_window(core::ConfigReader& reader, Objective& objective) {
    if (!reader.has("window")) {
        objective.window_s = reader.require<std::int64_t>("window_s");
        return;
    }
    if (reader.has("window_s")) reader.reject("window_s", "cannot stand beside a calendar window");
    read_part(reader, "window", [&](core::ConfigReader& window) {
        const auto period = parse_period(window.require<std::string>("calendar"));
        if (!period) window.reject("calendar", "must be day, week, month or quarter");
        objective.calendar =
            CalendarWindow{period.value_or(Period::month), window.get<std::string>("time_zone", "UTC")};
        objective.window_s = longest_s(objective.calendar->period);
    });
}

void read_extras(core::ConfigReader& reader, Objective& objective) {
    read_part(reader, "timeslices", [&](core::ConfigReader& slices) {
        objective.timeslices = Timeslices{slices.require<std::int64_t>("slice_s"),
                                          ratio(slices.require<double>("target_percent"))};
    });
    read_part(reader, "absent", [&](core::ConfigReader& absent) {
        objective.absent = AbsentRule{absent.get<std::int64_t>("after_s", 60),
                                      Severity(absent.get_in_range<int>("severity", 3, 1, 4))};
    });
    read_part(reader, "policy", [&](core::ConfigReader& policy) {
        objective.policy.freeze_rollouts = policy.get<bool>("freeze_rollouts", false);
    });
    read_part(reader, "outage", [&](core::ConfigReader& outage) {
        const auto severity = Severity(outage.get_in_range<int>("severity", 1, 1, 4));
        objective.rows.push_back(
            outage_row(objective.target, outage.get<std::uint64_t>("min_events", 10), severity));
    });
}

Objective read_objective(core::ConfigReader& reader) {
    Objective objective;
    objective.id = SloId(reader.require<std::string>("id"));
    objective.title = reader.require<std::string>("title");
    objective.service = reader.get<std::string>("service", "");
    objective.route = reader.get<std::string>("route", "");
    objective.target = ratio(reader.require<double>("objective_percent"));
    objective.source = reader.get<std::string>("source", "");
    if (objective.source == site_source) objective.source.clear();
    objective.group_by = reader.get<std::vector<std::string>>("group_by", {});
    read_window(reader, objective);
    if (reader.has("sla")) {
        core::ConfigReader sla = reader.child("sla");
        objective.sla =
            Sla{ratio(sla.require<double>("objective_percent")), sla.get<std::string>("consequence", "")};
        (void)sla.finish();
        reader.merge(sla);
    }
    if (reader.has("indicator")) {
        core::ConfigReader indicator = reader.child("indicator");
        objective.indicator = read_indicator(indicator);
        (void)indicator.finish();
        reader.merge(indicator);
    } else {
        reader.reject("indicator", "is missing");
    }
    for (core::ConfigReader& entry : reader.children("rows")) {
        objective.rows.push_back(read_row(entry));
        (void)entry.finish();
        reader.merge(entry);
    }
    read_extras(reader, objective);
    return objective;
}

core::Result<std::vector<Objective>> read(core::ConfigReader document, const std::set<std::string>* sources) {
    std::vector<Objective> objectives;
    std::set<std::string> ids;
    if (!document.has("slos")) document.reject("slos", "is missing");
    for (core::ConfigReader& entry : document.children("slos")) {
        Objective objective = read_objective(entry);
        if (sources && !objective.source.empty() && !sources->contains(objective.source))
            entry.reject("source", fmt::format("'{}' is no source of the configuration",
                                               objective.source.substr(0, 64)));
        if (auto read = entry.finish(); !read) return core::Failure(read.error());
        if (auto fits = check(objective); !fits)
            entry.reject("id", fmt::format("'{}': {}", objective.id.value, fits.error().message));
        if (!ids.insert(objective.id.value).second) entry.reject("id", "is given twice");
        if (auto read = entry.finish(); !read) return core::Failure(read.error());
        objectives.push_back(std::move(objective));
        if (objectives.size() > max_objectives) entry.reject("id", "is one too many: at most 200 objectives");
        document.merge(entry);
    }
    if (auto done = document.finish(); !done) return core::Failure(done.error());
    return objectives;
}

}  // namespace

core::Result<std::vector<Objective>> parse_document(std::string text, std::string source,
                                                    const std::set<std::string>* sources) {
    auto reader = core::ConfigReader::parse(std::move(text), std::move(source));
    if (!reader) return core::Failure(reader.error());
    return read(std::move(*reader), sources);
}

core::Result<std::vector<Objective>> load_document(const std::filesystem::path& file,
                                                   const std::set<std::string>* sources) {
    auto reader = core::ConfigReader::load(file);
    if (!reader) return core::Failure(reader.error());
    return read(std::move(*reader), sources);
}

}  // namespace qd::slo
