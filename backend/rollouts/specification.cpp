#include "rollouts/specification.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/config.hpp"
#include "rollouts/specification_reader.hpp"

namespace qd::rollouts {
namespace {

using core::ConfigReader;
using core::Errc;
using core::fail;
using std::chrono::milliseconds;

constexpr std::size_t max_text = 64 << 10, max_templates = 20, max_reason = 2'000;
constexpr std::array<std::string_view, 3> strategy_words{"canary", "blueGreen", "rolling"};
constexpr std::array<std::string_view, 7> step_words{
    "setWeight", "pause", "analysis", "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "experiment"};
constexpr milliseconds longest = std::chrono::days(7);
/// What often stands in one file with a Rollout.
constexpr std::array<std::string_view, 12> bystanders{"Service",
                                                      "Ingress",
                                                      "ConfigMap",
                                                      "Secret",
                                                      "ServiceAccount",
                                                      "Namespace",
                                                      "VirtualService",
                                                      "DestinationRule",
                                                      "HTTPRoute",
                                                      "HTTPProxy",
                                                      "HorizontalPodAutoscaler",
                                                      "PodDisruptionBudget"};

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

void add_template(Fields& reader, SpecificationReading& reading) {
    AnalysisTemplate made = read_template(reader);
    if (std::ranges::find(reading.templates, made.name, &AnalysisTemplate::name) != reading.templates.end())
        return reader.reject("metadata", "has the name of another template: each needs its own");
    if (reading.templates.size() == max_templates)
        return reader.reject("kind", fmt::format("is of one template more than {}", max_templates));
    reading.templates.push_back(std::move(made));
}

/// Reads what stands under `spec`.
void read_spec(Fields& reader, SpecificationReading& reading, Specification& specification) {
    for (Fields& each : reader.children("templates")) {
        if (reading.templates.size() > max_templates || reader.remarks().full()) break;
        add_template(each, reading);
        each.close(Place::document);
    }
    specification.templates = reading.templates;
    specification.target =
        reader.has("target") ? read_target(reader.child("target")) : target_of_image(reader);
    if (!reader.has("strategy")) {
        reader.reject("strategy", "is missing: {canary: {steps: …}}");
    } else {
        Fields strategy = reader.child("strategy");
        read_strategy(strategy, specification);
        strategy.close();
    }
    specification.analysis = read_analysis(reader.child("analysis"));
    specification.approvals = unsigned(reader.get_in_range<int>("approvals", 0, 0, 5));
    for (const auto& [key, value] :
         {std::pair("group", &specification.group), std::pair("driver", &specification.driver)}) {
        *value = reader.get<std::string>(key, "");
        if (!value->empty() && !is_plain_name(*value))
            reader.reject(key, "must be 1 to 63 letters, digits, '.', '_' or '-'");
    }
    Fields window = reader.child("rollbackWindow");
    specification.rollback_window =
        unsigned(window.get_in_range<int>("revisions", int(specification.rollback_window), 0, 50));
    window.close();
}

/// The rollout's document; those of its templates are read into `reading`.
std::optional<Fields> documents(std::string_view text, Remarks& remarks, SpecificationReading& reading) {
    auto all = ConfigReader::parse_all(std::string(text), "specification");
    if (!all) {
        remarks.add(remark_of(all.error()));
        return std::nullopt;
    }
    std::optional<Fields> rollout;
    for (ConfigReader& one : *all) {
        if (remarks.full()) break;
        Fields each(std::move(one), remarks);
        const auto kind = each.get<std::string>("kind", "Rollout");
        if (kind == "AnalysisTemplate" || kind == "ClusterAnalysisTemplate") {
            add_template(each, reading);
            each.close(Place::document);
        } else if (std::ranges::find(bystanders, kind) != bystanders.end()) {
            each.note("kind", fmt::format("{} is of Kubernetes: nothing is done with it here", kind));
        } else if (kind != "Rollout") {
            each.reject("kind", "must be Rollout or AnalysisTemplate: take this document out");
        } else if (rollout) {
            each.reject("kind", "is of a second rollout: one is started at a time");
        } else {
            rollout = std::move(each);
        }
    }
    return rollout;
}

/// Reads the rollout's document.
StartRequest read_rollout(Fields& root, SpecificationReading& reading, const ReadingOptions& options) {
    StartRequest request;
    Specification& specification = request.specification;
    if (root.has("spec")) {
        root.get<std::string>("apiVersion", "");
        Fields metadata = root.child("metadata");
        specification.name = metadata.get<std::string>("name", "");
        if (specification.name.size() > 100) metadata.reject("name", "must be at most 100 bytes");
        metadata.close(Place::metadata);
        Fields spec = root.child("spec");
        read_spec(spec, reading, specification);
        spec.close(Place::spec);
    } else {
        read_spec(root, reading, specification);
    }
    if (options.with_request) {
        request.reason = root.get<std::string>("reason", "");
        if (request.reason.size() > max_reason) root.reject("reason", "must be at most 2000 bytes");
        request.override_freeze = root.get<bool>("override", false);
    }
    if (specification.name.empty()) specification.name = specification.target.label;
    root.close(root.has("spec") ? Place::document : Place::spec);
    return request;
}

void read_into(SpecificationReading& reading, Remarks& remarks, std::string_view text,
               const ReadingOptions& options) {
    const auto too_large = [&](std::string_view more) {
        reading.code = Errc::too_large;
        remarks.add(Remark::Kind::error, 1,
                    fmt::format("a specification has at most {} bytes{}", max_text, more));
    };
    if (text.size() > max_text) return too_large("");
    if (!is_utf8(text)) return remarks.add(Remark::Kind::error, 1, "is not UTF-8");
    auto root = documents(text, remarks, reading);
    if (!root) {
        if (!remarks.first_error() && options.needs_rollout)
            remarks.add(Remark::Kind::error, 1, "holds no rollout: a mapping with strategy and target");
        return;
    }
    StartRequest request = read_rollout(*root, reading, options);
    if (remarks.first_error()) return;
    // Aliases can make much of little.
    if (to_json_text(request.specification).size() > max_text) return too_large(", written out");
    reading.request = std::move(request);
}

core::Result<StartRequest> read(std::string_view text, bool with_request) {
    auto reading = read_specification(text, {with_request, true, {}});
    if (!reading.first) return std::move(*reading.request);
    return fail(reading.code, "specification:{}: {}", reading.first->line, reading.first->text);
}

}  // namespace

SpecificationReading read_specification(std::string_view text, const ReadingOptions& options) {
    SpecificationReading reading;
    Remarks remarks;
    remarks.elsewhere = options.elsewhere;
    read_into(reading, remarks, text, options);
    reading.first = remarks.first_error();
    reading.remarks = std::move(remarks).by_line();
    return reading;
}

std::string_view to_string(Strategy strategy) {
    return strategy_words[std::size_t(strategy)];
}

std::optional<Strategy> parse_strategy(std::string_view text) {
    const auto* at = std::ranges::find(strategy_words, text);
    if (at == strategy_words.end()) return std::nullopt;
    return Strategy(at - strategy_words.begin());
}

std::string_view to_string(StepKind kind) {
    return step_words[std::size_t(kind)];
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
    if (step.kind == StepKind::set_header_route)
        return fmt::format("setHeaderRoute {}{}", step.header_route.name,
                           step.header_route.match.empty() ? " taken away" : "");
    if (step.kind == StepKind::set_mirror_route)
        return fmt::format(
            "setMirrorRoute {} {}", step.mirror.name,
            step.mirror.percentage ? fmt::format("{} %", *step.mirror.percentage) : "taken away");
    if (step.kind == StepKind::set_canary_scale) {
        if (step.scale.replicas) return fmt::format("setCanaryScale {} instances", *step.scale.replicas);
        if (step.scale.weight) return fmt::format("setCanaryScale {} %", *step.scale.weight);
        return "setCanaryScale as the weight";
    }
    if (!step.duration)
        return step.kind == StepKind::pause ? "pause until resumed" : std::string(to_string(step.kind));
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

}  // namespace qd::rollouts
