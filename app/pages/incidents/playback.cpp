#include "app/pages/incidents/playback.hpp"

#include <algorithm>

#include "incidents/projection.hpp"

namespace qd::app {

core::Result<Playback> Playback::of(const incidents::IncidentId& id, const IncidentJournal& journal) {
    const auto events = journal.recorded();
    if (events.empty()) return core::fail(core::Errc::not_found, "the journal is empty");
    if (auto whole = incidents::replay(id, events); !whole) return core::Failure(whole.error());
    auto first = incidents::replay(id, events.first(1));
    if (!first) return core::Failure(first.error());
    return Playback(journal, std::move(*first));
}

Playback::Playback(const IncidentJournal& journal, incidents::Incident first)
    : whole_(journal), incident_(std::move(first)) {
    at_ = from();
    seek(at_);
}

core::WallTime Playback::from() const {
    return whole_.recorded().front().recorded_at;
}

core::WallTime Playback::to() const {
    return std::max(from(), whole_.recorded().back().recorded_at);
}

std::size_t Playback::countAt(core::WallTime at) const {
    const auto events = whole_.recorded();
    const auto later = std::upper_bound(
        events.begin(), events.end(), at,
        [](core::WallTime moment, const incidents::Event& event) { return moment < event.recorded_at; });
    return std::max<std::size_t>(1, std::size_t(later - events.begin()));
}

void Playback::seek(core::WallTime at) {
    at_ = std::clamp(at, from(), to());
    const std::size_t wanted = countAt(at_);
    const auto events = whole_.recorded();
    const bool forward =
        wanted >= count_ &&
        std::none_of(events.begin() + std::ptrdiff_t(count_), events.begin() + std::ptrdiff_t(wanted),
                     [](const incidents::Event& event) { return event.supersedes; });
    if (!forward) {
        // Every prefix of a journal is a valid state: opsd has refused whatever would not be.
        if (auto then = incidents::replay(incident_.id, events.first(wanted))) incident_ = std::move(*then);
        count_ = wanted;
        return;
    }
    for (; count_ < wanted; ++count_)
        if (auto then = incidents::follow(incident_, events[count_])) incident_ = std::move(*then);
}

void Playback::step(int by) {
    const auto events = whole_.recorded();
    if (by > 0) return seek(count_ < events.size() ? events[count_].recorded_at : to());
    // Several may have been recorded at the same moment: to before all of them.
    const core::WallTime here = events[count_ - 1].recorded_at;
    seek(at_ > here ? here : here - std::chrono::milliseconds(1));
    if (at_ < here) seek(events[count_ - 1].recorded_at);
}

}  // namespace qd::app
