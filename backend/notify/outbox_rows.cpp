#include "notify/outbox_rows.hpp"

#include "core/json_fields.hpp"

namespace qd::notify {
namespace {

constexpr std::array<std::string_view, 5> entry_state_names{"queued", "sending", "sent", "failed", "dropped"};

std::optional<core::WallTime> time_of(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return core::WallTime(std::chrono::milliseconds(column.getInt64()));
}

}  // namespace

std::string_view to_string(EntryState state) {
    return entry_state_names[std::size_t(state)];
}

std::optional<EntryState> parse_entry_state(std::string_view text) {
    for (std::size_t i = 0; i < entry_state_names.size(); ++i)
        if (entry_state_names[i] == text) return EntryState(i);
    return std::nullopt;
}

core::Result<Entry> read_entry(SQLite::Statement& row) {
    Entry entry;
    entry.id = std::uint64_t(row.getColumn(0).getInt64());
    entry.destination = row.getColumn(1).getString();
    const auto stored = core::parse_json(row.getColumn(3).getString());
    auto message = stored ? message_from_json(row.getColumn(2).getString(), *stored)
                          : core::Result<Message>(core::Failure(stored.error()));
    const auto state = parse_entry_state(row.getColumn(4).getString());
    if (!message || !state)
        return core::fail(core::Errc::corrupt, "entry {} of the outbox: {}", entry.id,
                          message ? "its state is unknown" : message.error().message);
    entry.message = std::move(*message);
    entry.state = *state;
    entry.attempts = row.getColumn(5).getUInt();
    entry.deliveries = row.getColumn(6).getUInt();
    entry.failures = row.getColumn(7).getUInt();
    entry.created_at = time_of(row.getColumn(8)).value_or(core::WallTime{});
    entry.next_attempt_at = time_of(row.getColumn(9));
    entry.accepted_at = time_of(row.getColumn(10));
    entry.ended_at = time_of(row.getColumn(11));
    entry.last_error = row.getColumn(12).getString();
    return entry;
}

}  // namespace qd::notify
