#include "opsd/judge_command.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/random.hpp"
#include "opsd/judge_samples.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/judge_metric.hpp"
#include "rollouts/kayenta.hpp"

namespace qd::opsd {
namespace {

using nlohmann::json;
using rollouts::MetricVerdict;

constexpr double borne_ratio = 0.005, borne_latency = 0.1;

struct JudgeOrder {
    std::string control, experiment, baseline, kind;
    double confidence = 0.95;
    std::uint64_t min_sample = 100;
    std::optional<double> max_increase;
    bool any_time = false;

    rollouts::MetricRule rule(std::string metric, double borne) const {
        return {std::move(metric), baseline.empty() ? "stable" : "baseline",
                1 - confidence,    confidence,
                min_sample,        max_increase.value_or(borne)};
    }
};

template <class Parse>
auto read_samples(const std::string& file, Parse parse) -> decltype(parse({}, {})) {
    const auto text = core::read_file(file);
    // A file that is handed over is data.
    if (!text) return core::fail(core::Errc::invalid_argument, "{}", text.error().message);
    return parse(*text, file);
}

core::Result<MetricVerdict> judge_ratio(const JudgeOrder& order) {
    const auto control = read_samples(order.control, parse_ratio_samples);
    const auto experiment = read_samples(order.experiment, parse_ratio_samples);
    if (!control) return core::Failure(control.error());
    if (!experiment) return core::Failure(experiment.error());
    RatioSamples reference = *control, baseline;
    if (!order.baseline.empty()) {
        const auto read = read_samples(order.baseline, parse_ratio_samples);
        if (!read) return core::Failure(read.error());
        reference = baseline = *read;
    }
    const rollouts::Proportions counts{reference.bad, reference.total, experiment->bad, experiment->total};
    MetricVerdict verdict =
        rollouts::judge_proportions(order.rule("bad ratio", borne_ratio), std::span(&counts, 1));
    const auto put = [](const RatioSamples& of, std::uint64_t& bad, std::uint64_t& total, auto& ratio) {
        bad = std::uint64_t(of.bad);
        total = std::uint64_t(of.total);
        if (of.total > 0) ratio = of.bad / of.total;
    };
    put(*control, verdict.stable_bad, verdict.stable_total, verdict.stable_ratio);
    put(baseline, verdict.baseline_bad, verdict.baseline_total, verdict.baseline_ratio);
    return verdict;
}

std::optional<double> median(std::vector<double> values) {
    if (values.empty()) return std::nullopt;
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

json kayenta_json(const std::vector<double>& control, const std::vector<double>& experiment) {
    core::SystemRandom random;
    rollouts::kayenta::MetricSettings settings;
    settings.direction = rollouts::kayenta::Direction::increase;
    const auto made = rollouts::kayenta::classify(control, experiment, settings, random);
    json value{{"classification", to_string(made.label)},
               {"reason", made.reason},
               {"confidence", settings.confidence},
               {"tolerance", settings.tolerance}};
    // Of a mean of 0 there is no multiple.
    value["mean_ratio"] = std::isfinite(made.mean_ratio) ? json(made.mean_ratio) : json(nullptr);
    if (made.test) {
        value["hodges_lehmann"] = made.test->estimate;
        value["low"] = made.test->interval.low;
        value["high"] = made.test->interval.high;
        value["cles"] = made.test->superiority;
        value["u"] = made.test->u;
    }
    return value;
}

core::Result<MetricVerdict> judge_latency(const JudgeOrder& order, json& kayenta) {
    const auto control = read_samples(order.control, parse_latency_samples);
    const auto experiment = read_samples(order.experiment, parse_latency_samples);
    if (!control) return core::Failure(control.error());
    if (!experiment) return core::Failure(experiment.error());
    std::vector<double> baseline;
    if (!order.baseline.empty()) {
        auto read = read_samples(order.baseline, parse_latency_samples);
        if (!read) return core::Failure(read.error());
        baseline = std::move(*read);
    }
    const auto& reference = order.baseline.empty() ? *control : baseline;
    MetricVerdict verdict =
        rollouts::judge_durations(order.rule("latency", borne_latency), reference, *experiment,
                                  order.any_time ? rollouts::Looks::doubling : rollouts::Looks::one);
    verdict.stable_total = control->size();
    verdict.baseline_total = baseline.size();
    verdict.stable_median = median(*control);
    verdict.baseline_median = median(baseline);
    kayenta = kayenta_json(reference, *experiment);
    return verdict;
}

int code_of(rollouts::Outcome outcome) {
    switch (outcome) {
        case rollouts::Outcome::pass:
            return 0;
        case rollouts::Outcome::fail:
            return 1;
        case rollouts::Outcome::marginal:
            return 2;
        case rollouts::Outcome::not_enough_data:
            return 3;
    }
    return int(core::ExitCode::failed);
}

}  // namespace

int judge_command(int argc, char** argv) {
    JudgeOrder order;
    CLI::App app{
        "opsd judge: samples of a control and an experiment in, a verdict with its numbers out as JSON.\n"
        "Exit codes: 0 pass, 1 fail, 2 marginal, 3 not enough data, 64 usage, 65 a bad row."};
    app.name("opsd judge");
    app.add_option("--control", order.control, "CSV of what is known to be good: stable")->required();
    app.add_option("--experiment", order.experiment, "CSV of what is judged: the canary")->required();
    app.add_option("--baseline", order.baseline,
                   "CSV of the control's version, started with the experiment: it is compared with this");
    app.add_option("--kind", order.kind,
                   "ratio (rows 0/1, good/bad or bad,total) or latency (a number a row)")
        ->required()
        ->check(CLI::IsMember(std::set<std::string>{"ratio", "latency"}));
    app.add_option("--confidence", order.confidence, "1 less the probability of a false failure")
        ->check(CLI::Range(0.5, 0.9999))
        ->capture_default_str();
    app.add_option("--min-sample", order.min_sample, "Fewer in an arm are not enough data")
        ->check(CLI::Range(2, 1'000'000))
        ->capture_default_str();
    app.add_option("--max-increase", order.max_increase,
                   "What is borne; ratio: difference (0.005), latency: share of the reference's median (0.1)")
        ->check(CLI::Range(0.0, 1'000.0));
    app.add_flag("--any-time", order.any_time,
                 "latency: hold however often it is asked while rows are added");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    json kayenta;
    const auto metric = order.kind == "ratio" ? judge_ratio(order) : judge_latency(order, kayenta);
    if (!metric) {
        // 1 to 3 are verdicts, and no errors.
        const int code = core::report("opsd judge", metric.error());
        return std::max(code, int(core::ExitCode::bad_data));
    }
    rollouts::Verdict verdict;
    verdict.outcome = metric->outcome;
    verdict.confidence = order.confidence;
    verdict.explanation = metric->explanation;
    verdict.metrics.push_back(*metric);
    json said = rollouts::to_json(verdict);
    // There is neither a window nor a moment in a file.
    said.erase("window_s");
    said.erase("as_of");
    said["kind"] = order.kind;
    if (!kayenta.is_null()) said["kayenta"] = std::move(kayenta);
    const std::string text = said.dump(2) + "\n";
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::report("opsd judge", {core::Errc::io, "standard output cannot be written"});
    return code_of(metric->outcome);
}

}  // namespace qd::opsd
