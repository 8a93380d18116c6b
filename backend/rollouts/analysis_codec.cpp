#include "rollouts/analysis_codec.hpp"

#include <algorithm>
#include <array>

#include "rollouts/codec_parts.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> provider_words{"prometheus", "site", "judge"};
constexpr std::size_t max_metrics = 200, max_latest = 10;

json duration_json(milliseconds duration) {
    return double(duration.count()) / 1000;
}

json spec_json(const MetricSpec& spec) {
    return {{"interval_s", spec.interval ? duration_json(*spec.interval) : json(nullptr)},
            {"initial_delay_s", duration_json(spec.initial_delay)},
            {"count", optional_json(spec.count)},
            {"success_condition", spec.success_condition},
            {"failure_condition", spec.failure_condition},
            {"failure_limit", spec.failure_limit},
            {"inconclusive_limit", spec.inconclusive_limit},
            {"consecutive_error_limit", spec.consecutive_error_limit},
            {"consecutive_success_limit", optional_json(spec.consecutive_success_limit)},
            {"provider",
             {{"kind", to_string(spec.provider.kind)},
              {"address", spec.provider.address},
              {"query", spec.provider.query},
              {"arm", spec.provider.arm}}}};
}

json metric_json(const MetricRun& metric) {
    auto latest = json::array();
    for (const Measurement& each : metric.latest)
        latest.push_back({{"phase", to_string(each.phase)},
                          {"at", core::json_time(each.started_at)},
                          {"finished_at", core::json_time(each.finished_at)},
                          {"value", each.value},
                          {"message", each.message}});
    return {{"name", metric.spec.name},
            {"phase", to_string(metric.phase)},
            {"message", metric.message},
            {"successful", metric.successful},
            {"failed", metric.failed},
            {"inconclusive", metric.inconclusive},
            {"error", metric.error},
            {"consecutive_error", metric.consecutive_error},
            {"consecutive_success", metric.consecutive_success},
            {"latest", latest},
            {"spec", spec_json(metric.spec)}};
}

std::optional<milliseconds> read_duration(JsonFields& fields, const char* key) {
    const auto seconds = fields.number(key);
    if (!seconds) return std::nullopt;
    if (!(*seconds >= 0 && *seconds <= 31'536'000))
        return fields.refuse(key, "must be between 0 and 31536000"), std::nullopt;
    return milliseconds(std::llround(*seconds * 1000));
}

std::int64_t read_limit(JsonFields& fields, const char* key, std::int64_t missing) {
    const json* field = fields.find(key);
    if (field == nullptr) return missing;
    if (!field->is_number_integer() || *field < -1 || *field > 1'000'000'000)
        return fields.refuse(key, "must be a whole number of -1 or more"), missing;
    return field->get<std::int64_t>();
}

core::Result<MetricSpec> spec_from_json(const json& value) {
    JsonFields fields(value);
    MetricSpec spec;
    spec.interval = read_duration(fields, "interval_s");
    spec.initial_delay = read_duration(fields, "initial_delay_s").value_or(milliseconds(0));
    spec.count = fields.count("count");
    spec.success_condition = fields.text("success_condition", 1'000);
    spec.failure_condition = fields.text("failure_condition", 1'000);
    spec.failure_limit = read_limit(fields, "failure_limit", spec.failure_limit);
    spec.inconclusive_limit = read_limit(fields, "inconclusive_limit", spec.inconclusive_limit);
    spec.consecutive_error_limit =
        read_limit(fields, "consecutive_error_limit", spec.consecutive_error_limit);
    spec.consecutive_success_limit = fields.count("consecutive_success_limit");
    JsonFields provider(fields.object("provider"));
    spec.provider.kind = provider.need("kind", provider.word("kind", parse_provider_kind));
    spec.provider.address = provider.text("address");
    spec.provider.query = provider.text("query");
    spec.provider.arm = provider.text("arm", 200);
    fields.merge("provider", provider.finish());
    return fields.finish(std::move(spec));
}

core::Result<Measurement> measurement_from_json(const json& value) {
    JsonFields fields(value);
    Measurement measurement;
    measurement.phase = fields.need("phase", fields.word("phase", parse_run_phase));
    measurement.started_at = fields.required_time("at");
    measurement.finished_at = fields.time("finished_at").value_or(measurement.started_at);
    measurement.value = fields.text("value", 1'000);
    measurement.message = fields.text("message");
    return fields.finish(std::move(measurement));
}

core::Result<MetricRun> metric_run_from_json(const json& value) {
    JsonFields fields(value);
    MetricRun metric;
    auto spec = spec_from_json(fields.object("spec"));
    fields.merge("spec", spec);
    if (spec) metric.spec = std::move(*spec);
    metric.spec.name = fields.text("name", 1'000);
    metric.phase = fields.need("phase", fields.word("phase", parse_run_phase));
    metric.message = fields.text("message");
    metric.successful = fields.count("successful").value_or(0);
    metric.failed = fields.count("failed").value_or(0);
    metric.inconclusive = fields.count("inconclusive").value_or(0);
    metric.error = fields.count("error").value_or(0);
    metric.consecutive_error = fields.count("consecutive_error").value_or(0);
    metric.consecutive_success = fields.count("consecutive_success").value_or(0);
    for (const json& each : fields.array("latest", max_latest)) {
        auto measurement = measurement_from_json(each);
        fields.merge("latest", measurement);
        if (measurement) metric.latest.push_back(std::move(*measurement));
    }
    return fields.finish(std::move(metric));
}

}  // namespace

std::string_view to_string(MetricProvider::Kind kind) {
    return provider_words[std::size_t(kind)];
}

std::optional<MetricProvider::Kind> parse_provider_kind(std::string_view text) {
    const auto* at = std::ranges::find(provider_words, text);
    if (at == provider_words.end()) return std::nullopt;
    return MetricProvider::Kind(at - provider_words.begin());
}

json to_json(const AnalysisRun& run) {
    json value{{"name", run.name},
               {"purpose", run.purpose},
               {"phase", to_string(run.phase)},
               {"message", run.message},
               {"started_at", core::json_time(run.started_at)},
               {"terminate", run.terminate},
               {"metrics", json::array()}};
    for (const MetricRun& metric : run.metrics) value["metrics"].push_back(metric_json(metric));
    return value;
}

core::Result<AnalysisRun> analysis_run_from_json(const json& value) {
    JsonFields fields(value);
    AnalysisRun run;
    run.name = fields.text("name", 1'000);
    run.purpose = fields.text("purpose", 200);
    run.phase = fields.need("phase", fields.word("phase", parse_run_phase));
    run.message = fields.text("message");
    run.started_at = fields.required_time("started_at");
    run.terminate = fields.flag("terminate");
    for (const json& each : fields.array("metrics", max_metrics)) {
        auto metric = metric_run_from_json(each);
        fields.merge("metrics", metric);
        if (metric) run.metrics.push_back(std::move(*metric));
    }
    return fields.finish(std::move(run));
}

}  // namespace qd::rollouts
