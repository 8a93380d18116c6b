#include "incidents/severity_advice.hpp"

namespace qd::incidents {
namespace {

constexpr std::uint64_t enough_events = 20;

std::string share_text(const ImpactReading& reading) {
    std::string text = fmt::format("{:.1f} % of events are bad", *reading.affected_share * 100);
    if (reading.events) text += fmt::format(" (of {})", *reading.events);
    return text;
}

/// " (about 36 of 300 viewers)"
std::string about(double share, const AudienceReading& audience) {
    if (!audience.viewers) return {};
    return fmt::format(" (about {:.0f} of {} viewers)", share * double(*audience.viewers), *audience.viewers);
}

template <class Say>
void judge_audience(const AudienceReading& audience, const Say& say) {
    const double slow = audience.plays > 0 ? double(audience.slow_plays) / double(audience.plays) : 0;
    if (slow >= 0.02) {
        const bool enough = audience.plays >= enough_events;
        say(enough && slow >= 0.95   ? Severity::sev1
            : enough && slow >= 0.10 ? Severity::sev2
                                     : Severity::sev3,
            fmt::format("{} of {} plays took longer than 2 s to begin{}", audience.slow_plays, audience.plays,
                        about(slow, audience)));
    }
    const double stalled = audience.watch_s > 0 ? audience.stall_s / audience.watch_s : 0;
    if (stalled >= 0.02)
        say(stalled >= 0.10 ? Severity::sev2 : Severity::sev3,
            fmt::format("viewers wait {:.1f} % of their time{}", stalled * 100, about(stalled, audience)));
    if (audience.failed_requests > 0)
        say(Severity::sev3, fmt::format("{} requests of players failed", audience.failed_requests));
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
    if (reading.audience) judge_audience(*reading.audience, say);
    if (advice.reasons.empty()) advice.reasons.emplace_back("nothing measured says that users are affected");
    if (!reading.objective_title.empty()) advice.reasons.front() += ", " + reading.objective_title;
    return advice;
}

}  // namespace qd::incidents
