#include "incidents/engine/journal.hpp"

#include <limits>

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;

constexpr std::string_view prefix = "incident/";

constexpr std::size_t page = 1'000;

core::Failure unreadable(std::string_view id, std::uint64_t seq, const core::Error& error) {
    return fail(Errc::corrupt, "the journal of {}, row {}: {}", id, seq, error.message);
}

}  // namespace

std::string stream_of(const IncidentId& id) {
    return std::string(prefix) + id.value;
}

std::optional<std::string_view> incident_of(std::string_view stream) {
    if (!stream.starts_with(prefix)) return std::nullopt;
    return stream.substr(prefix.size());
}

core::Result<> Journal::scan(const std::function<void(const JournalRow&)>& visit) const {
    JournalEntry entry;
    return log_.scan(0, storage::Chain::skip, [&](const storage::RowView& row) -> core::Result<> {
        const auto id = incident_of(row.stream);
        if (!id) return {};
        if (auto decoded = decode_row(row.seq, row.body, entry); !decoded)
            visit({*id, row.position, unreadable(*id, row.seq, decoded.error())});
        else
            visit({*id, row.position, &entry});
        return {};
    });
}

core::Result<std::vector<Event>> Journal::read(const IncidentId& id) const {
    std::vector<Event> events;
    JournalEntry entry;
    auto scanned = log_.scan_stream(stream_of(id), storage::Chain::skip,
                                    [&](const storage::RowView& row) -> core::Result<> {
                                        if (auto decoded = decode_row(row.seq, row.body, entry); !decoded)
                                            return unreadable(id.value, row.seq, decoded.error());
                                        events.push_back(std::move(entry.event));
                                        return {};
                                    });
    if (!scanned) return core::Failure(scanned.error());
    if (events.empty()) return fail(Errc::not_found, "there is no incident {}", id.value);
    return events;
}

core::Result<Event> Journal::read(const IncidentId& id, std::uint64_t seq) const {
    const auto rows = log_.read(stream_of(id), seq, 1);
    if (!rows) return core::Failure(rows.error());
    if (rows->empty() || rows->front().seq != seq)
        return fail(Errc::not_found, "{} has no event {}", id.value, seq);
    JournalEntry entry;
    if (auto decoded = decode_row(seq, rows->front().body, entry); !decoded)
        return unreadable(id.value, seq, decoded.error());
    return std::move(entry.event);
}

core::Result<std::vector<Event>> Journal::read_after(const IncidentId& id, std::uint64_t after) const {
    std::vector<Event> events;
    JournalEntry entry;
    auto visited = visit_after(id, after, [&](std::uint64_t seq, std::string_view body) -> core::Result<> {
        if (auto decoded = decode_row(seq, body, entry); !decoded) return decoded;
        events.push_back(std::move(entry.event));
        return {};
    });
    if (!visited) return core::Failure(visited.error());
    return events;
}

core::Result<std::string> Journal::timeline(const IncidentId& id, std::uint64_t after) const {
    TimelineWriter writer;
    auto visited = visit_after(
        id, after, [&](std::uint64_t seq, std::string_view body) { return writer.add(seq, body); });
    if (!visited) return core::Failure(visited.error());
    return std::move(writer).finish();
}

core::Result<> Journal::visit_after(const IncidentId& id, std::uint64_t after,
                                    const BodyVisitor& visit) const {
    const auto visited = [&](std::uint64_t seq, std::string_view body) -> core::Result<> {
        if (auto ok = visit(seq, body); !ok) return unreadable(id.value, seq, ok.error());
        return {};
    };
    if (after == 0)
        return log_.scan_stream(stream_of(id), storage::Chain::skip,
                                [&](const storage::RowView& row) { return visited(row.seq, row.body); });
    while (after < std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
        const auto rows = log_.read(stream_of(id), after + 1, page);
        if (!rows) return core::Failure(rows.error());
        for (const storage::LoggedEvent& row : *rows)
            if (auto ok = visited(row.seq, row.body); !ok) return ok;
        if (rows->size() < page) return {};
        after = rows->back().seq;
    }
    return {};
}

core::Result<std::vector<storage::LoggedEvent>> Journal::append(const std::vector<JournalAppend>& appends) {
    if (writer_ == nullptr) return fail(Errc::internal, "this journal is only read");
    std::vector<storage::StreamAppend> rows;
    for (const JournalAppend& append : appends) {
        storage::StreamAppend& stream = rows.emplace_back();
        stream.stream = stream_of(append.id);
        stream.expected_last_seq = append.entries.front().event.seq - 1;
        for (const JournalEntry& entry : append.entries)
            stream.events.push_back({std::string(to_string(entry.event.kind)), encode_row(entry)});
    }
    return writer_->append_together(std::move(rows));
}

}  // namespace qd::incidents
