#include "opsd/change_desk.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "slo/codec.hpp"

namespace qd::opsd {
namespace {

using incidents::EventKind;
using nlohmann::json;

constexpr const char* versions_fact = "versions";
constexpr const char* objectives_fact = "objectives";
constexpr std::chrono::days oldest{30};
constexpr std::chrono::hours suspected_for{2};
constexpr std::size_t reread = 100;
constexpr std::string_view self = "opsd";

std::optional<EventKind> parse_change_kind(std::string_view text) {
    for (const auto kind : {EventKind::deploy, EventKind::config, EventKind::flag})
        if (incidents::to_string(kind) == text) return kind;
    return std::nullopt;
}

incidents::MachineNote note_of(const SiteChange& change) {
    incidents::MachineNote note;
    note.kind = change.kind;
    note.subject = change.subject;
    note.phase = "changed";
    note.text = change.text;
    if (!note.text.ends_with('.')) note.text += '.';
    note.actor = change.actor;
    note.at = change.at;
    note.service = change.service;
    return note;
}

}  // namespace

json to_json(const SiteChange& change) {
    return {{"seq", change.seq},
            {"kind", incidents::to_string(change.kind)},
            {"subject", change.subject},
            {"service", change.service},
            {"text", change.text},
            {"actor", change.actor},
            {"at", core::format_rfc3339(change.at)}};
}

core::Result<SiteChange> site_change_from_json(const json& value, core::WallTime now) {
    core::JsonFields fields(value);
    SiteChange change;
    change.kind = fields.need("kind", fields.word("kind", parse_change_kind));
    change.subject = fields.text("subject", 200);
    change.service = fields.text("service", 200);
    change.text = fields.text("text", 2'000);
    change.at = fields.time("at").value_or(now);
    if (change.subject.empty()) fields.refuse("subject", "is missing: say what was changed");
    if (change.at > now + std::chrono::minutes(1)) fields.refuse("at", "is in the future");
    if (change.at < now - oldest) fields.refuse("at", "is more than 30 days ago");
    change.at = std::min(change.at, now);
    if (change.text.empty())
        change.text = fmt::format("{} of {}", incidents::to_string(change.kind), change.subject);
    return fields.finish(std::move(change));
}

core::Result<> ChangeDesk::restore(const std::vector<slo::Objective>& objectives) {
    auto changes = file_.changes(reread);
    if (!changes) return core::Failure(changes.error());
    std::ranges::reverse(*changes);
    const core::WallTime now = context_.clock().now();
    for (const SiteChange& change : *changes)
        if (change.at >= now - suspected_for) incidents_.remember(note_of(change));
    const auto versions = file_.fact(versions_fact);
    if (!versions) return core::Failure(versions.error());
    if (*versions) {
        json stored = json::parse(**versions, nullptr, false);
        if (!stored.is_object()) stored = json::object();
        known_.emplace();
        for (const auto& [role, list] : stored.items())
            for (const json& version : list)
                if (version.is_string()) (*known_)[role].insert(version.get<std::string>());
    }
    return compare_objectives(objectives);
}

core::Result<> ChangeDesk::compare_objectives(const std::vector<slo::Objective>& objectives) {
    json now = json::object();
    for (const slo::Objective& objective : objectives) {
        slo::Status nothing_measured;  // its codec is the one that tells all of an objective
        nothing_measured.objective = objective;
        now[objective.id.value] = core::dump_json(slo::to_json(nothing_measured));
    }
    const auto before = file_.fact(objectives_fact);
    if (!before) return core::Failure(before.error());
    const std::string text = core::dump_json(now);
    if (*before == text) return {};
    if (*before) {
        const json old = json::parse(**before, nullptr, false);
        std::vector<std::string> parts;
        for (const auto& [id, body] : now.items()) {
            const auto known = old.find(id);
            if (known == old.end())
                parts.push_back(id + " is new");
            else if (*known != body)
                parts.push_back(id + " has changed");
        }
        if (old.is_object())
            for (const auto& [id, body] : old.items())
                if (!now.contains(id)) parts.push_back(id + " is gone");
        SiteChange change;
        change.kind = EventKind::config;
        change.subject = "objectives";
        change.text = fmt::format(
            "opsd started with other objectives than before: {}",
            fmt::join(parts.begin(), parts.begin() + std::min<std::ptrdiff_t>(20, std::ssize(parts)), ", "));
        note(std::move(change));
    }
    return file_.remember(objectives_fact, text);
}

core::Result<SiteChange> ChangeDesk::add(SiteChange change) {
    auto saved = file_.add(std::move(change));
    if (!saved) return saved;
    context_.publish("change", std::to_string(saved->seq), to_json(*saved));
    incidents_.on_machine(note_of(*saved));
    return saved;
}

void ChangeDesk::note(SiteChange change) {
    change.actor = self;
    change.at = context_.clock().now();
    const std::string text = change.text;
    if (const auto added = add(std::move(change)); !added)
        context_.log().error("a change was not noted", {{"change", text}, {"error", added.error().message}});
}

void ChangeDesk::watch(const Directory& site) {
    if (site.processes.empty()) return;
    Versions now = known_.value_or(Versions());
    std::map<std::string, std::set<std::string>> seen;
    std::vector<const site::ProcessInfo*> fresh;
    for (const site::ProcessInfo& process : site.processes) {
        if (process.version.empty() || process.role == "viewers") continue;
        if (seen[process.role].insert(process.version).second && known_ && process.arm != "canary" &&
            !now[process.role].contains(process.version))
            fresh.push_back(&process);
    }
    for (auto& [role, versions] : seen) now[role] = std::move(versions);
    if (known_ == now) return;
    for (const site::ProcessInfo* process : fresh) {
        SiteChange change;
        change.kind = EventKind::deploy;
        change.subject = process->role;
        change.service = process->role;
        change.text =
            fmt::format("Version {} of {} came up ({})", process->version, process->role, process->instance);
        note(std::move(change));
    }
    known_ = now;
    json stored = json::object();
    for (const auto& [role, versions] : now) stored[role] = versions;
    if (const auto kept = file_.remember(versions_fact, core::dump_json(stored)); !kept)
        context_.log().error("versions that were seen are not saved", {{"error", kept.error().message}});
}

}  // namespace qd::opsd
