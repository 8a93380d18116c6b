#include "postmortems/engine/action_desk.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using core::Result;

constexpr std::string_view action_streams = "action/";
constexpr std::string_view action_prefix = "AI-";

std::uint64_t action_number(std::string_view id) {
    std::uint64_t number = 0;
    if (!id.starts_with(action_prefix)) return 0;
    id.remove_prefix(action_prefix.size());
    const auto read = std::from_chars(id.data(), id.data() + id.size(), number);
    return read.ec == std::errc{} && read.ptr == id.data() + id.size() ? number : 0;
}

std::string action_stream(const std::string& id) {
    return std::string(action_streams) + id;
}

/// What a row says happened to the item.
Result<Action> after_row(const Action& before, const ActionRequest& request, const std::string& actor,
                         core::WallTime at) {
    auto after = changed(before, request);
    if (!after) return after;
    after->version = before.version + 1;
    after->updated_by = actor;
    after->updated_at = at;
    if (before.version == 0) {
        after->created_by = actor;
        after->created_at = at;
    }
    const bool closed = after->state == ActionState::done || after->state == ActionState::declined;
    if (!closed)
        after->closed_at.reset();
    else if (!before.closed_at || before.state != after->state)
        after->closed_at = at;
    return after;
}

}  // namespace

Result<std::unique_ptr<ActionDesk>> ActionDesk::open(storage::EventLog& log, const core::Clock& clock,
                                                     telemetry::Log& messages) {
    std::unique_ptr<ActionDesk> desk(new ActionDesk(log, clock, messages));
    if (auto loaded = desk->load(); !loaded) return Failure(loaded.error());
    return desk;
}

Result<Action> ActionDesk::replay(const std::string& id) const {
    const auto rows = storage::read_whole(log_, action_stream(id));
    if (!rows) return Failure(rows.error());
    Action action;
    action.id = id;
    for (const storage::LoggedEvent& row : *rows) {
        const auto value = core::parse_json(row.body);
        if (!value) return Failure(value.error());
        core::JsonFields fields(*value);
        const std::string actor = fields.text("actor", 200);
        const core::WallTime at = fields.required_time("at");
        const auto request = decode_action_request(core::dump_json(fields.object("change")));
        fields.merge("change", request);
        if (auto read = fields.finish(); !read) return Failure(read.error());
        auto next = after_row(action, *request, actor, at);
        if (!next) return next;
        action = std::move(*next);
    }
    return action;
}

Result<> ActionDesk::load() {
    const auto names = storage::all_streams(log_, action_streams);
    if (!names) return Failure(names.error());
    for (const std::string& name : *names) {
        const std::string id = name.substr(action_streams.size());
        last_number_ = std::max(last_number_, action_number(id));
        auto action = replay(id);
        if (!action) {
            messages_.error("an action item's journal cannot be replayed",
                            {{"action", id}, {"reason", action.error().message}});
            continue;
        }
        actions_[action_number(id)] = std::move(*action);
    }
    return {};
}

Result<Action> ActionDesk::write(const Action& before, const ActionRequest& request, const std::string& actor,
                                 std::string_view kind) {
    const core::WallTime at = clock_.now();
    auto after = after_row(before, request, actor, at);
    if (!after) return after;
    const std::string body = core::dump_json({{"actor", actor},
                                              {"at", core::format_rfc3339(at)},
                                              {"change", nlohmann::json::parse(encode(request))}});
    auto written = log_.append(action_stream(before.id), {{std::string(kind), body}}, before.version);
    if (!written) return Failure(written.error());
    actions_[action_number(after->id)] = *after;
    ++revision_;
    return after;
}

Result<Action> ActionDesk::add(const ActionRequest& request, const std::string& actor) {
    const std::lock_guard lock(mutex_);
    if (request.proposal && !request.proposal->empty())
        for (const auto& [number, action] : actions_)
            if (action.proposal == *request.proposal && request.incident == action.incident) return action;
    if (actions_.size() >= max_actions)
        return fail(Errc::too_large, "there are {} action items already", max_actions);
    Action fresh;
    fresh.id = fmt::format("{}{}", action_prefix, last_number_ + 1);
    auto made = write(fresh, request, actor, "opened");
    if (made) ++last_number_;
    return made;
}

Result<Action> ActionDesk::change(const std::string& id, const ActionRequest& request,
                                  const std::string& actor, std::optional<std::uint64_t> expected_version) {
    const std::lock_guard lock(mutex_);
    const auto known = actions_.find(action_number(id));
    if (known == actions_.end()) return fail(Errc::not_found, "there is no action item {}", id);
    const Action& before = known->second;
    if (expected_version && *expected_version != before.version)
        return fail(Errc::precondition_failed, "{} is at version {}, not {}", id, before.version,
                    *expected_version);
    auto after = changed(before, request);
    if (!after || *after == before) return after;
    return write(Action(before), request, actor, "changed");
}

Result<Action> ActionDesk::get(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto known = actions_.find(action_number(id));
    if (known == actions_.end()) return fail(Errc::not_found, "there is no action item {}", id);
    return known->second;
}

ActionList ActionDesk::list(const ActionFilter& filter) const {
    const core::WallTime now = clock_.now();
    const std::lock_guard lock(mutex_);
    std::vector<Action> all;
    for (const auto& [number, action] : actions_) all.push_back(action);
    ActionList list;
    list.counts = count(all, now);
    for (Action& action : all)
        if (matches(action, filter, now)) list.items.push_back(std::move(action));
    std::ranges::stable_sort(list.items, [now](const Action& a, const Action& b) {
        const bool late_a = is_overdue(a, now), late_b = is_overdue(b, now);
        if (late_a != late_b) return late_a;
        if (a.due.empty() != b.due.empty()) return b.due.empty();
        return a.due < b.due;
    });
    return list;
}

std::vector<Action> ActionDesk::of(const incidents::IncidentId& incident) const {
    const std::lock_guard lock(mutex_);
    std::vector<Action> found;
    for (const auto& [number, action] : actions_)
        if (action.incident == incident) found.push_back(action);
    return found;
}

ActionCounts ActionDesk::counts() const {
    const core::WallTime now = clock_.now();
    const std::lock_guard lock(mutex_);
    std::vector<Action> all;
    for (const auto& [number, action] : actions_) all.push_back(action);
    return count(all, now);
}

std::uint64_t ActionDesk::revision_of(const incidents::IncidentId& incident) const {
    const std::lock_guard lock(mutex_);
    std::uint64_t changes = 0;
    for (const auto& [number, action] : actions_)
        if (action.incident == incident) changes += action.version;
    return changes;
}

std::uint64_t ActionDesk::revision() const {
    const std::lock_guard lock(mutex_);
    return revision_;
}

}  // namespace qd::postmortems
