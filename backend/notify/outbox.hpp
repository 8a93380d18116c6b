#pragma once
// What is still to be told, and what was: a SQLite file that survives kill -9 and a restart. One process uses
// it at a time. An entry is one message (a phase of an alert counts as one) for one destination, kept once
// however often it is handed in.
//
// States: queued (waits for its turn or its next attempt), sending, sent (the other side has accepted it),
// failed (refused, given up by age, or its destination is gone), dropped (by a person; it stays, so that it
// is not handed in again). Nothing else is ever called sent; what was being sent when the process died is
// sent again, so that delivery is at least once. Entries about the same row of the same objective, and those
// of the same incident, go to a destination in their order, one after the other: an old end never overtakes a
// new beginning.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "notify/message.hpp"
#include "storage/database.hpp"

namespace qd::notify {

enum class EntryState { queued, sending, sent, failed, dropped };

std::string_view to_string(EntryState state);
std::optional<EntryState> parse_entry_state(std::string_view text);

struct Entry {
    std::uint64_t id = 0;
    std::string destination;
    Message message;
    EntryState state = EntryState::queued;
    std::uint32_t attempts = 0;    // all of them
    std::uint32_t deliveries = 0;  // accepted ones; more than one where firing alerts are sent again
    std::uint32_t failures = 0;    // attempts on end that were not
    core::WallTime created_at{};
    std::optional<core::WallTime> next_attempt_at;  // nothing: no more to do
    std::optional<core::WallTime> accepted_at;      // the last time
    std::optional<core::WallTime> ended_at;         // since when it is sent, failed or dropped
    std::string last_error;                         // empty after a success

    bool operator==(const Entry&) const = default;
};

struct OutboxLimits {
    std::size_t max_entries = 10'000;  // beyond, the oldest finished ones go, then the oldest of all
    std::chrono::milliseconds keep_finished = std::chrono::hours(7 * 24);  // since their creation
    std::chrono::milliseconds give_up_after = std::chrono::hours(24);      // never accepted by then: failed
};

struct OutboxCounts {
    std::uint64_t queued = 0, sending = 0, sent = 0, failed = 0, dropped = 0;

    bool operator==(const OutboxCounts&) const = default;
};

/// Thread-safe.
class Outbox {
public:
    /// Takes back what an earlier process was sending. The folder must exist; `clock` outlives the outbox.
    static core::Result<std::unique_ptr<Outbox>> open(const std::filesystem::path& file,
                                                      const core::Clock& clock, OutboxLimits limits = {});

    struct Added {
        std::size_t entries = 0;  // new ones
        std::size_t dropped = 0;  // unfinished ones that had to go for them
    };
    /// On the disk when it returns. A resolved phase is taken where the firing one was: nobody is told the
    /// end of what they never heard of.
    core::Result<Added> add(const Message& message, const std::vector<std::string>& destinations);

    /// Up to `most` entries for `destination` that are due, now in state sending. Given back by accepted(),
    /// refused() or retry(); what is not within `lease` becomes due again.
    core::Result<std::vector<Entry>> claim(const std::string& destination, std::size_t most,
                                           std::chrono::milliseconds lease);
    /// `resend`: a firing alert again after that time for as long as it fires; nothing: never.
    core::Result<> accepted(const Entry& entry, std::optional<std::chrono::milliseconds> resend);
    core::Result<> refused(const Entry& entry, std::string_view error);
    core::Result<> retry(const Entry& entry, std::string_view error, std::chrono::milliseconds delay);

    /// After a restart: entries for other destinations than these have failed, and only these alerts still
    /// fire (those that ended unseen are not sent again).
    core::Result<> settle(const std::vector<std::string>& destinations,
                          const std::vector<std::string>& firing);
    /// Gives up what is too old and forgets what was finished long ago. Cheap; now and then.
    core::Result<> tidy();

    /// Tries an entry that failed, or that waits for its next attempt, again now. Errc::not_found;
    /// Errc::conflict when no attempt has failed, or when it is the beginning of an alert that has ended
    /// meanwhile.
    core::Result<Entry> try_again(std::uint64_t id);
    /// Nobody wants it sent any more. Errc::not_found; Errc::conflict when it is being sent, or was.
    core::Result<Entry> drop(std::uint64_t id, std::string_view by);

    /// Status updates that are sent, failed or dropped, of which nobody has been told yet, the oldest first.
    core::Result<std::vector<Entry>> untold(std::size_t most) const;
    /// They have been told of `entry` as it is given; when it was tried again meanwhile nothing changes.
    core::Result<> mark_told(const Entry& entry);

    core::Result<OutboxCounts> counts() const;
    /// Errc::not_found.
    core::Result<Entry> get(std::uint64_t id) const;
    /// The newest first, at most `most`, with smaller ids than `before` (0: from the newest).
    core::Result<std::vector<Entry>> list(std::optional<EntryState> state, std::size_t most,
                                          std::uint64_t before = 0) const;

private:
    Outbox(std::unique_ptr<storage::Database> database, const core::Clock& clock, OutboxLimits limits)
        : database_(std::move(database)), clock_(clock), limits_(limits) {}
    std::int64_t now_ms() const { return clock_.now().time_since_epoch().count(); }
    std::size_t make_room(SQLite::Database& db) const;
    core::Result<> finish(std::string_view doing, const Entry& entry, const std::string& change,
                          std::string_view error, std::optional<std::int64_t> due_ms);

    std::unique_ptr<storage::Database> database_;
    const core::Clock& clock_;
    OutboxLimits limits_;
};

}  // namespace qd::notify
