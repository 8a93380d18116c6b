#include "incidents/engine/journal.hpp"

#include "core/json_fields.hpp"
#include "incidents/codec.hpp"

namespace qd::incidents {
namespace {

constexpr std::string_view prefix = "incident/";
constexpr std::size_t page = 1'000;

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
    std::vector<IncidentId> ids;
    std::string after;
    for (;;) {
        auto names = log_.streams(prefix, page, after);
        if (!names) return core::Failure(names.error());
        for (const std::string& name : *names) ids.emplace_back(name.substr(prefix.size()));
        if (names->size() < page) return ids;
        after = names->back();
    }
}

core::Result<std::vector<JournalEntry>> Journal::read(const IncidentId& id) const {
    std::vector<JournalEntry> entries;
    for (;;) {
        auto rows = log_.read(stream_of(id), entries.size() + 1, page);
        if (!rows) return core::Failure(rows.error());
        for (const storage::LoggedEvent& row : *rows) {
            auto entry = entry_of(row);
            if (!entry)
                return core::fail(core::Errc::corrupt, "the journal of {}, row {}: {}", id.value, row.seq,
                                  entry.error().message);
            entries.push_back(std::move(*entry));
        }
        if (rows->size() < page) break;
    }
    if (entries.empty()) return core::fail(core::Errc::not_found, "there is no incident {}", id.value);
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
