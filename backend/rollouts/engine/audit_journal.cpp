#include "rollouts/engine/audit_journal.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "rollouts/analysis_codec.hpp"
#include "rollouts/codec.hpp"

namespace qd::rollouts {
namespace {

constexpr std::string_view prefix = "rollout/", run_prefix = "analysis/";
constexpr double longest_shift = 1e13;  // 317 years

std::string stream_of(const RolloutId& id) {
    return std::string(prefix) + id.value;
}

core::Result<AuditRow> row_of(const storage::LoggedEvent& logged) {
    auto value = core::parse_json(logged.body);
    if (!value) return core::Failure(value.error());
    if (value->is_object()) (*value)["seq"] = logged.seq;  // the row's own number counts
    auto event = audit_event_from_json(*value);
    if (!event) return core::Failure(event.error());
    AuditRow row;
    row.event = std::move(*event);
    core::JsonFields fields(*value);
    row.idempotency_key = fields.text("idempotency_key");
    row.overrode = fields.text("overrode");
    if (row.event.kind == AuditKind::start) {
        auto specification = parse_specification(core::dump_json(fields.object("specification")));
        if (!specification) return core::Failure(specification.error());
        row.beginning = Beginning{std::move(*specification), fields.text("former_version", 200),
                                  unsigned(fields.count("stable_instances").value_or(1))};
    }
    if (fields.find("verdict") != nullptr) {
        auto verdict = verdict_from_json(*fields.find("verdict"));
        if (!verdict) return core::Failure(verdict.error());
        row.verdict = std::move(*verdict);
    }
    if (const auto instances = fields.count("instances"))
        row.event.instances = unsigned(std::min<std::uint64_t>(*instances, 1'000));
    else if (row.beginning)
        row.event.instances = row.beginning->stable_instances;
    if (const auto shift = fields.number("shift_ms"))
        row.event.shift =
            std::chrono::milliseconds(std::int64_t(std::clamp(*shift, -longest_shift, longest_shift)));
    if (const nlohmann::json* of = fields.find("run")) {
        auto run = analysis_run_from_json(*of);
        if (!run) return core::Failure(run.error());
        row.run = std::move(*run);
    }
    if (const auto ms = fields.count("time_to_zero_ms")) row.time_to_zero = std::chrono::milliseconds(*ms);
    if (auto ok = fields.finish(); !ok) return core::Failure(ok.error());
    return row;
}

}  // namespace

core::Result<std::vector<RolloutId>> AuditJournal::rollouts() const {
    const auto names = storage::all_streams(log_, prefix);
    if (!names) return core::Failure(names.error());
    std::vector<RolloutId> ids;
    for (const std::string& name : *names) ids.emplace_back(name.substr(prefix.size()));
    return ids;
}

core::Result<std::vector<AuditRow>> AuditJournal::read(const RolloutId& id) const {
    const auto logged = storage::read_whole(log_, stream_of(id));
    if (!logged) return core::Failure(logged.error());
    std::vector<AuditRow> rows;
    for (const storage::LoggedEvent& each : *logged) {
        auto row = row_of(each);
        if (!row)
            return core::fail(core::Errc::corrupt, "the audit of {}, row {}: {}", id.value, each.seq,
                              row.error().message);
        rows.push_back(std::move(*row));
    }
    if (rows.empty() || !rows.front().beginning)
        return core::fail(core::Errc::corrupt, "the audit of {} does not begin with a start", id.value);
    return rows;
}

core::Result<> AuditJournal::append(const RolloutId& id, const AuditRow& row) {
    nlohmann::json value = to_json(row.event);
    if (row.beginning) {
        value["specification"] = nlohmann::json::parse(to_json_text(row.beginning->specification));
        value["former_version"] = row.beginning->former_version;
        value["stable_instances"] = row.beginning->stable_instances;
    }
    if (row.event.instances) value["instances"] = *row.event.instances;
    if (row.event.shift) value["shift_ms"] = row.event.shift->count();
    if (row.verdict) value["verdict"] = to_json(*row.verdict);
    if (row.run) value["run"] = to_json(*row.run);
    if (row.time_to_zero) value["time_to_zero_ms"] = row.time_to_zero->count();
    if (!row.overrode.empty()) value["overrode"] = row.overrode;
    if (!row.idempotency_key.empty()) value["idempotency_key"] = row.idempotency_key;
    auto written = log_.append(
        stream_of(id), {{std::string(to_string(row.event.kind)), core::dump_json(value)}}, row.event.seq - 1);
    if (!written) return core::Failure(written.error());
    return {};
}

core::Result<> AuditJournal::save_run(const AnalysisRun& run) {
    auto written = log_.append(std::string(run_prefix) + run.name, {{"run", core::dump_json(to_json(run))}});
    if (!written) return core::Failure(written.error());
    return {};
}

core::Result<std::optional<AnalysisRun>> AuditJournal::saved_run(const std::string& name) const {
    const std::string stream = std::string(run_prefix) + name;
    const auto last = log_.last_seq(stream);
    if (!last) return core::Failure(last.error());
    if (*last == 0) return std::optional<AnalysisRun>();
    const auto rows = log_.read(stream, *last, 1);
    if (!rows) return core::Failure(rows.error());
    if (rows->empty()) return std::optional<AnalysisRun>();
    const auto value = core::parse_json(rows->front().body);
    if (!value) return core::Failure(value.error());
    auto run = analysis_run_from_json(*value);
    if (!run) return core::Failure(run.error());
    return std::optional(std::move(*run));
}

}  // namespace qd::rollouts
