#include "rollouts/specification.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/config.hpp"
#include "core/json_fields.hpp"

namespace qd::rollouts {
namespace {

using core::ConfigReader;
using core::Errc;
using core::fail;
using std::chrono::milliseconds;

constexpr std::size_t max_text = 64 << 10, max_steps = 64, max_faults = 8, max_reason = 2'000;
constexpr milliseconds longest = std::chrono::days(7);

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t at) {
            return at < text.size() ? std::uint8_t(text[at]) : std::uint8_t(0);
        };
        const std::uint8_t first = byte(i);
        const std::size_t length = first < 0x80   ? 1
                                   : first < 0xC2 ? 0
                                   : first < 0xE0 ? 2
                                   : first < 0xF0 ? 3
                                   : first < 0xF5 ? 4
                                                  : 0;
        if (length == 0) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((byte(i + k) & 0xC0) != 0x80) return false;
        const std::uint8_t second = byte(i + 1);
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
            (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
            return false;
        i += length;
    }
    return true;
}

std::optional<milliseconds> read_duration(ConfigReader& reader, const std::string& key) {
    if (!reader.has(key)) return std::nullopt;
    const auto duration = parse_duration(reader.get<std::string>(key, ""));
    if (duration) return *duration;
    reader.reject(key, duration.error().message);
    return std::nullopt;
}

void read_milliseconds(ConfigReader& reader, const std::string& key, milliseconds& value, milliseconds least,
                       milliseconds most) {
    const auto duration = read_duration(reader, key);
    if (!duration) return;
    if (*duration < least || *duration > most)
        reader.reject(
            key, fmt::format("must be between {} s and {} s", least.count() / 1000, most.count() / 1000));
    else
        value = *duration;
}

Step read_step(ConfigReader& reader) {
    Step step;
    int kinds = 0;
    if (reader.has("setWeight")) {
        ++kinds;
        step.weight = unsigned(reader.get_in_range<int>("setWeight", 0, 0, 100));
    }
    for (const auto& [key, kind] :
         {std::pair{"pause", StepKind::pause}, std::pair{"analysis", StepKind::analysis}}) {
        if (!reader.has(key)) continue;
        ++kinds;
        step.kind = kind;
        ConfigReader inner = reader.child(key);
        step.duration = read_duration(inner, "duration");
        if (!inner.finish()) reader.merge(inner);
    }
    // An unknown step is named by finish(); this is for what is empty or says two things at once.
    if (kinds > 1) reader.reject("setWeight", "stands beside another step: each needs an entry of its own");
    return step;
}

BornFault read_fault(ConfigReader& reader) {
    constexpr std::array<std::string_view, 5> kinds{"delay", "error", "reset", "corrupt", "partition"};
    BornFault fault;
    fault.kind = reader.require<std::string>("kind");
    if (std::ranges::find(kinds, fault.kind) == kinds.end())
        reader.reject("kind", "must be delay, error, reset, corrupt or partition");
    const double most = fault.kind == "error" ? 599 : 600'000;
    fault.amount = reader.get_in_range<double>("amount", 0, 0, most);
    if (fault.kind == "error" && fault.amount != 0 && fault.amount < 400)
        reader.reject("amount", "must be an HTTP status from 400 to 599");
    fault.ratio = reader.get_in_range<double>("ratio", 1, 0.0001, 1);
    fault.for_s = reader.get_in_range<double>("for_s", 3600, 1, 86'400);
    fault.route = reader.get<std::string>("route", "");
    if (fault.route.size() > 200) reader.reject("route", "must be at most 200 bytes");
    return fault;
}

TargetVersion read_target(ConfigReader reader, ConfigReader& parent) {
    TargetVersion target;
    target.label = reader.require<std::string>("version");
    const bool sane =
        !target.label.empty() && target.label.size() <= 63 && std::ranges::all_of(target.label, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                   c == '_' || c == '-';
        });
    if (!sane) reader.reject("version", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    target.instances = unsigned(reader.get_in_range<int>("instances", 1, 1, 8));
    auto faults = reader.children("faults");
    if (faults.size() > max_faults) reader.reject("faults", "must be at most 8");
    for (ConfigReader& each : faults) {
        if (target.faults.size() == max_faults) break;
        target.faults.push_back(read_fault(each));
        if (!each.finish()) reader.merge(each);
    }
    if (!reader.finish()) parent.merge(reader);
    return target;
}

Analysis read_analysis(ConfigReader reader, ConfigReader& parent) {
    Analysis analysis;
    const auto trust = reader.get<std::string>("onFailure", "pause");
    if (trust == "advise" || trust == "abort")
        analysis.on_failure = trust == "advise" ? Trust::advise : Trust::abort;
    else if (trust != "pause")
        reader.reject("onFailure", "must be advise, pause or abort");
    analysis.confidence = reader.get_in_range<double>("confidence", analysis.confidence, 0.5, 0.9999);
    read_milliseconds(reader, "window", analysis.window, std::chrono::seconds(5), std::chrono::hours(1));
    analysis.min_sample = reader.get_in_range<std::uint64_t>("minSample", analysis.min_sample, 10, 1'000'000);
    analysis.max_error_increase =
        reader.get_in_range<double>("maxErrorIncrease", analysis.max_error_increase, 0, 1);
    analysis.max_slow_increase =
        reader.get_in_range<double>("maxSlowIncrease", analysis.max_slow_increase, 0, 1);
    analysis.latency_threshold_s =
        reader.get_in_range<double>("latencyThreshold", analysis.latency_threshold_s, 0.001, 60);
    analysis.failure_limit =
        unsigned(reader.get_in_range<int>("failureLimit", int(analysis.failure_limit), 0, 100));
    analysis.background = reader.get<bool>("background", true);
    if (!reader.finish()) parent.merge(reader);
    return analysis;
}

/// Reads what stands under `spec`.
Specification read_specification(ConfigReader& reader) {
    Specification specification;
    ConfigReader strategy = reader.child("strategy");
    ConfigReader canary = strategy.child("canary");
    if (!strategy.has("canary"))
        strategy.reject("canary", "is missing: the canary strategy is the only one there is");
    auto steps = canary.children("steps");
    if (steps.empty()) canary.reject("steps", "must hold at least one step");
    if (steps.size() > max_steps) canary.reject("steps", "must hold at most 64 steps");
    for (ConfigReader& each : steps) {
        if (specification.steps.size() == max_steps) break;
        specification.steps.push_back(read_step(each));
        const bool known = each.has("setWeight") || each.has("pause") || each.has("analysis");
        if (!each.finish()) canary.merge(each);
        if (!known) canary.reject("steps", "holds an empty step");
    }
    if (!canary.finish()) strategy.merge(canary);
    if (!strategy.finish()) reader.merge(strategy);
    if (!reader.has("target")) reader.reject("target", "is missing: {version: …}");
    specification.target = read_target(reader.child("target"), reader);
    specification.analysis = read_analysis(reader.child("analysis"), reader);
    return specification;
}

core::Result<StartRequest> read(std::string_view text, bool with_request) {
    if (text.size() > max_text)
        return fail(Errc::too_large, "a specification has at most {} bytes", max_text);
    if (!is_utf8(text)) return fail(Errc::invalid_argument, "specification: is not UTF-8");
    auto root = ConfigReader::parse(std::string(text), "specification");
    if (!root) return fail(Errc::invalid_argument, "{}", root.error().message);
    StartRequest request;
    Specification& specification = request.specification;
    if (root->has("spec")) {
        root->get<std::string>("apiVersion", "");
        if (root->get<std::string>("kind", "Rollout") != "Rollout") root->reject("kind", "must be Rollout");
        ConfigReader metadata = root->child("metadata");
        const auto name = metadata.get<std::string>("name", "");
        if (name.size() > 100) metadata.reject("name", "must be at most 100 bytes");
        if (!metadata.finish()) root->merge(metadata);
        ConfigReader spec = root->child("spec");
        specification = read_specification(spec);
        specification.name = name;
        if (!spec.finish()) root->merge(spec);
    } else {
        specification = read_specification(*root);
    }
    if (with_request) {
        request.reason = root->get<std::string>("reason", "");
        if (request.reason.size() > max_reason) root->reject("reason", "must be at most 2000 bytes");
        request.override_freeze = root->get<bool>("override", false);
    }
    if (specification.name.empty()) specification.name = specification.target.label;
    if (auto ok = root->finish(); !ok) return fail(Errc::invalid_argument, "{}", ok.error().message);
    if (std::ranges::none_of(specification.steps, [](const Step& step) {
            return step.kind == StepKind::set_weight && step.weight > 0;
        }))
        return fail(Errc::invalid_argument, "specification: no step gives the canary any traffic");
    return request;
}

nlohmann::json seconds(milliseconds duration) {
    return double(duration.count()) / 1000;
}

nlohmann::json faults_array(const TargetVersion& target) {
    auto faults = nlohmann::json::array();
    for (const BornFault& fault : target.faults) {
        nlohmann::json value{
            {"kind", fault.kind}, {"amount", fault.amount}, {"ratio", fault.ratio}, {"for_s", fault.for_s}};
        if (!fault.route.empty()) value["route"] = fault.route;
        faults.push_back(std::move(value));
    }
    return faults;
}

}  // namespace

std::string_view to_string(StepKind kind) {
    switch (kind) {
        case StepKind::set_weight:
            return "setWeight";
        case StepKind::pause:
            return "pause";
        case StepKind::analysis:
            return "analysis";
    }
    return "";
}

std::string_view to_string(Trust trust) {
    switch (trust) {
        case Trust::advise:
            return "advise";
        case Trust::pause:
            return "pause";
        case Trust::abort:
            return "abort";
    }
    return "";
}

std::string describe(const Step& step) {
    if (step.kind == StepKind::set_weight) return fmt::format("setWeight {}", step.weight);
    if (!step.duration) return step.kind == StepKind::pause ? "pause until resumed" : "analysis";
    const double s = double(step.duration->count()) / 1000;
    const std::string length = s >= 3600 ? fmt::format("{:g} h", s / 3600)
                               : s >= 60 ? fmt::format("{:g} min", s / 60)
                                         : fmt::format("{:g} s", s);
    return fmt::format("{} {}", to_string(step.kind), length);
}

core::Result<milliseconds> parse_duration(std::string_view text) {
    const std::string_view whole = text;
    const auto refuse = [whole] {
        return fail(Errc::invalid_argument,
                    "must be a duration such as 30s, 5m, 1h30m or a number of seconds, not '{}'",
                    whole.substr(0, 40));
    };
    if (text.empty() || text.size() > 40) return refuse();
    double total_ms = 0;
    bool any_unit = false;
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
        if (error != std::errc{} || !(number >= 0) || number > 1e9) return refuse();
        text.remove_prefix(std::size_t(end - text.data()));
        double unit_ms = 1000;
        if (text.empty()) {
            if (any_unit) return refuse();
        } else {
            std::size_t length = 1;
            if (text.starts_with("ms"))
                unit_ms = 1, length = 2;
            else if (text.front() == 's')
                unit_ms = 1000;
            else if (text.front() == 'm')
                unit_ms = 60'000;
            else if (text.front() == 'h')
                unit_ms = 3'600'000;
            else if (text.front() == 'd')
                unit_ms = 86'400'000;
            else
                return refuse();
            text.remove_prefix(length);
            any_unit = true;
        }
        total_ms += number * unit_ms;
    }
    if (total_ms > double(longest.count())) return fail(Errc::invalid_argument, "must be at most 7 days");
    return milliseconds(std::llround(total_ms));
}

core::Result<Specification> parse_specification(std::string_view text) {
    auto request = read(text, false);
    if (!request) return core::Failure(request.error());
    return std::move(request->specification);
}

core::Result<StartRequest> parse_start_request(std::string_view text) {
    return read(text, true);
}

std::string to_json_text(const Specification& specification) {
    auto steps = nlohmann::json::array();
    for (const Step& step : specification.steps) {
        if (step.kind == StepKind::set_weight) {
            steps.push_back({{"setWeight", step.weight}});
            continue;
        }
        auto inner = nlohmann::json::object();
        if (step.duration) inner["duration"] = seconds(*step.duration);
        steps.push_back({{to_string(step.kind), inner}});
    }
    const Analysis& a = specification.analysis;
    nlohmann::json target{{"version", specification.target.label},
                          {"instances", specification.target.instances}};
    if (!specification.target.faults.empty()) target["faults"] = faults_array(specification.target);
    const nlohmann::json value{{"kind", "Rollout"},
                               {"metadata", {{"name", specification.name}}},
                               {"spec",
                                {{"strategy", {{"canary", {{"steps", steps}}}}},
                                 {"target", target},
                                 {"analysis",
                                  {{"onFailure", to_string(a.on_failure)},
                                   {"confidence", a.confidence},
                                   {"window", seconds(a.window)},
                                   {"minSample", a.min_sample},
                                   {"maxErrorIncrease", a.max_error_increase},
                                   {"maxSlowIncrease", a.max_slow_increase},
                                   {"latencyThreshold", a.latency_threshold_s},
                                   {"failureLimit", a.failure_limit},
                                   {"background", a.background}}}}}};
    return core::dump_json(value);
}

std::string faults_json(const TargetVersion& target) {
    if (target.faults.empty()) return {};
    auto faults = faults_array(target);
    for (auto& fault : faults)
        if (const auto route = fault.find("route"); route != fault.end()) {
            fault["target"] = {{"route", *route}};
            fault.erase("route");
        }
    return core::dump_json(faults);
}

}  // namespace qd::rollouts
