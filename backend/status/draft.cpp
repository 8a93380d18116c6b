#include "status/draft.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "incidents/clocks.hpp"
#include "status/audience.hpp"

namespace qd::status {
namespace {

using incidents::State;

constexpr std::array all{
    Placeholder{"incident", "its id: INC-3"},
    Placeholder{"title", "its title"},
    Placeholder{"service", "the service that is affected"},
    Placeholder{"severity", "SEV1 to SEV4"},
    Placeholder{"meaning", "what the severity means for users"},
    Placeholder{"impact", "why it has its severity; what the severity means where no reason was given"},
    Placeholder{"state", "how far the response is: investigating, mitigated, …"},
    Placeholder{"progress", "the state in a sentence for people outside of the response"},
    Placeholder{"commander", "the incident commander, or that nobody is"},
    Placeholder{"started", "when users were affected first"},
    Placeholder{"detected", "when it was noticed"},
    Placeholder{"duration", "how long users have been affected, or were"},
    Placeholder{"suspects", "what changed just before, a line each"},
    Placeholder{"last_update", "the text of the last update to anybody"},
    Placeholder{"next_update", "when the next one is promised"},
    Placeholder{"now", "the time of writing"},
};

constexpr std::size_t longest_value = 1'500;

constexpr std::string_view for_responders =
    "{{severity}} {{incident}}: {{title}} ({{state}})\n"
    "Impact: {{impact}}\n"
    "Since {{started}}, for {{duration}}. Commander: {{commander}}.\n"
    "Suspects:\n{{suspects}}\n"
    "Next update: {{next_update}}.";

constexpr std::string_view for_stakeholders =
    "{{severity}} ({{meaning}}) on {{service}} since {{started}}.\n\n"
    "Impact: {{impact}}\n"
    "Where we are: {{progress}}\n"
    "Incident commander: {{commander}}.\n\n"
    "Next update: {{next_update}}.";

constexpr std::string_view for_customers =
    "Since {{started}} you may notice problems with our service. {{progress}}\n\n"
    "We are sorry for the disruption.\n\n"
    "Next update: {{next_update}}.";

std::string_view progress_of(State state) {
    switch (state) {
        case State::triage:
        case State::acknowledged:
            return "We have noticed the problem and are looking into it.";
        case State::investigating:
            return "We are looking for the cause.";
        case State::identified:
            return "We know the cause and are working on it.";
        case State::mitigated:
        case State::monitoring:
            return "The problem is contained; we are watching that it stays so.";
        case State::resolved:
        case State::post_incident:
        case State::closed:
            return "The problem is solved.";
        case State::cancelled:
            return "It turned out to be no problem.";
        case State::merged:
            return "It is handled together with another problem.";
    }
    return {};
}

std::string words_of(State state) {
    std::string words(incidents::to_string(state));
    std::ranges::replace(words, '_', ' ');
    return words;
}

std::string clipped(std::string_view text) {
    if (text.size() <= longest_value) return std::string(text);
    std::size_t end = longest_value;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + " …";
}

std::string suspects_of(const incidents::Incident& incident) {
    if (incident.suspects.empty()) return "none known";
    std::string lines;
    for (const incidents::Suspect& suspect : incident.suspects)
        lines += fmt::format("{}- {}", lines.empty() ? "" : "\n", suspect.reasoning);
    return clipped(lines);
}

Template built_in(std::string_view text) {
    auto made = Template::parse(text, placeholder_names());
    if (!made) throw std::logic_error(made.error().message);
    return std::move(*made);
}

}  // namespace

std::span<const Placeholder> placeholders() {
    return all;
}

std::span<const std::string_view> placeholder_names() {
    static const auto names = [] {
        std::array<std::string_view, all.size()> list;
        std::ranges::transform(all, list.begin(), &Placeholder::name);
        return list;
    }();
    return names;
}

const Template& default_template(std::string_view audience) {
    static const Template to_responders = built_in(for_responders);
    static const Template to_stakeholders = built_in(for_stakeholders);
    static const Template to_customers = built_in(for_customers);
    if (audience == responders) return to_responders;
    return audience == customers ? to_customers : to_stakeholders;
}

std::string clock_words(core::WallTime at) {
    const std::string text = core::format_rfc3339(at);
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

std::string headline(const incidents::Incident& incident, std::string_view audience) {
    if (audience == customers) return fmt::format("Service status update ({})", incident.id.value);
    return fmt::format("{} {} status update: {}", incidents::to_string(incident.severity), incident.id.value,
                       incident.title);
}

Values values_of(const incidents::Incident& incident, std::optional<std::chrono::minutes> interval,
                 core::WallTime now) {
    const bool open = incidents::is_open(incident.state);
    const auto commander = incident.roles.find("commander");
    const core::WallTime started =
        incident.episodes.empty() ? incident.started_at : incident.episodes.back().started_at;
    const core::WallTime until = incident.resolved_at && !open ? *incident.resolved_at : now;
    Values values;
    values["incident"] = incident.id.value;
    values["title"] = incident.title;
    values["service"] = incident.service.empty() ? "the service" : incident.service;
    values["severity"] = incidents::to_string(incident.severity);
    values["meaning"] = incidents::meaning(incident.severity);
    values["impact"] =
        incident.severity_reason.empty() ? values["meaning"] : clipped(incident.severity_reason);
    values["state"] = words_of(incident.state);
    values["progress"] = progress_of(incident.state);
    values["commander"] = commander == incident.roles.end() ? "nobody yet" : commander->second;
    values["started"] = clock_words(started);
    values["detected"] = clock_words(incident.detected_at);
    values["duration"] = incidents::format_duration(std::max(std::chrono::milliseconds(0), until - started));
    values["suspects"] = suspects_of(incident);
    values["last_update"] = incident.last_status.empty() ? "none yet" : clipped(incident.last_status);
    values["next_update"] = !open       ? std::string("none, this is the last one")
                            : !interval ? std::string("when there is news")
                                        : "by " + clock_words(now + *interval);
    values["now"] = clock_words(now);
    return values;
}

}  // namespace qd::status
