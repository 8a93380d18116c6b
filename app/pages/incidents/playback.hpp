#pragma once
// An incident told again in accelerated time: what the journal said at each moment. Pure; the clock is the
// caller's.

#include <optional>

#include "app/adapters/incident_journal.hpp"
#include "incidents/incident.hpp"

namespace qd::app {

class Playback {
public:
    static constexpr int slowest = 1, fastest = 600;

    /// Stands at the first event. Errc::not_found for an empty journal, or what replay() says of one that
    /// makes no sense.
    static core::Result<Playback> of(const incidents::IncidentId& id, const IncidentJournal& journal);

    core::WallTime from() const;  // when the first event was recorded
    core::WallTime to() const;    // and the last one
    core::WallTime at() const { return at_; }
    bool atEnd() const { return at_ >= to(); }

    /// To this moment, cut to from() and to(). What had been recorded by then is known, and nothing else.
    void seek(core::WallTime at);
    void advance(std::chrono::milliseconds real, int speed) { seek(at_ + real * speed); }
    /// To the moment of the next (+1) or previous (-1) event.
    void step(int by);

    /// How many events had been recorded.
    std::size_t count() const { return count_; }
    /// As it was then.
    const incidents::Incident& incident() const { return incident_; }
    /// As it was then, corrections that came later not yet made.
    IncidentJournal journal() const { return whole_.prefix(count_); }

private:
    Playback(const IncidentJournal& journal, incidents::Incident first);
    std::size_t countAt(core::WallTime at) const;

    IncidentJournal whole_;
    incidents::Incident incident_;
    std::size_t count_ = 1;
    core::WallTime at_;
};

}  // namespace qd::app
