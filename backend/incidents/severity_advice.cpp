#include "incidents/severity_advice.hpp"

namespace qd::incidents {
namespace {

constexpr std::uint64_t enough_events = 20;

std::string share_text(const ImpactReading& reading) {
    std::string text = fmt::format("{:.1f} % of events are bad", *reading.affected_share * 100);
    if (reading.events) text += fmt::format(" (of {})", *reading.events);
    return text;
}

}  // namespace

std::string SeverityAdvice::text() const {
    std::string joined;
    for (const std::string& reason : reasons) {
        if (!joined.empty()) joined += "; ";
        joined += reason;
    }
    return fmt::format("{}: {}", to_string(severity), joined);
}

SeverityAdvice advise_severity(const ImpactReading& reading) {
    SeverityAdvice advice;
    const auto say = [&advice](Severity severity, std::string reason) {
        // The reason that decides stands first.
        const bool worse = severity < advice.severity;
        if (worse) advice.severity = severity;
        advice.reasons.insert(worse ? advice.reasons.begin() : advice.reasons.end(), std::move(reason));
    };
    const double share = reading.affected_share.value_or(0);
    const double burn = reading.burn.value_or(0);
    const bool enough = reading.events.value_or(enough_events) >= enough_events;

    if (reading.data_loss) say(Severity::sev1, "data is lost");
    if (share >= 0.95 && enough)
        say(Severity::sev1, share_text(reading));
    else if (share >= 0.10 && enough)
        say(Severity::sev2, share_text(reading));
    else if (share > 0)
        say(Severity::sev3, share_text(reading));

    if (burn >= 14.4)
        say(Severity::sev2, fmt::format("the budget burns {:.1f} times too fast (from 14.4 on SEV2)", burn));
    else if (burn >= 1)
        say(Severity::sev3, fmt::format("the budget burns {:.1f} times too fast", burn));

    if (reading.sla_breached) say(Severity::sev2, "the SLA is breached");
    if (burn >= 1) {
        if (reading.budget_remaining && *reading.budget_remaining <= 0)
            say(Severity::sev2, "the error budget is gone");
        else if (reading.exhausted_in && *reading.exhausted_in <= std::chrono::minutes(30))
            say(Severity::sev2, fmt::format("the error budget is gone in {:.0f} min at this rate",
                                            reading.exhausted_in->count() / 60));
    }
    if (advice.reasons.empty()) advice.reasons.emplace_back("nothing measured says that users are affected");
    if (!reading.objective_title.empty()) advice.reasons.front() += ", " + reading.objective_title;
    return advice;
}

}  // namespace qd::incidents
