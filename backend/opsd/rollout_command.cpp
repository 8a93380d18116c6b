#include "opsd/rollout_command.hpp"

#include <cerrno>
#include <cstdio>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "http/url.hpp"
#include "opsd/command_client.hpp"
#include "opsd/rollout_lint_command.hpp"
#include "opsd/rollout_text.hpp"
#include "opsd/slo_replay_command.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/policy_codec.hpp"
#include "rollouts/specification_remarks.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;
using rollouts::Rollout;
using rollouts::RolloutId;

constexpr std::size_t longest_file = 64u << 10;

struct Order {
    std::string url, token_file, data = default_site_folder();
    std::string id, group, reason, state, to_version, file;
    std::size_t limit = 50;
    bool override_freeze = false, dry_run = false, as_json = false;

    rollouts::ActionRequest request() const { return {reason, override_freeze, {}}; }
};

Result<> print_line(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::fail_errno("writing to standard output", errno);
    return {};
}

Result<> print_line(const nlohmann::json& value) {
    return print_line(core::dump_json(value, 2) + "\n");
}

Result<> list(CommandClient& opsd, const Order& order, bool history) {
    const auto found = opsd.ask<std::vector<Rollout>>([&](opsclient::Client& client, auto done) {
        client.rollout_history(history ? "ended" : order.state, order.limit, done);
    });
    if (!found) return Failure(found.error());
    if (order.as_json) {
        auto items = nlohmann::json::array();
        for (const Rollout& rollout : *found) items.push_back(rollouts::to_json(rollout));
        return print_line(nlohmann::json{{"items", std::move(items)}});
    }
    std::string text;
    for (const Rollout& rollout : *found)
        text += (history ? history_line_of(rollout) : line_of(rollout)) + "\n";
    if (text.empty()) text = history ? "No rollout has ended yet.\n" : "There are no rollouts to show.\n";
    return print_line(text);
}

Result<> tell(const Result<Rollout>& rollout, const Order& order) {
    if (!rollout) return Failure(rollout.error());
    if (order.as_json) return print_line(rollouts::to_json(*rollout));
    return print_line(line_of(*rollout) + "\n");
}

Result<> show(CommandClient& opsd, const Order& order) {
    const auto rollout = opsd.ask<Rollout>(
        [&](opsclient::Client& client, auto done) { client.rollout(RolloutId(order.id), done); });
    if (!rollout) return Failure(rollout.error());
    return order.as_json ? print_line(rollouts::to_json(*rollout)) : print_line(text_of(*rollout));
}

Result<> refusal_of(const rollouts::ActionPreview& preview, const Order& order) {
    if (preview.refusal) return core::fail(Errc::conflict, "{}", *preview.refusal);
    if (preview.frozen && !order.override_freeze)
        return core::fail(Errc::conflict, "{}; --override with --reason goes on nevertheless",
                          *preview.frozen);
    return {};
}

Result<> act(CommandClient& opsd, const Order& order, rollouts::Action action) {
    const RolloutId id(order.id);
    const auto preview = opsd.ask<rollouts::ActionPreview>([&](opsclient::Client& client, auto done) {
        client.preview_rollout_action(id, action, done);
    });
    if (!preview) return Failure(preview.error());
    if (order.dry_run) {
        const auto said =
            order.as_json
                ? print_line(rollouts::to_json(*preview))
                : print_line(text_of(*preview, fmt::format("POST /api/v1/rollouts/{}/{}\nIf-Match: \"{}\"\n{}",
                                                    http::percent_encode(id.value), to_string(action),
                                                    preview->version, rollouts::encode(order.request()))));
        return said ? refusal_of(*preview, order) : said;
    }
    return tell(opsd.ask<Rollout>([&](opsclient::Client& client, auto done) {
                    client.rollout_action(id, action, order.request(), preview->version, done);
                }),
                order);
}

Result<> act_on_group(CommandClient& opsd, const Order& order, rollouts::Action action) {
    const auto preview = opsd.ask<rollouts::GroupPreview>([&](opsclient::Client& client, auto done) {
        client.preview_group_action(order.group, action, done);
    });
    if (!preview) return Failure(preview.error());
    rollouts::ActionRequest request = order.request();
    for (const auto& member : preview->members) request.versions[member.id.value] = member.preview.version;
    if (order.dry_run) {
        std::string text = fmt::format("POST /api/v1/rollouts/groups/{}/{}\n{}\n",
                                       http::percent_encode(order.group), to_string(action),
                                       rollouts::encode(request));
        for (const auto& member : preview->members)
            text += "\n" + text_of(member.preview, fmt::format("{} {}", member.id.value, member.name));
        if (auto said = order.as_json ? print_line(rollouts::to_json(*preview)) : print_line(text); !said) return said;
        if (preview->refusal) return core::fail(Errc::conflict, "{}", *preview->refusal);
        return {};
    }
    const auto outcomes =
        opsd.ask<std::vector<rollouts::GroupOutcome>>([&](opsclient::Client& client, auto done) {
            client.group_action(order.group, action, request, done);
        });
    if (!outcomes) return Failure(outcomes.error());
    auto items = nlohmann::json::array();
    std::string text, failed;
    for (const auto& outcome : *outcomes) {
        items.push_back(rollouts::to_json(outcome));
        text += (outcome.rollout ? line_of(*outcome.rollout)
                                 : fmt::format("{:<8} {}", outcome.id.value, outcome.error)) +
                "\n";
        if (!outcome.rollout) failed += (failed.empty() ? "" : ", ") + outcome.id.value;
    }
    if (auto said = order.as_json ? print_line(nlohmann::json{{"items", items}}) : print_line(text); !said) return said;
    if (!failed.empty()) return core::fail(Errc::conflict, "not done: {}", failed);
    return {};
}

Result<> start(CommandClient& opsd, const Order& order) {
    const auto text = core::read_file(order.file, longest_file);
    if (!text) return Failure(text.error());
    // Its mistakes are told with their lines, and nothing is sent.
    const auto reading = rollouts::read_specification(*text, {true, true, {}});
    for (const rollouts::Remark& each : reading.remarks)
        if (each.kind == rollouts::Remark::Kind::note)
            fmt::print(stderr, "{}:{}: note: {}\n", order.file, each.line, each.text);
    if (!reading.ok())
        return core::fail(Errc::invalid_argument, "{}: specification:{}: {}", order.file,
                          reading.first->line, reading.first->text);
    if (order.dry_run)
        return print_line(fmt::format("POST /api/v1/rollouts?reason={}{}\nContent-Type: application/yaml\n\n{}",
                               http::percent_encode(order.reason),
                               order.override_freeze ? "&override=true" : "", *text));
    return tell(opsd.ask<Rollout>([&](opsclient::Client& client, auto done) {
                    client.create_rollout(*text, order.reason, order.override_freeze, done);
                }),
                order);
}

Result<> roll_back(CommandClient& opsd, const Order& order) {
    const rollouts::RollbackRequest request{order.to_version, order.reason, order.override_freeze};
    if (order.dry_run)
        return print_line(fmt::format("POST /api/v1/rollouts/{}/rollback\n{}\n", http::percent_encode(order.id),
                               rollouts::encode(request)));
    return tell(opsd.ask<Rollout>([&](opsclient::Client& client, auto done) {
                    client.rollback(RolloutId(order.id), request, done);
                }),
                order);
}

Result<> policy(CommandClient& opsd, const Order& order) {
    const auto picture = opsd.ask<rollouts::PolicyPicture>(
        [](opsclient::Client& client, auto done) { client.rollout_policy(done); });
    if (!picture) return Failure(picture.error());
    return order.as_json ? print_line(rollouts::to_json(*picture)) : print_line(text_of(*picture));
}

struct Verb {
    std::string_view word, what;
};

constexpr Verb verbs[]{{"next", "On to the next step"},
                       {"resume", "End the pause"},
                       {"pause", "Hold it where it is"},
                       {"back", "To the weight before"},
                       {"promote", "All traffic to the new version, which becomes stable"},
                       {"ramp-down", "Stage by stage to 0 %"},
                       {"abort", "At once to 0 %, for good"},
                       {"undo", "The former version becomes stable again"},
                       {"approve", "Let another's rollout begin to take traffic"}};

}  // namespace

int rollout_command(int argc, char** argv) {
    // Files alone are read: no opsd has to run.
    if (argc > 1 && std::string_view(argv[1]) == "lint") return rollout_lint_command(argc - 1, argv + 1);
    Order order;
    CLI::App app{"opsd rollout: rollouts of a running opsd."};
    app.name("opsd rollout");
    app.footer("Exit codes: 0 done, 1 refused or not found, 64 usage, 65 bad data, 69 no opsd answers.");
    app.require_subcommand(1);
    const auto command = [&](std::string_view name, std::string_view what) {
        CLI::App* sub = app.add_subcommand(std::string(name), std::string(what));
        sub->add_option("--url", order.url, "Where opsd listens");
        sub->add_option("--token-file", order.token_file, "Whose first line is the token");
        sub->add_option("--data", order.data, "Folder of the site, without --url")->capture_default_str();
        sub->add_flag("--json", order.as_json, "As opsd answers");
        return sub;
    };
    const auto changing = [&](CLI::App* sub) {
        sub->add_option("--reason", order.reason, "Why; kept in the audit");
        sub->add_flag("--override", order.override_freeze, "Although a freeze forbids it; needs a reason");
        sub->add_flag("--dry-run", order.dry_run, "Print the exact requests and send none");
        return sub;
    };
    CLI::App* listing = command("list", "The latest first");
    listing->add_option("--state", order.state, "open, ended, or the word of a phase");
    CLI::App* history = command("history", "Those that ended: how, how long, who and why");
    for (CLI::App* sub : {listing, history})
        sub->add_option("--limit", order.limit, "At most so many")->check(CLI::Range(1, 500));
    CLI::App* showing = command("show", "What it does, its traffic, verdict and audit");
    showing->add_option("ID", order.id, "Such as RO-3")->required();
    CLI::App* policies = command("policy", "What is frozen now and why, and what will be");
    CLI::App* starting = changing(command("start", "Begin one"));
    starting->add_option("FILE", order.file, "Specification (YAML or JSON)")->required();
    CLI::App* returning = changing(command("rollback", "Begin one back to an earlier version"));
    returning->add_option("ID", order.id, "Whose way of going on is taken, such as RO-3")->required();
    returning->add_option("--to", order.to_version, "A version that was stable before")->required();
    for (const Verb& verb : verbs) {
        CLI::App* sub = changing(command(verb.word, verb.what));
        CLI::Option* id = sub->add_option("ID", order.id, "Such as RO-3");
        CLI::Option* group = sub->add_option("--group", order.group, "All of a group that are under way");
        id->excludes(group);
        sub->callback([&order] {
            if (order.id.empty() && order.group.empty())
                throw CLI::RequiredError("one of ID and --group");
        });
    }
    app.add_subcommand("lint", "Say what is wrong in files, by line; asks no opsd");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    const CLI::App* chosen = app.get_subcommands().front();
    const auto endpoint = command_endpoint(order.url, order.token_file, order.data);
    if (!endpoint) return core::report("opsd rollout", endpoint.error());
    CommandClient opsd(*endpoint);
    Result<> done;
    if (chosen == listing || chosen == history)
        done = list(opsd, order, chosen == history);
    else if (chosen == showing)
        done = show(opsd, order);
    else if (chosen == policies)
        done = policy(opsd, order);
    else if (chosen == starting)
        done = start(opsd, order);
    else if (chosen == returning)
        done = roll_back(opsd, order);
    else if (const auto action = rollouts::parse_action(chosen->get_name()); !action)
        done = core::fail(Errc::conflict, "this opsd has no action '{}'", chosen->get_name());
    else
        done = order.group.empty() ? act(opsd, order, *action) : act_on_group(opsd, order, *action);
    if (done) return int(core::ExitCode::done);
    const int code = core::report("opsd rollout", done.error());
    // Who may not has been refused, unlike a file that may not be read.
    return done.error().code == Errc::permission_denied ? int(core::ExitCode::failed) : code;
}

}  // namespace qd::opsd
