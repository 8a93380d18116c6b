#include "opsd/flag_command.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "flags/document.hpp"
#include "opsd/command_client.hpp"
#include "opsd/flag_text.hpp"
#include "opsd/slo_replay_command.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;
using opsclient::FlagChange;
using opsclient::FlagList;
using opsclient::FlagView;

struct FlagOrder {
    std::string url, token_file, data = default_site_folder();
    std::string key, variant, split, file, reason;
    bool dry_run = false, as_json = false;
};

Result<> say_flags(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::fail_errno("writing to standard output", errno);
    return {};
}

Result<> say_flags(const nlohmann::json& value) {
    return say_flags(core::dump_json(value, 2) + "\n");
}

Result<> list_flags(CommandClient& opsd, const FlagOrder& order) {
    const auto list = opsd.ask<FlagList>([](opsclient::Client& client, auto done) { client.flags(done); });
    if (!list) return Failure(list.error());
    if (order.as_json) return say_flags(to_json(*list));
    std::string text;
    for (const FlagView& view : list->items) text += line_of(view) + "\n";
    for (const auto& process : list->processes)
        if (!process.error.empty()) text += fmt::format("{}: {}\n", process.instance, process.error);
    return say_flags(text.empty() ? std::string("There are no flags.\n") : text);
}

Result<FlagView> flag_now(CommandClient& opsd, const FlagOrder& order) {
    return opsd.ask<FlagView>([&](opsclient::Client& client, auto done) { client.flag(order.key, done); });
}

Result<> show_flag(CommandClient& opsd, const FlagOrder& order) {
    const auto view = flag_now(opsd, order);
    if (!view) return Failure(view.error());
    return order.as_json ? say_flags(to_json(*view)) : say_flags(text_of(*view));
}

Result<> tell_history(CommandClient& opsd, const FlagOrder& order) {
    const auto changes = opsd.ask<std::vector<FlagChange>>(
        [&](opsclient::Client& client, auto done) { client.flag_history(order.key, done); });
    if (!changes) return Failure(changes.error());
    auto items = nlohmann::json::array();
    std::string text;
    for (const FlagChange& change : *changes) {
        items.push_back(to_json(change));
        text += line_of(change) + "\n";
    }
    return order.as_json ? say_flags(nlohmann::json{{"items", std::move(items)}}) : say_flags(text);
}

/// "a=10,b=90"
Result<flags::Rule> parse_split(std::string_view text) {
    flags::Rule rule;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        const std::size_t equals = std::min(part.find('='), part.size());
        const std::string_view number = part.substr(std::min(equals + 1, part.size()));
        std::uint32_t weight = 0;
        const auto read = std::from_chars(number.data(), number.data() + number.size(), weight);
        if (read.ec != std::errc{} || read.ptr != number.data() + number.size())
            return core::fail(Errc::invalid_argument, "--split: '{}' is not VARIANT=WEIGHT", part);
        rule.split.push_back({std::string(part.substr(0, equals)), weight});
    }
    return rule;
}

/// What is to be sent, and the revision that it is based on.
Result<std::pair<flags::Flag, std::uint64_t>> wanted_flag(CommandClient& opsd, const FlagOrder& order) {
    const auto now = flag_now(opsd, order);
    const bool is_new = !now && now.error().code == Errc::not_found && !order.file.empty();
    if (!now && !is_new) return Failure(now.error());
    const std::uint64_t revision = is_new ? 0 : now->last.revision;
    if (!order.file.empty()) {
        const auto text = core::read_file(order.file, flags::largest_document);
        if (!text) return Failure(text.error());
        auto flag = flags::read_flag(order.key, *text);
        if (!flag) return core::fail_with_context(order.file, flag.error());
        return std::pair(std::move(*flag), revision);
    }
    flags::Flag flag = now->flag();
    if (!order.variant.empty()) flag.default_variant = order.variant;
    if (!order.split.empty()) {
        auto rule = parse_split(order.split);
        if (!rule) return Failure(rule.error());
        flag.targeting = {std::move(*rule)};
    }
    return std::pair(std::move(flag), revision);
}

std::string exact_request(std::string_view method, const std::string& key, std::string_view below,
                          std::uint64_t revision, const std::string& body) {
    return fmt::format("{} /api/v1/flags/{}{}\nIf-Match: \"{}\"\n{}\n", method, http::percent_encode(key),
                       below, revision, body);
}

Result<> tell_flag(const Result<FlagView>& view, const FlagOrder& order) {
    if (!view) return Failure(view.error());
    if (order.as_json) return say_flags(to_json(*view));
    return say_flags(
        fmt::format("{} is at revision {}: {}\n", view->flag().key, view->last.revision, line_of(*view)));
}

Result<> set_flag(CommandClient& opsd, const FlagOrder& order) {
    const auto wanted = wanted_flag(opsd, order);
    if (!wanted) return Failure(wanted.error());
    const auto& [flag, revision] = *wanted;
    if (order.dry_run)
        return say_flags(exact_request("PUT", order.key, "", revision,
                                       opsclient::encode_flag_request(order.reason, &flag)));
    return tell_flag(opsd.ask<FlagView>([&](opsclient::Client& client, auto done) {
        client.set_flag(wanted->first, order.reason, wanted->second, done);
    }),
                     order);
}

Result<> switch_flag_state(CommandClient& opsd, const FlagOrder& order, bool kill) {
    const auto now = flag_now(opsd, order);
    if (!now) return Failure(now.error());
    const std::uint64_t revision = now->last.revision;
    if (order.dry_run && now->flag().enabled != kill)
        return core::fail(Errc::conflict, "flag '{}' is {} already", order.key,
                          kill ? "killed" : "in service");
    if (order.dry_run)
        return say_flags(exact_request("POST", order.key, kill ? "/kill" : "/restore", revision,
                                       opsclient::encode_flag_request(order.reason)));
    return tell_flag(opsd.ask<FlagView>([&](opsclient::Client& client, auto done) {
        if (kill)
            client.kill_flag(order.key, order.reason, revision, done);
        else
            client.restore_flag(order.key, order.reason, revision, done);
    }),
                     order);
}

}  // namespace

int flag_command(int argc, char** argv) {
    FlagOrder order;
    CLI::App app{"opsd flag: feature flags of a running opsd."};
    app.name("opsd flag");
    app.footer("Exit codes: 0 done, 1 refused or not found, 64 usage, 65 bad data, 69 no opsd answers.");
    app.require_subcommand(1);
    const auto command = [&](const char* name, const char* what, bool of_one) {
        CLI::App* sub = app.add_subcommand(name, what);
        if (of_one) sub->add_option("KEY", order.key, "Such as uploads.enabled")->required();
        sub->add_option("--url", order.url, "Where opsd listens");
        sub->add_option("--token-file", order.token_file, "Whose first line is the token");
        sub->add_option("--data", order.data, "Folder of the site, without --url")->capture_default_str();
        sub->add_flag("--json", order.as_json, "As opsd answers");
        return sub;
    };
    const auto changing = [&](const char* name, const char* what) {
        CLI::App* sub = command(name, what, true);
        sub->add_option("--reason", order.reason, "Why; kept in the history")->required();
        sub->add_flag("--dry-run", order.dry_run, "Print the exact request and send none");
        return sub;
    };
    CLI::App* listing = command("list", "What is served, and where it has come", false);
    CLI::App* showing = command("show", "Variants, rules, reach and the last change", true);
    CLI::App* history = command("history", "Who changed it when and why, the latest first", true);
    CLI::App* setting = changing("set", "Change it, or make a new one of a file");
    auto* how = setting->add_option_group("how")->require_option(1);
    how->add_option("--default", order.variant, "The variant of those to whom no rule applies");
    how->add_option("--split", order.split, "VARIANT=WEIGHT,…: everybody's share, in place of all rules");
    how->add_option("--file", order.file, "The whole flag (YAML or JSON)");
    CLI::App* killing = changing("kill", "Its kill variant for everybody");
    changing("restore", "Back into service as it was");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    const CLI::App* chosen = app.get_subcommands().front();
    const auto endpoint = command_endpoint(order.url, order.token_file, order.data);
    if (!endpoint) return core::report("opsd flag", endpoint.error());
    CommandClient opsd(*endpoint);
    Result<> done;
    if (chosen == listing)
        done = list_flags(opsd, order);
    else if (chosen == showing)
        done = show_flag(opsd, order);
    else if (chosen == history)
        done = tell_history(opsd, order);
    else if (chosen == setting)
        done = set_flag(opsd, order);
    else
        done = switch_flag_state(opsd, order, chosen == killing);
    if (done) return int(core::ExitCode::done);
    const int code = core::report("opsd flag", done.error());
    // Who may not has been refused, unlike a file that may not be read.
    return done.error().code == Errc::permission_denied ? int(core::ExitCode::failed) : code;
}

}  // namespace qd::opsd
