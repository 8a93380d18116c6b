#include "incidents/engine/journal.hpp"

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"

namespace qd::incidents {
namespace {

constexpr std::string_view prefix = "incident/";

std::string stream_of(const IncidentId& id) {
    return std::string(prefix) + id.value;
}

core::Result<JournalEntry> entry_of(const storage::LoggedEvent& row) {
    auto value = core::parse_json(row.body);
    if (!value) return core::Failure(value.error());
    if (value->is_object()) (*value)["seq"] = row.seq;  // the row's own number counts
    auto event = event_from_json(*value);
    if (!event) return core::Failure(event.error());
    core::JsonFields fields(*value);
    JournalEntry entry{std::move(*event), fields.text("idempotency_key")};
    if (auto ok = fields.finish(); !ok) return core::Failure(ok.error());
    return entry;
}

}  // namespace

core::Result<std::vector<IncidentId>> Journal::incidents() const {
    const auto names = storage::all_streams(log_, prefix);
    if (!names) return core::Failure(names.error());
    std::vector<IncidentId> ids;
    for (const std::string& name : *names) ids.emplace_back(name.substr(prefix.size()));
    return ids;
}

core::Result<std::vector<JournalEntry>> Journal::read(const IncidentId& id) const {
    const auto rows = storage::read_whole(log_, stream_of(id));
    if (!rows) return core::Failure(rows.error());
    if (rows->empty()) return core::fail(core::Errc::not_found, "there is no incident {}", id.value);
    std::vector<JournalEntry> entries;
    for (const storage::LoggedEvent& row : *rows) {
        auto entry = entry_of(row);
        if (!entry)
            return core::fail(core::Errc::corrupt, "the journal of {}, row {}: {}", id.value, row.seq,
                              entry.error().message);
        entries.push_back(std::move(*entry));
    }
    return entries;
}

core::Result<> Journal::append(const IncidentId& id, const std::vector<JournalEntry>& entries) {
    std::vector<storage::NewEvent> rows;
    for (const JournalEntry& entry : entries) {
        nlohmann::json value = to_json(entry.event);
        if (!entry.idempotency_key.empty()) value["idempotency_key"] = entry.idempotency_key;
        rows.push_back({std::string(to_string(entry.event.kind)), core::dump_json(value)});
    }
    auto written = log_.append(stream_of(id), std::move(rows), entries.front().event.seq - 1);
    if (!written) return core::Failure(written.error());
    return {};
}

core::Result<> Journal::verify(const IncidentId& id) const {
    return log_.verify(stream_of(id));
}

}  // namespace qd::incidents
