#pragma once
// Events in a compact binary: the body of a journal's row, and a whole timeline on the wire.
//
// A row's body: a version byte (1), the length of the idempotency key and the key, a kind byte, a varint
// whose bits say which fields follow, occurred_at, recorded_at, then those fields in the order of the bits.
// Integers are LEB128 varints, signed ones in zigzag; times are milliseconds since 1970, recorded_at as the
// difference to occurred_at; texts are preceded by their length; a sample is its time's difference to the one
// before and a little-endian IEEE double. The row's number is the event's seq and is not repeated.
//
// Rows of older journals are JSON, which cannot begin with the byte 1; they are read for ever, never
// rewritten.
//
// A timeline: "QDEV", a version byte (1), the number of rows, then each row's length and body, in order of
// seq from 1 on, or from behind the event that the reader asked for.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "incidents/event.hpp"

namespace qd::incidents {

/// An event with what only the journal knows of it.
struct JournalEntry {
    Event event;
    std::string idempotency_key;  // empty: none; at most 1,000 bytes are read

    bool operator==(const JournalEntry&) const = default;
};

std::string encode_row(const JournalEntry& entry);

/// Reads a row, binary or JSON, into `entry`, whose memory is used again. Errc::corrupt says what does not
/// fit. Safe for any bytes; what is read is not yet check_body()'s.
core::Result<> decode_row(std::uint64_t seq, std::string_view body, JournalEntry& entry);

inline constexpr std::string_view events_media_type = "application/vnd.quarterdeck.events";
inline constexpr std::size_t max_timeline_bytes = 512u << 20;

/// Puts a timeline together from rows as they lie in the journal. Idempotency keys, which are their writers'
/// own, are left out.
class TimelineWriter {
public:
    core::Result<> add(std::uint64_t seq, std::string_view row);
    /// Errc::too_large beyond max_timeline_bytes.
    core::Result<std::string> finish() &&;

private:
    std::string rows_;
    std::uint64_t count_ = 0;
    JournalEntry scratch_;
};

/// `after`: the event behind which the timeline was asked for.
core::Result<std::vector<Event>> decode_timeline(std::string_view bytes, std::uint64_t after = 0);

}  // namespace qd::incidents
