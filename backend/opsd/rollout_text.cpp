#include "opsd/rollout_text.hpp"

#include <fmt/format.h>

#include "rollouts/steps.hpp"

namespace qd::opsd {
namespace {

using rollouts::Rollout;

std::string percent_of(std::optional<double> ratio) {
    return ratio ? fmt::format("{:.2f} %", *ratio * 100) : std::string("not known");
}

std::string length(std::chrono::milliseconds took) {
    const auto seconds = took.count() / 1000;
    if (seconds < 120) return fmt::format("{} s", seconds);
    if (seconds < 7'200) return fmt::format("{} min", seconds / 60);
    return fmt::format("{} h {} min", seconds / 3'600, seconds / 60 % 60);
}

/// "packager (v2)"; one word where they are the same.
std::string title_of(const Rollout& rollout) {
    const std::string& name = rollout.specification.name;
    const std::string& label = rollout.specification.target.label;
    return name.empty() || name == label ? label : fmt::format("{} ({})", name, label);
}

std::string outcome_of(const Rollout& rollout) {
    if (!rollouts::is_finished(rollout.progress)) return "under way";
    return std::string(to_string(rollout.progress.course));
}

std::string why_of(const Rollout& rollout) {
    for (const auto& event : rollout.audit)
        if (event.kind == rollouts::AuditKind::start && !event.reason.empty()) return event.reason;
    return {};
}

std::string traffic_of(const Rollout& rollout) {
    std::string text = fmt::format("{} % requested", rollout.weight_requested);
    if (rollout.weight_observed)
        text += fmt::format(", {:.1f} % observed over {:.0f} s", *rollout.weight_observed,
                            rollout.observed_over_s);
    if (rollout.observed_low && rollout.observed_high)
        text += fmt::format(" (99 %: {:.1f} to {:.1f} %)", *rollout.observed_low, *rollout.observed_high);
    text += rollout.split_confirmed ? ", confirmed by " : ", not confirmed by ";
    text += rollout.driver;
    if (!rollout.driver_connected) text += ", which does not answer";
    return text;
}

std::string run_text(const rollouts::AnalysisRun& run) {
    std::string text = fmt::format("{} is {}", run.name, to_string(run.phase));
    if (!run.message.empty()) text += ": " + run.message;
    for (const rollouts::MetricRun& metric : run.metrics)
        text += fmt::format(
            "\n           {} {}: {} good, {} bad, {} neither, {} in error{}", metric.spec.name,
            to_string(metric.phase), metric.successful, metric.failed, metric.inconclusive, metric.error,
            metric.latest.empty()
                ? ""
                : "; last " + (metric.latest.back().value.empty() ? metric.latest.back().message
                                                                  : metric.latest.back().value));
    return text;
}

std::string moment(std::optional<core::WallTime> at) {
    return at ? core::format_rfc3339(*at) : std::string("until it is lifted");
}

}  // namespace

std::string line_of(const Rollout& rollout) {
    return fmt::format("{:<8} {:<24} {:<10} {:<12} {:>3} %  {}", rollout.id.value, title_of(rollout),
                       to_string(rollout.specification.strategy), to_string(rollout.phase),
                       rollout.weight_requested, rollout.message);
}

std::string history_line_of(const Rollout& rollout) {
    const core::WallTime ended = rollout.ended_at.value_or(rollout.updated_at);
    return fmt::format(
        "{:<8} {:<24} {:<10} {:<9} {} {:>10}  {}{}", rollout.id.value, title_of(rollout),
        to_string(rollout.specification.strategy), outcome_of(rollout),
        core::format_rfc3339(rollout.created_at),
        length(std::chrono::duration_cast<std::chrono::milliseconds>(ended - rollout.created_at)),
        rollout.actor, why_of(rollout).empty() ? "" : ": " + why_of(rollout));
}

std::string text_of(const Rollout& rollout) {
    std::string text = line_of(rollout) + "\n\n";
    const auto add = [&text](std::string_view name, const std::string& value) {
        if (!value.empty()) text += fmt::format("{:<10} {}\n", name, value);
    };
    add("started", fmt::format("{} by {}", core::format_rfc3339(rollout.created_at), rollout.actor));
    add("why", why_of(rollout));
    if (rollout.ended_at) add("ended", core::format_rfc3339(*rollout.ended_at));
    add("stable", rollout.stable_version);
    add("before", rollout.former_version);
    add("traffic", traffic_of(rollout));
    if (rollout.canary_sessions && rollout.all_sessions)
        add("sessions", fmt::format("{} of {}", *rollout.canary_sessions, *rollout.all_sessions));
    add("driver", rollout.driver_note);
    for (const auto& [name, arm] : rollout.arms)
        add(name, fmt::format("{}: {} requests, {} errors, {} slow", arm.version, arm.counts.requests,
                              percent_of(arm.error_ratio), percent_of(arm.slow_ratio)));
    if (rollout.verdict)
        add("verdict",
            fmt::format("{}: {}", to_string(rollout.verdict->outcome), rollout.verdict->explanation));
    for (const rollouts::AnalysisRun& run : rollout.analyses) add("analysis", run_text(run));
    if (rollout.specification.approvals > 0) {
        std::string names;
        for (const rollouts::Approval& approval : rollout.approvals)
            names += (names.empty() ? ": " : ", ") + approval.actor;
        add("approvals",
            fmt::format("{} of {}{}", rollout.approvals.size(), rollout.specification.approvals, names));
    }
    add("frozen", rollout.frozen.value_or(""));
    if (rollout.read_only) add("read-only", "nobody may act on it from here");
    std::string possible;
    for (const rollouts::Action action : rollouts::all_actions)
        if (!rollout.refusals.contains(std::string(to_string(action))))
            possible += (possible.empty() ? "" : ", ") + std::string(to_string(action));
    add("possible", possible.empty() ? "nothing" : possible);
    text += "\nSteps\n";
    const rollouts::Steps steps(rollout.specification);
    for (std::size_t i = 0; i < steps.size(); ++i)
        text += fmt::format("  {} {}\n",
                            i < rollout.progress.step    ? "done   "
                            : i == rollout.progress.step ? "current"
                                                         : "waiting",
                            describe(steps[i]));
    text += "\nAudit\n";
    for (const auto& event : rollout.audit)
        text += fmt::format("  {} {:>4} {:<12} {:<10} {}\n", core::format_rfc3339(event.at), event.seq,
                            event.actor, event.action ? to_string(*event.action) : to_string(event.kind),
                            event.reason);
    return text;
}

std::string text_of(const rollouts::ActionPreview& preview, const std::string& own) {
    std::string text = own + "\n";
    for (const rollouts::PreviewedRequest& request : preview.requests) {
        text += fmt::format("\nTo {}\n", request.to);
        if (!request.method.empty()) text += fmt::format("{} {}\n", request.method, request.target);
        if (request.method.empty() && !request.target.empty()) text += request.target + "\n";
        if (!request.content_type.empty()) text += fmt::format("Content-Type: {}\n", request.content_type);
        if (!request.body.empty()) text += request.body + "\n";
    }
    if (!preview.effects.empty()) text += "\n";
    for (const std::string& effect : preview.effects) text += effect + "\n";
    if (preview.frozen) text += "\nFrozen: " + *preview.frozen + "\n";
    if (preview.refusal) text += "\nRefused: " + *preview.refusal + "\n";
    return text;
}

std::string text_of(const rollouts::PolicyPicture& picture) {
    std::string text;
    if (picture.read_only)
        text += fmt::format("Read-only{}{}\n", picture.read_only_reason.empty() ? "" : ": ",
                            picture.read_only_reason);
    for (const rollouts::Freeze& freeze : picture.now)
        text += fmt::format("now   {:<9} {:<20} {:<26} {} ({})\n", freeze.kind, freeze.name,
                            moment(freeze.until), freeze.reason, freeze.by);
    for (const rollouts::Freeze& freeze : picture.next)
        text += fmt::format("next  {:<9} {:<20} {:<26} to {} {} ({})\n", freeze.kind, freeze.name,
                            moment(freeze.from), moment(freeze.until), freeze.reason, freeze.by);
    return text.empty() ? "Nothing is frozen.\n" : text;
}

}  // namespace qd::opsd
