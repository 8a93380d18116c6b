#include "postmortems/proposals.hpp"

#include <algorithm>
#include <array>

#include "incidents/clocks.hpp"

namespace qd::postmortems {
namespace {

using incidents::Event;
using incidents::EventKind;
using incidents::format_duration;
using incidents::Incident;

const Event* first_where(std::span<const Event> shown, auto predicate) {
    const auto at = std::ranges::find_if(shown, predicate);
    return at == shown.end() ? nullptr : &*at;
}

void propose_for_rollout(std::vector<ActionItem>& items, const incidents::Suspect& suspect,
                         std::span<const Event> shown) {
    const std::string id = suspect.subject;
    items.push_back(
        {fmt::format("Lower the first weight of the canary and lengthen its first pause (rollout {})", id),
         "prevent",
         {},
         {},
         "the rollout's specification has a smaller first step, and a bad version is seen within it",
         {{suspect.event_seq}, {}},
         true});
    const Event* failed = first_where(shown, [&](const Event& event) {
        return event.kind == EventKind::rollout && event.body.subject == id &&
               event.body.phase == "verdict" && event.body.text.find("is fail") != std::string::npos;
    });
    const Event* ended = end_of(shown, suspect);
    if (failed != nullptr && ended != nullptr && ended->actor != "engine" &&
        ended->occurred_at > failed->occurred_at)
        items.push_back(
            {fmt::format("Let the analysis abort by itself (onFailure: abort): its verdict was there {} "
                         "before the canary was taken back by hand",
                         format_duration(ended->occurred_at - failed->occurred_at)),
             "mitigate",
             {},
             {},
             "a rehearsed bad version is taken to zero without a person",
             {{failed->seq, ended->seq}, {}},
             true});
}

std::string step_fix(std::string_view step) {
    if (step == "channel") return "Open the incident's channel automatically when an incident opens";
    if (step == "commander") return "Assign the on-call commander automatically when an incident opens";
    if (step == "stakeholders") return "Prepare a first status update that takes one action to send";
    if (step == "acknowledge") return "Page a second person when nobody acknowledges";
    return "Ask for the severity when an incident is acknowledged";
}

}  // namespace

const Event* end_of(std::span<const Event> shown, const incidents::Suspect& suspect) {
    constexpr std::array<std::string_view, 4> ends{"abort", "ramp-down", "undo", "ended"};
    const Event* found = nullptr;
    for (const Event& event : shown)
        if (to_string(event.kind) == suspect.kind && event.body.subject == suspect.subject &&
            std::ranges::find(ends, event.body.phase) != ends.end())
            found = &event;
    return found;
}

bool ended_by_itself(const Event& end) {
    return end.kind == EventKind::chaos && end.body.phase == "ended" && end.actor == "opsd";
}

std::string_view noun_of(const incidents::Suspect& suspect) {
    if (suspect.kind == "chaos") return "fault";
    if (suspect.kind == "deploy") return "deployment";
    if (suspect.kind == "config") return "configuration change";
    return suspect.kind;
}

const Event* last_alert_end_after(std::span<const Event> shown, core::WallTime at) {
    const Event* found = nullptr;
    for (const Event& event : shown)
        if (event.kind == EventKind::alert && event.body.phase == "ended" && event.occurred_at >= at)
            found = &event;
    return found;
}

std::vector<ActionItem> propose_actions(const Incident& incident, std::span<const Event> shown) {
    std::vector<ActionItem> items;
    for (const incidents::Suspect& suspect : incident.suspects) {
        if (suspect.kind == "rollout") propose_for_rollout(items, suspect, shown);
        if (suspect.kind == "chaos")
            items.push_back({fmt::format("Schedule a recovery drill that repeats fault {} after the fix",
                                         suspect.subject),
                             "mitigate",
                             {},
                             {},
                             "the drill is held: no alert fires, or the alert ends without a person's step",
                             {{suspect.event_seq}, {}},
                             true});
    }
    const Event* opened =
        first_where(shown, [](const Event& event) { return event.kind == EventKind::opened; });
    const bool by_alert = opened != nullptr && opened->source == "slo";
    const auto detect = incidents::time_to(incidents::Measure::mttd, incident.episodes.front());
    if (opened != nullptr && (!by_alert || (detect && *detect > incidents::detection_limit)))
        items.push_back({by_alert ? "Add a faster burn row to the objective that fired"
                                  : fmt::format("Add an alert for what people saw first{}",
                                                incident.service.empty() ? "" : " in " + incident.service),
                         "detect",
                         {},
                         {},
                         "the same failure is detected within 5 minutes of its first impact",
                         {{opened->seq}, {}},
                         true});
    const incidents::Clocks clocks = incidents::clocks(incident, incident.updated_at);
    for (const incidents::ResponseStep& step : clocks.steps)
        if (!step.in_time && incident.updated_at >= incident.detected_at + incidents::response_limit)
            items.push_back({step_fix(step.name),
                             "process",
                             {},
                             {},
                             "the step is done within 15 minutes of detection in the next incident",
                             {{incident.version}, {}},
                             true});
    return items;
}

void learn(Document& document, const Incident& incident, std::span<const Event> shown) {
    const incidents::Clocks clocks = incidents::clocks(incident, incident.updated_at);
    const auto seq_of = [&](auto predicate) -> std::vector<std::uint64_t> {
        const Event* event = first_where(shown, predicate);
        return event == nullptr ? std::vector<std::uint64_t>{} : std::vector{event->seq};
    };
    const auto opened = seq_of([](const Event& event) { return event.kind == EventKind::opened; });
    const bool by_alert = std::ranges::any_of(
        shown, [](const Event& event) { return event.kind == EventKind::opened && event.source == "slo"; });
    const std::string detection = format_duration(clocks.detection.elapsed);
    if (clocks.detection.state == incidents::ClockState::met)
        document.went_well.push_back(
            {fmt::format("It was detected {} after the first impact, {} (the limit is 5 min).", detection,
                         by_alert ? "by an alert" : "by a person"),
             {opened, {}}});
    else
        document.went_poorly.push_back(
            {fmt::format("Detection took {}; the limit is 5 min.", detection), {opened, {}}});
    std::string missing;
    std::size_t in_time = 0;
    for (const incidents::ResponseStep& step : clocks.steps) {
        if (step.in_time)
            ++in_time;
        else
            missing += (missing.empty() ? "" : ", ") + std::string(step.name);
    }
    if (in_time == clocks.steps.size())
        document.went_well.push_back(
            {fmt::format("All five steps of the first response were done within 15 min ({}).",
                         format_duration(clocks.response.elapsed)),
             {{incident.version}, {}}});
    else
        document.went_poorly.push_back(
            {fmt::format("Not recorded within {}: {}.",
                         incident.updated_at >= incident.detected_at + incidents::response_limit
                             ? "15 min of detection"
                             : fmt::format("the {} that the journal covers",
                                           format_duration(incident.updated_at - incident.detected_at)),
                         missing),
             {{incident.version}, {}}});
    for (const incidents::Suspect& suspect : incident.suspects) {
        const Event* end = end_of(shown, suspect);
        if (end == nullptr) continue;
        if (ended_by_itself(*end)) {
            document.lucky.push_back(
                {fmt::format("The suspected {} {} ended by itself; nobody had to find it first.",
                             noun_of(suspect), suspect.subject),
                 {{end->seq}, {}}});
            continue;
        }
        document.went_well.push_back(
            {fmt::format("The suspected {} {} could be taken back {} after detection.", noun_of(suspect),
                         suspect.subject,
                         format_duration(std::max(std::chrono::milliseconds(0),
                                                  end->occurred_at - incident.detected_at))),
             {{end->seq}, {}}});
    }
    if (incident.episodes.size() > 1)
        document.went_poorly.push_back(
            {fmt::format("It came back {} time(s) after it had been resolved.", incident.episodes.size() - 1),
             {seq_of([](const Event& event) {
                  return event.kind == EventKind::state &&
                         event.body.state == incidents::State::investigating;
              }),
              {}}});
    document.open_questions_lessons = {"What else went well, and should be kept?",
                                       "What went poorly in systems and processes (not: who)?",
                                       "Where were we lucky?"};
}

}  // namespace qd::postmortems
