#include <algorithm>

#include "rollouts/analysis_run.hpp"
#include "rollouts/condition.hpp"
#include "rollouts/specification_reader.hpp"

namespace qd::rollouts {
namespace {

constexpr std::size_t most_metrics = 50, max_arguments = 32, max_query = 4'000, longest_value = 1'000,
                      max_uses = 16;
constexpr std::chrono::milliseconds longest_interval = std::chrono::days(7);

std::string read_text(Fields& reader, const std::string& key, std::size_t most) {
    auto text = reader.get<std::string>(key, "");
    if (text.size() <= most) return text;
    reader.reject(key, fmt::format("must be at most {} bytes", most));
    return {};
}

std::string read_condition(Fields& reader, const std::string& key) {
    auto text = read_text(reader, key, Condition::max_bytes);
    // With arguments in it, it can be read only where the template is used.
    if (text.empty() || text.find("{{") != std::string::npos) return text;
    if (const auto read = Condition::parse(text); !read) reader.reject(key, read.error().message);
    return text;
}

std::int64_t read_limit(Fields& reader, const std::string& key, std::int64_t fallback) {
    return reader.get_in_range<std::int64_t>(key, fallback, -1, 1'000'000);
}

std::optional<std::uint64_t> read_count(Fields& reader, const std::string& key) {
    if (!reader.has(key)) return std::nullopt;
    return reader.get_in_range<std::uint64_t>(key, 1, 1, 1'000'000);
}

MetricProvider read_provider(Fields& reader) {
    MetricProvider provider;
    int given = 0;
    using enum MetricProvider::Kind;
    for (const auto& [key, kind] :
         {std::pair{"prometheus", prometheus}, std::pair{"site", site}, std::pair{"judge", judge}}) {
        if (!reader.has(key)) continue;
        ++given;
        provider.kind = kind;
        Fields inner = reader.child(key);
        provider.query = read_text(inner, "query", max_query);
        if (provider.query.empty()) inner.reject("query", "is missing");
        if (kind == prometheus) provider.address = read_text(inner, "address", longest_value);
        if (kind == site) provider.arm = inner.get<std::string>("arm", "canary");
        if (provider.arm.size() > 63) inner.reject("arm", "must be at most 63 bytes");
        inner.close(kind == prometheus ? Place::prometheus : Place::other);
    }
    if (given > 1) reader.reject("prometheus", "stands beside another provider");
    return provider;
}

MetricSpec read_metric(Fields& reader) {
    MetricSpec metric;
    metric.name = read_text(reader, "name", 200);
    if (metric.name.empty()) reader.reject("name", "is missing");
    if (reader.has("interval")) {
        metric.interval = std::chrono::seconds(1);
        read_duration_in(reader, "interval", *metric.interval, std::chrono::milliseconds(100),
                         longest_interval);
    }
    read_duration_in(reader, "initialDelay", metric.initial_delay, {}, longest_interval);
    metric.count = read_count(reader, "count");
    metric.success_condition = read_condition(reader, "successCondition");
    metric.failure_condition = read_condition(reader, "failureCondition");
    metric.failure_limit = read_limit(reader, "failureLimit", metric.failure_limit);
    metric.inconclusive_limit = read_limit(reader, "inconclusiveLimit", metric.inconclusive_limit);
    metric.consecutive_error_limit =
        read_limit(reader, "consecutiveErrorLimit", metric.consecutive_error_limit);
    metric.consecutive_success_limit = read_count(reader, "consecutiveSuccessLimit");
    if (!reader.has("provider")) reader.reject("provider", "is missing: prometheus, site or judge");
    Fields provider = reader.child("provider");
    const bool known = provider.has("prometheus") || provider.has("site") || provider.has("judge");
    metric.provider = read_provider(provider);
    provider.close(Place::provider);
    if (!known) reader.reject("provider", "must be prometheus, site or judge");
    return metric;
}

}  // namespace

AnalysisTemplate read_template(Fields& reader) {
    AnalysisTemplate made;
    reader.get<std::string>("apiVersion", "");
    const auto kind = reader.get<std::string>("kind", "AnalysisTemplate");
    if (kind != "AnalysisTemplate" && kind != "ClusterAnalysisTemplate")
        reader.reject("kind", "must be AnalysisTemplate");
    Fields metadata = reader.child("metadata");
    made.name = metadata.get<std::string>("name", "");
    if (!is_plain_name(made.name))
        metadata.reject("name", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    metadata.close(Place::metadata);
    Fields spec = reader.child("spec");
    for (Fields& each : spec.children("args")) {
        TemplateArgument argument{read_text(each, "name", 100), {}};
        if (argument.name.empty()) each.reject("name", "is missing");
        if (std::ranges::find(made.args, argument.name, &TemplateArgument::name) != made.args.end())
            each.reject("name", "is there twice");
        if (each.has("value")) argument.value = read_text(each, "value", longest_value);
        each.close(Place::argument);
        if (made.args.size() == max_arguments) {
            spec.reject("args", "must be at most 32");
            break;
        }
        made.args.push_back(std::move(argument));
    }
    for (Fields& each : spec.children("metrics")) {
        if (made.metrics.size() == most_metrics) {
            spec.reject("metrics", "must be at most 50");
            break;
        }
        made.metrics.push_back(read_metric(each));
        each.close(Place::metric);
    }
    if (made.metrics.empty()) spec.reject("metrics", "must hold at least one metric");
    spec.close(Place::templates);
    return made;
}

std::map<std::string, std::string> read_arguments(Fields& reader) {
    std::map<std::string, std::string> arguments;
    for (Fields& each : reader.children("args")) {
        auto name = read_text(each, "name", 100);
        if (name.empty()) each.reject("name", "is missing");
        if (!each.has("value") && !each.has("valueFrom")) each.reject("value", "is missing");
        if (!arguments.emplace(std::move(name), read_text(each, "value", longest_value)).second)
            each.reject("name", "is there twice");
        each.close(Place::argument);
        if (arguments.size() > max_arguments) {
            reader.reject("args", "must be at most 32");
            break;
        }
    }
    return arguments;
}

void check_use(Fields& reader, const std::string& key, const AnalysisUse& use,
               const std::vector<AnalysisTemplate>& known) {
    if (use.templates.empty()) {
        if (!use.args.empty()) reader.reject("args", "are for templates, and there is none");
        return;
    }
    std::vector<AnalysisTemplate> used;
    for (const std::string& name : use.templates) {
        const auto& elsewhere = reader.remarks().elsewhere;
        auto at = std::ranges::find(known, name, &AnalysisTemplate::name);
        if (at == known.end()) {
            at = std::ranges::find(elsewhere, name, &AnalysisTemplate::name);
            if (at == elsewhere.end())
                return reader.reject(key, fmt::format("names '{}', which is not there: add that "
                                                      "AnalysisTemplate behind a line of ---",
                                                      name));
            reader.note(key, fmt::format("names '{}' of another file: to start this rollout, it has to stand "
                                         "in the same one",
                                         name));
        }
        used.push_back(*at);
    }
    std::vector<TemplateArgument> values;
    for (const auto& [name, value] : use.args) values.push_back({name, value});
    if (const auto run = begin_run("", "", used, values, {}); !run)
        reader.reject(key, "cannot be run: " + run.error().message);
}

AnalysisUse read_use(Fields& reader, const std::vector<AnalysisTemplate>& known) {
    AnalysisUse use;
    for (Fields& each : reader.children("templates")) {
        if (use.templates.size() == max_uses) {
            reader.reject("templates", "must be at most 16");
            break;
        }
        use.templates.push_back(each.require<std::string>("templateName"));
        each.close(Place::experiment_analysis);
    }
    use.args = read_arguments(reader);
    check_use(reader, "templates", use, known);
    return use;
}

}  // namespace qd::rollouts
