#include "opsd/runbook_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace qd::opsd {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using incidents::EventKind;

constexpr std::size_t max_event_text = 12'000;

/// "playback.5s-60s.1764000000000" -> "playback": what slo/alert.cpp puts before the row and the time.
std::string objective_of(const std::string& alert) {
    const std::size_t time = alert.rfind('.');
    if (time == std::string::npos || time == 0) return alert;
    const std::size_t row = alert.rfind('.', time - 1);
    return row == std::string::npos ? alert : alert.substr(0, row);
}

runbooks::Situation situation_of(const incidents::Incident& incident,
                                 const std::vector<incidents::Event>& events) {
    runbooks::Situation situation;
    situation.service = incident.service;
    situation.severity = int(incident.severity);
    const auto add = [](std::vector<std::string>& list, const std::string& text) {
        if (std::ranges::find(list, text) == list.end()) list.push_back(text);
    };
    for (const incidents::Event& event : events) {
        const bool opening = event.kind == EventKind::opened && !event.body.subject.empty();
        if (!opening && event.kind != EventKind::alert) continue;
        add(situation.alerts, event.body.subject);
        add(situation.objectives, objective_of(event.body.subject));
    }
    for (const incidents::Suspect& suspect : incident.suspects) add(situation.causes, suspect.kind);
    return situation;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
}

}  // namespace

core::Result<std::vector<runbooks::Guide>> RunbookDesk::guides(const incidents::IncidentId& id) const {
    const auto incident = desk_.get(id);
    if (!incident) return Failure(incident.error());
    const auto events = desk_.timeline(id);
    if (!events) return Failure(events.error());
    const auto situation = situation_of(*incident, *events);
    std::vector<runbooks::RunEvent> runs;
    for (const incidents::Event& event : *events)
        if (event.kind == EventKind::runbook)
            runs.push_back(
                {event.body.subject, event.body.phase, event.actor, event.body.text, event.occurred_at});
    std::set<std::string> running;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = running_.find(id.value); at != running_.end()) running = at->second;
    }
    const auto progress = runbooks::progress(runs, running);
    std::vector<std::pair<int, runbooks::Guide>> weighed;
    for (RunbookEntry& entry : library_.entries()) {
        const auto match = runbooks::match(entry.runbook.applies, situation);
        runbooks::Guide guide{
            std::move(entry.runbook), entry.source, entry.problem, false, match.reasons, {}};
        guide.applies = match.applies && !guide.runbook.steps.empty();
        for (const runbooks::Step& step : guide.runbook.steps)
            if (const auto at = progress.find(runbooks::subject_of(guide.runbook.id, step.id));
                at != progress.end())
                guide.steps[step.id] = at->second;
        weighed.emplace_back(guide.applies ? match.weight : -1, std::move(guide));
    }
    std::ranges::stable_sort(weighed, std::greater(), [](const auto& one) { return one.first; });
    std::vector<runbooks::Guide> guides;
    for (auto& [weight, guide] : weighed) guides.push_back(std::move(guide));
    return guides;
}

core::Result<RunbookDesk::Planned> RunbookDesk::plan(const StepOrder& order,
                                                     const security::Actor& actor) const {
    if (const auto incident = desk_.get(order.incident); !incident) return Failure(incident.error());
    const auto entry = library_.find(order.runbook.value);
    if (!entry) return fail(Errc::not_found, "there is no runbook '{}'", order.runbook.value.substr(0, 80));
    const runbooks::Step* step = entry->runbook.find(order.step);
    if (step == nullptr)
        return fail(Errc::not_found, "the runbook '{}' has no step '{}'", entry->runbook.title,
                    order.step.substr(0, 80));
    Planned planned{entry->runbook, *step, step->action, {}, security::Role::responder};
    runbooks::RunAnswer& answer = planned.answer;
    if (!order.request.outcome.empty()) planned.action.reset();
    if (planned.action) {
        for (const auto& [key, value] : order.request.parameters) planned.action->parameters[key] = value;
        if (auto fits = runbooks::check(*planned.action); !fits) return Failure(fits.error());
        const ActionPlan plan = actions_.plan(*planned.action, order.request.reason);
        answer.summary = plan.summary;
        answer.sends = plan.sends;
        answer.refusal = plan.refusal;
        planned.role = plan.role;
    } else {
        const std::string word = order.request.outcome.empty() ? "done" : order.request.outcome;
        answer.summary = fmt::format("Note in the journal that '{}' is {}.", step->title, word);
    }
    answer.role = security::to_string(planned.role);
    if (actor.role < planned.role)
        answer.refusal =
            fmt::format("this takes the role {}; yours is {}", answer.role, security::to_string(actor.role));
    return planned;
}

core::Result<runbooks::RunAnswer> RunbookDesk::preview(const StepOrder& order,
                                                       const security::Actor& actor) const {
    auto planned = plan(order, actor);
    if (!planned) return Failure(planned.error());
    return std::move(planned->answer);
}

core::Result<> RunbookDesk::record(const StepOrder& order, const std::string& phase, const std::string& text,
                                   const std::string& actor) {
    incidents::EventBody body;
    body.subject = runbooks::subject_of(order.runbook, order.step);
    body.phase = phase;
    body.text = text.substr(0, max_event_text);
    const auto written = desk_.record(order.incident, EventKind::runbook, body, actor, "runbooks");
    if (!written) return Failure(written.error());
    return {};
}

core::Result<runbooks::RunAnswer> RunbookDesk::tick_off(const StepOrder& order, Planned planned,
                                                        const security::Actor& actor) {
    const std::string outcome = order.request.outcome.empty() ? "done" : order.request.outcome;
    const std::string text = fmt::format("{}: '{}' {} by hand ({})", planned.runbook.title,
                                         planned.step.title, outcome, order.request.reason);
    if (auto written = record(order, outcome, text, actor.name); !written) return Failure(written.error());
    planned.answer.confirmed = true;
    planned.answer.outcome = outcome;
    planned.answer.text = text;
    return std::move(planned.answer);
}

/// For as long as it lives the step is at work.
class RunbookDesk::AtWork {
public:
    AtWork(RunbookDesk& desk, const StepOrder& order)
        : desk_(desk),
          incident_(order.incident.value),
          subject_(runbooks::subject_of(order.runbook, order.step)) {
        const std::lock_guard lock(desk_.mutex_);
        began_ = desk_.running_[incident_].insert(subject_).second;
    }
    ~AtWork() {
        if (!began_) return;
        const std::lock_guard lock(desk_.mutex_);
        desk_.running_[incident_].erase(subject_);
        if (desk_.running_[incident_].empty()) desk_.running_.erase(incident_);
    }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;
    bool began() const { return began_; }

private:
    RunbookDesk& desk_;
    const std::string incident_, subject_;
    bool began_ = false;
};

core::Result<runbooks::RunAnswer> RunbookDesk::run(const StepOrder& order, const security::Actor& actor) {
    auto planned = plan(order, actor);
    if (!planned) return Failure(planned.error());
    if (actor.role < planned->role) return fail(Errc::permission_denied, "{}", planned->answer.refusal);
    if (!planned->action) return tick_off(order, std::move(*planned), actor);
    runbooks::RunAnswer& answer = planned->answer;
    if (!answer.refusal.empty()) return fail(Errc::conflict, "{}", answer.refusal);
    const AtWork work(*this, order);
    if (!work.began()) return fail(Errc::conflict, "'{}' is being run at this moment", planned->step.title);
    const std::string what = fmt::format("{}: '{}'", planned->runbook.title, planned->step.title);
    const std::string sent = answer.sends.empty() ? answer.summary : joined(answer.sends);
    if (auto started = record(order, "started", fmt::format("{} ({})\n{}", what, order.request.reason, sent),
                              actor.name);
        !started)
        return Failure(started.error());
    const auto done = actions_.execute(*planned->action, order.request.reason, actor.name);
    answer.confirmed = true;
    answer.outcome = done ? "done" : "failed";
    answer.text = done ? *done : done.error().message;
    if (const auto written = record(order, answer.outcome,
                                    fmt::format("{} {}: {}", what, answer.outcome, answer.text), actor.name);
        !written)
        return core::fail_with_context("it was " + answer.outcome + ", and that could not be written down",
                                       written.error());
    return std::move(answer);
}

void RunbookDesk::tick() {
    if (!library_.look()) return;
    auto problems = nlohmann::json::array();
    for (const RunbookEntry& entry : library_.entries())
        if (!entry.problem.empty()) problems.push_back(entry.problem);
    context_.publish("runbook", "*", {{"problems", std::move(problems)}});
}

}  // namespace qd::opsd
