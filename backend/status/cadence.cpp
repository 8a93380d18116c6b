#include "status/cadence.hpp"

#include <algorithm>

#include "incidents/projection.hpp"
#include "status/audience.hpp"

namespace qd::status {

using namespace std::chrono_literals;

Rhythm default_rhythm() {
    return {30min, 60min, 240min, std::nullopt};
}

std::optional<std::chrono::minutes> interval(const Cadence& cadence, std::string_view audience,
                                             incidents::Severity severity) {
    const auto own = cadence.find(audience);
    const Rhythm rhythm = own == cadence.end() ? default_rhythm() : own->second;
    return rhythm[std::size_t(severity) - 1];
}

std::optional<core::WallTime> last_update_at(std::span<const incidents::Event> events,
                                             std::string_view audience) {
    std::optional<core::WallTime> last;
    for (const incidents::Event& event : incidents::effective(events)) {
        if (event.kind != incidents::EventKind::status_update) continue;
        const std::string_view told = event.body.purpose.empty() ? stakeholders : event.body.purpose;
        if (told == audience) last = std::max(last.value_or(event.occurred_at), event.occurred_at);
    }
    return last;
}

std::optional<core::WallTime> next_update_due(const incidents::Incident& incident,
                                              std::optional<core::WallTime> last_update,
                                              std::optional<std::chrono::minutes> interval) {
    if (!interval || !incidents::is_open(incident.state)) return std::nullopt;
    const core::WallTime known =
        incident.episodes.empty() ? incident.detected_at : incident.episodes.back().detected_at;
    return std::max(last_update.value_or(known), known) + *interval;
}

}  // namespace qd::status
