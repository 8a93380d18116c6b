#include <algorithm>
#include <array>

#include "rollouts/specification_reader.hpp"

namespace qd::rollouts {
namespace {

constexpr std::size_t max_faults = 8, max_flags = 32, max_flag_text = 200;

BornFault read_fault(Fields& reader) {
    constexpr std::array<std::string_view, 10> kinds{"delay",    "error", "reset", "corrupt", "partition",
                                                     "playlist", "leak",  "crash", "hang",    "no_start"};
    BornFault fault;
    fault.kind = reader.require<std::string>("kind");
    if (std::ranges::find(kinds, fault.kind) == kinds.end())
        reader.reject(
            "kind",
            "must be delay, error, reset, corrupt, partition, playlist, leak, crash, hang or no_start");
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

}  // namespace

TargetVersion read_target(Fields reader) {
    TargetVersion target;
    target.label = reader.require<std::string>("version");
    if (!is_plain_name(target.label))
        reader.reject("version", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    target.instances = unsigned(reader.get_in_range<int>("instances", 1, 1, 8));
    auto faults = reader.children("faults");
    if (faults.size() > max_faults) reader.reject("faults", "must be at most 8");
    for (Fields& each : faults) {
        if (target.faults.size() == max_faults) break;
        target.faults.push_back(read_fault(each));
        each.close();
    }
    target.program = reader.get<std::string>("program", "");
    if (!target.program.empty() && !is_plain_name(target.program))
        reader.reject("program", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    target.flags = reader.get<std::map<std::string, std::string>>("flags", {});
    if (target.flags.size() > max_flags) reader.reject("flags", "must be at most 32");
    for (const auto& [flag, variant] : target.flags)
        if (flag.empty() || flag.size() > max_flag_text || variant.empty() || variant.size() > max_flag_text)
            reader.reject("flags", "must have names and variants of 1 to 200 bytes");
    reader.close();
    return target;
}

TargetVersion target_of_image(Fields& spec) {
    TargetVersion target;
    std::string image;
    Fields pods = spec.child("template").child("spec");
    if (auto containers = pods.children("containers"); !containers.empty())
        image = containers.front().get<std::string>("image", "");
    // registry:5000/team/app:v2@sha256:…
    std::string_view tag = std::string_view(image).substr(0, image.find('@'));
    tag.remove_prefix(std::min(tag.rfind('/') + 1, tag.size()));
    tag.remove_prefix(std::min(tag.find(':'), tag.size()));
    if (!tag.empty()) tag.remove_prefix(1);
    if (is_plain_name(tag)) {
        target.label = tag;
        spec.note("template", fmt::format("gives the version: {}, the tag of its first image; the rest of it "
                                          "is of Kubernetes",
                                          tag));
    } else {
        spec.reject("target", "is missing: target: {version: v2}");
    }
    return target;
}

Analysis read_analysis(Fields reader) {
    Analysis analysis;
    const auto trust = reader.get<std::string>("onFailure", "pause");
    if (trust == "advise" || trust == "abort")
        analysis.on_failure = trust == "advise" ? Trust::advise : Trust::abort;
    else if (trust != "pause")
        reader.reject("onFailure", "must be advise, pause or abort");
    analysis.confidence = reader.get_in_range<double>("confidence", analysis.confidence, 0.5, 0.9999);
    read_duration_in(reader, "window", analysis.window, std::chrono::seconds(5), std::chrono::hours(1));
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
    reader.close(Place::analysis);
    return analysis;
}

}  // namespace qd::rollouts
