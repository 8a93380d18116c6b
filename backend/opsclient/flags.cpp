#include "opsclient/flags.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "flags/document.hpp"
#include "flags/flag_set.hpp"

namespace qd::opsclient {
namespace {

using nlohmann::json;

constexpr std::size_t most_flag_instances = 1'000;

json reach_json(const FlagReach& reach) {
    return {{"processes", reach.processes},
            {"reached", reach.reached},
            {"after_s", reach.after_s ? json(*reach.after_s) : json(nullptr)},
            {"behind", reach.behind}};
}

FlagReach read_reach(const json& value, core::JsonFields& outer) {
    core::JsonFields fields(value);
    FlagReach reach;
    reach.processes = unsigned(fields.count("processes").value_or(0));
    reach.reached = unsigned(fields.count("reached").value_or(0));
    reach.after_s = fields.number("after_s");
    for (const json& instance : fields.array("behind", most_flag_instances))
        if (instance.is_string())
            reach.behind.push_back(instance.get<std::string>());
        else
            fields.refuse("behind", "must be texts");
    outer.merge("reach", fields.finish());
    return reach;
}

FlagProcess read_process(const json& value, core::JsonFields& outer) {
    core::JsonFields fields(value);
    FlagProcess process{fields.text("instance"), fields.text("role"), fields.text("version"),
                        fields.count("revision"), fields.text("error")};
    outer.merge("processes", fields.finish());
    return process;
}

}  // namespace

std::string sentence(const FlagReach& reach, std::uint64_t revision) {
    std::string text =
        fmt::format("{} of {} processes at revision {}", reach.reached, reach.processes, revision);
    if (reach.after_s && reach.behind.empty()) text += fmt::format(", after {:.1f} s", *reach.after_s);
    if (!reach.behind.empty()) text += fmt::format("; not yet {}", fmt::join(reach.behind, ", "));
    return text;
}

std::string encode_flag_request(const std::string& reason, const flags::Flag* flag) {
    json body{{"reason", reason}};
    if (flag != nullptr) body["flag"] = json::parse(flags::write_flag(*flag));
    return core::dump_json(body);
}

json to_json(const FlagChange& change) {
    return {{"key", change.flag.key},
            {"revision", change.revision},
            {"at", core::format_rfc3339(change.at)},
            {"action", change.action},
            {"actor", change.actor},
            {"reason", change.reason},
            {"flag", json::parse(flags::write_flag(change.flag))}};
}

core::Result<FlagChange> flag_change_from_json(const json& value) {
    core::JsonFields fields(value);
    FlagChange change;
    change.revision = fields.need("revision", fields.count("revision"));
    change.at = fields.required_time("at");
    change.action = fields.text("action", 64);
    change.actor = fields.text("actor");
    change.reason = fields.text("reason");
    const std::string key = fields.text("key", 200);
    auto flag = flags::read_flag(key, core::dump_json(fields.object("flag")));
    if (flag)
        change.flag = std::move(*flag);
    else
        fields.refuse("flag", flag.error().message);
    return fields.finish(std::move(change));
}

json to_json(const FlagView& view) {
    json written = to_json(view.last);
    written["reach"] = reach_json(view.reach);
    written["pinned"] = view.pinned;
    return written;
}

core::Result<FlagView> flag_view_from_json(const json& value) {
    auto last = flag_change_from_json(value);
    if (!last) return core::Failure(last.error());
    core::JsonFields fields(value);
    FlagView view{std::move(*last), read_reach(fields.object("reach"), fields), {}};
    for (const auto& [instance, variant] : fields.object("pinned", most_flag_instances).items())
        if (variant.is_string())
            view.pinned[instance] = variant.get<std::string>();
        else
            fields.refuse("pinned", "must hold texts");
    return fields.finish(std::move(view));
}

json to_json(const FlagList& list) {
    json written{{"revision", list.revision},
                 {"items", json::array()},
                 {"processes", json::array()},
                 {"next", nullptr}};
    for (const FlagView& view : list.items) written["items"].push_back(to_json(view));
    for (const FlagProcess& process : list.processes)
        written["processes"].push_back(
            {{"instance", process.instance},
             {"role", process.role},
             {"version", process.version},
             {"revision", process.revision ? json(*process.revision) : json(nullptr)},
             {"error", process.error}});
    return written;
}

core::Result<FlagList> flag_list_from_json(const json& value) {
    core::JsonFields fields(value);
    FlagList list;
    list.revision = fields.need("revision", fields.count("revision"));
    for (const json& item : fields.array("items", flags::most_flags)) {
        auto view = flag_view_from_json(item);
        if (!view) return core::Failure(view.error());
        list.items.push_back(std::move(*view));
    }
    for (const json& process : fields.array("processes", most_flag_instances))
        list.processes.push_back(read_process(process, fields));
    return fields.finish(std::move(list));
}

}  // namespace qd::opsclient
