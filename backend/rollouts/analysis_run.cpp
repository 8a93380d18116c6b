#include "rollouts/analysis_run.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "rollouts/condition.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 6> phase_words{"Pending", "Running", "Successful",
                                                      "Failed",  "Error",   "Inconclusive"};
constexpr std::size_t max_value = 1'000, max_message = 1'000, kept_measurements = 10;
constexpr milliseconds error_retry{10'000};  // Argo Rollouts' after an error, whatever the interval

using Arguments = std::map<std::string, std::string, std::less<>>;

/// "{{args.name}}" with its value; spaces within the braces are allowed.
core::Result<std::string> put_in(std::string_view text, const Arguments& arguments) {
    std::string filled;
    while (true) {
        const std::size_t open = text.find("{{");
        filled += text.substr(0, open);
        if (open == std::string_view::npos) return filled;
        text.remove_prefix(open + 2);
        const std::size_t close = text.find("}}");
        if (close == std::string_view::npos) return fail(Errc::invalid_argument, "'{{{{' without '}}}}'");
        std::string_view name = text.substr(0, close);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.starts_with("args."))
            return fail(Errc::invalid_argument, "'{{{{{}}}}}' is no argument: write {{{{args.name}}}}", name);
        const auto argument = arguments.find(name.substr(5));
        if (argument == arguments.end())
            return fail(Errc::invalid_argument, "argument '{}' has no value", name.substr(5));
        filled += argument->second;
        text.remove_prefix(close + 2);
    }
}

core::Result<> check_condition(const std::string& text, std::string_view key) {
    if (text.empty()) return {};
    if (const auto read = Condition::parse(text); !read)
        return fail(read.error().code, "{} '{}': {}", key, text.substr(0, 100), read.error().message);
    return {};
}

core::Result<MetricSpec> filled_metric(MetricSpec spec, const Arguments& arguments) {
    for (std::string* text : {&spec.name, &spec.success_condition, &spec.failure_condition,
                              &spec.provider.address, &spec.provider.query, &spec.provider.arm}) {
        auto filled = put_in(*text, arguments);
        if (!filled) return core::Failure(filled.error());
        *text = std::move(*filled);
    }
    for (const auto& [text, key] : {std::pair(&spec.success_condition, "successCondition"),
                                    std::pair(&spec.failure_condition, "failureCondition")})
        if (auto ok = check_condition(*text, key); !ok) return core::Failure(ok.error());
    return spec;
}

core::Result<Arguments> arguments_of(const std::vector<AnalysisTemplate>& templates,
                                     const std::vector<TemplateArgument>& values) {
    Arguments arguments;
    for (const TemplateArgument& each : values)
        if (each.value) arguments[each.name] = *each.value;
    for (const AnalysisTemplate& each : templates)
        for (const TemplateArgument& argument : each.args)
            if (argument.value) arguments.emplace(argument.name, *argument.value);
    for (const AnalysisTemplate& each : templates)
        for (const TemplateArgument& argument : each.args)
            if (!arguments.contains(argument.name))
                return fail(Errc::invalid_argument, "template '{}': argument '{}' has no value", each.name,
                            argument.name);
    return arguments;
}

std::optional<std::uint64_t> effective_count(const MetricSpec& spec) {
    if (spec.count && *spec.count > 0) return spec.count;
    return spec.interval ? std::nullopt : std::optional<std::uint64_t>(1);
}

bool exceeds(std::uint64_t value, std::int64_t limit) {
    return limit >= 0 && value > std::uint64_t(limit);
}

core::WallTime when_due(const AnalysisRun& run, const MetricRun& metric) {
    if (metric.latest.empty()) return run.started_at + metric.spec.initial_delay;
    const Measurement& last = metric.latest.back();
    return last.finished_at +
           (last.phase == RunPhase::error ? error_retry : metric.spec.interval.value_or(error_retry));
}

core::Result<bool> holds(const std::string& condition, const MeasuredValue& value) {
    const auto read = Condition::parse(condition);
    if (!read) return core::Failure(read.error());
    return read->holds(value);
}

/// The phase of a measurement and what decided it.
std::pair<RunPhase, std::string> judged(const MetricSpec& spec, const std::string& text) {
    const MeasuredValue value = parse_measured(text);
    core::Result<bool> success = true, failure = false;
    const bool has_success = !spec.success_condition.empty(), has_failure = !spec.failure_condition.empty();
    if (has_success) success = holds(spec.success_condition, value);
    if (!success) return {RunPhase::error, fmt::format("successCondition: {}", success.error().message)};
    if (has_failure) failure = holds(spec.failure_condition, value);
    if (!failure) return {RunPhase::error, fmt::format("failureCondition: {}", failure.error().message)};
    if (*failure) return {RunPhase::failed, "failureCondition holds: " + spec.failure_condition};
    if (*success) return {RunPhase::successful, ""};
    if (has_failure) return {RunPhase::inconclusive, "neither successCondition nor failureCondition holds"};
    return {RunPhase::failed, "successCondition does not hold: " + spec.success_condition};
}

void count(MetricRun& metric, RunPhase phase) {
    metric.consecutive_error = phase == RunPhase::error ? metric.consecutive_error + 1 : 0;
    metric.consecutive_success = phase == RunPhase::successful ? metric.consecutive_success + 1 : 0;
    if (phase == RunPhase::successful) ++metric.successful;
    if (phase == RunPhase::failed) ++metric.failed;
    if (phase == RunPhase::inconclusive) ++metric.inconclusive;
    if (phase == RunPhase::error) ++metric.error;
}

void end(MetricRun& metric, RunPhase phase, std::string_view why) {
    metric.phase = phase;
    metric.message = fmt::format("assessed {} due to {}", to_string(phase), why);
}

void assess(MetricRun& metric) {
    const MetricSpec& spec = metric.spec;
    metric.phase = RunPhase::running;
    // In this order when several are exceeded: who cannot measure knows nothing of failure either.
    if (exceeds(metric.consecutive_error, spec.consecutive_error_limit))
        return end(metric, RunPhase::error,
                   fmt::format("consecutiveErrors ({}) > consecutiveErrorLimit ({})",
                               metric.consecutive_error, spec.consecutive_error_limit));
    if (exceeds(metric.inconclusive, spec.inconclusive_limit))
        return end(metric, RunPhase::inconclusive,
                   fmt::format("inconclusive ({}) > inconclusiveLimit ({})", metric.inconclusive,
                               spec.inconclusive_limit));
    if (exceeds(metric.failed, spec.failure_limit))
        return end(metric, RunPhase::failed,
                   fmt::format("failed ({}) > failureLimit ({})", metric.failed, spec.failure_limit));
    const std::uint64_t in_a_row = spec.consecutive_success_limit.value_or(0);
    if (in_a_row > 0 && metric.consecutive_success >= in_a_row)
        return end(metric, RunPhase::successful,
                   fmt::format("consecutiveSuccesses ({}) reached consecutiveSuccessLimit ({})",
                               metric.consecutive_success, in_a_row));
    // An error is no measurement: it is repeated.
    const std::uint64_t measured = metric.successful + metric.failed + metric.inconclusive;
    const auto wanted = effective_count(spec);
    if (!wanted || measured < *wanted) return;
    if (in_a_row > 0)
        return end(metric, RunPhase::inconclusive,
                   fmt::format("count ({}) reached before consecutiveSuccessLimit ({})", *wanted, in_a_row));
    end(metric, RunPhase::successful, fmt::format("count ({}) reached", *wanted));
}

/// What has not ended is ended as a success, as when another metric has decided.
void end_others(AnalysisRun& run, std::string_view why) {
    for (MetricRun& metric : run.metrics)
        if (!is_over(metric.phase)) end(metric, RunPhase::successful, why);
}

void assess(AnalysisRun& run) {
    const auto trouble = [](RunPhase phase) {
        return phase == RunPhase::error || phase == RunPhase::inconclusive || phase == RunPhase::failed;
    };
    if (std::ranges::any_of(run.metrics, trouble, &MetricRun::phase))
        end_others(run, "another metric having decided");
    run.phase = RunPhase::running;
    if (!std::ranges::all_of(run.metrics, is_over, &MetricRun::phase)) return;
    run.phase = RunPhase::successful;
    for (const RunPhase worse : {RunPhase::error, RunPhase::inconclusive, RunPhase::failed}) {
        const auto metric = std::ranges::find(run.metrics, worse, &MetricRun::phase);
        if (metric == run.metrics.end()) continue;
        run.phase = worse;
        run.message = fmt::format("metric '{}' {}", metric->spec.name, metric->message);
        return;
    }
}

}  // namespace

std::string_view to_string(RunPhase phase) {
    return phase_words[std::size_t(phase)];
}

std::optional<RunPhase> parse_run_phase(std::string_view text) {
    const auto* at = std::ranges::find(phase_words, text);
    if (at == phase_words.end()) return std::nullopt;
    return RunPhase(at - phase_words.begin());
}

bool is_over(RunPhase phase) {
    return phase != RunPhase::pending && phase != RunPhase::running;
}

core::Result<AnalysisRun> begin_run(std::string name, std::string purpose,
                                    const std::vector<AnalysisTemplate>& templates,
                                    const std::vector<TemplateArgument>& values, core::WallTime now) {
    const auto arguments = arguments_of(templates, values);
    if (!arguments) return core::Failure(arguments.error());
    AnalysisRun run;
    run.name = std::move(name);
    run.purpose = std::move(purpose);
    run.phase = RunPhase::running;
    run.started_at = now;
    for (const AnalysisTemplate& each : templates)
        for (const MetricSpec& spec : each.metrics) {
            auto filled = filled_metric(spec, *arguments);
            if (!filled)
                return fail(Errc::invalid_argument, "template '{}', metric '{}': {}", each.name, spec.name,
                            filled.error().message);
            const auto same = [&](const MetricRun& metric) { return metric.spec.name == filled->name; };
            if (std::ranges::any_of(run.metrics, same))
                return fail(Errc::invalid_argument, "template '{}': there is another metric '{}'", each.name,
                            filled->name);
            MetricRun metric;
            metric.spec = std::move(*filled);
            run.metrics.push_back(std::move(metric));
        }
    if (run.metrics.empty()) return fail(Errc::invalid_argument, "the templates hold no metric");
    if (run.metrics.size() > max_run_metrics)
        return fail(Errc::invalid_argument, "a run measures at most {} metrics, and this would be {}",
                    max_run_metrics, run.metrics.size());
    return run;
}

std::vector<std::size_t> due(const AnalysisRun& run, core::WallTime now) {
    std::vector<std::size_t> metrics;
    if (is_over(run.phase)) return metrics;
    for (std::size_t i = 0; i < run.metrics.size(); ++i)
        if (!is_over(run.metrics[i].phase) && when_due(run, run.metrics[i]) <= now) metrics.push_back(i);
    return metrics;
}

std::optional<core::WallTime> next_due(const AnalysisRun& run) {
    std::optional<core::WallTime> next;
    if (is_over(run.phase)) return next;
    for (const MetricRun& metric : run.metrics) {
        if (is_over(metric.phase)) continue;
        const core::WallTime at = when_due(run, metric);
        if (!next || at < *next) next = at;
    }
    return next;
}

void take(AnalysisRun& run, std::size_t metric, const core::Result<std::string>& value,
          core::WallTime started_at, core::WallTime finished_at) {
    // What comes in late, after another metric has decided, changes nothing.
    if (metric >= run.metrics.size() || is_over(run.phase) || is_over(run.metrics[metric].phase)) return;
    MetricRun& of = run.metrics[metric];
    Measurement measurement{RunPhase::error, started_at, finished_at, "", ""};
    if (!value) {
        measurement.message = value.error().message.substr(0, max_message);
    } else if (value->size() > max_value) {
        measurement.message = fmt::format("the value is longer than {} bytes", max_value);
    } else {
        measurement.value = *value;
        std::tie(measurement.phase, measurement.message) = judged(of.spec, *value);
    }
    count(of, measurement.phase);
    if (of.latest.size() == kept_measurements) of.latest.erase(of.latest.begin());
    of.latest.push_back(std::move(measurement));
    assess(of);
    assess(run);
}

void terminate(AnalysisRun& run, core::WallTime) {
    if (is_over(run.phase)) return;
    run.terminate = true;
    end_others(run, "the run being terminated");
    assess(run);
}

}  // namespace qd::rollouts
