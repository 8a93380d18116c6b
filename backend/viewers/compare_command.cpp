#include "viewers/compare_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <thread>

#include "compare/headless.hpp"
#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "core/stop_signal.hpp"
#include "http/client.hpp"
#include "viewers/exit_code.hpp"

namespace qd::viewers {
namespace {

using compare::Both;
using compare::Side;
using compare::sides;
using nlohmann::json;

const char* letter(Side side) {
    return side == Side::a ? "a" : "b";
}

double first_byte_ms(const player::FetchRecord& record) {
    return double(record.timings.first_byte.count()) / 1000;
}

json one_side(const compare::SegmentResult& segment, Side side) {
    json result{{"sequence", segment.sequence[side]},
                {"missing", segment.missing[side]},
                {"frozen", segment.frozen[side]},
                {"black", segment.black[side]}};
    const auto& fetch = segment.fetch[side];
    if (!fetch) return result;
    result["url"] = fetch->url;
    result["status"] = fetch->status;
    result["bytes"] = fetch->bytes;
    result["first_byte_ms"] = first_byte_ms(*fetch);
    result["elapsed_ms"] = double(fetch->elapsed.count()) / 1000;
    result["attempt"] = fetch->attempt;
    result["reused_connection"] = fetch->timings.reused_connection;
    result["arm"] = fetch->served_by.arm;
    result["version"] = fetch->served_by.version;
    result["instance"] = fetch->served_by.instance;
    result["cache"] = fetch->cache;
    result["request_id"] = fetch->request_id;
    result["trace_id"] = fetch->trace_id;
    return result;
}

json to_json(const compare::SegmentResult& segment) {
    return {{"type", "segment"},
            {"from_s", segment.from.count()},
            {"to_s", segment.to.count()},
            {"pairs", segment.pairs},
            {"identical", segment.identical},
            {"mean_ssim", segment.mean_ssim},
            {"worst_ssim", segment.worst_ssim},
            {"worst_psnr_db", segment.worst_psnr_db},
            {"a", one_side(segment, Side::a)},
            {"b", one_side(segment, Side::b)}};
}

json to_json(const compare::PairScore& score) {
    json line{{"type", "pair"},
              {"at_s", score.at.count()},
              {"ssim", score.ssim},
              {"psnr_db", score.psnr_db},
              {"identical", score.identical}};
    for (const Side side : sides) {
        const std::string suffix = std::string("_") + letter(side);
        line["position" + suffix] = score.position[side].count();
        line["frame" + suffix] = score.frame_number[side] ? json(*score.frame_number[side]) : json(nullptr);
        line["frozen" + suffix] = score.frozen[side];
        line["black" + suffix] = score.black[side];
    }
    return line;
}

std::string to_text(const compare::SegmentResult& segment, const Both<std::string>& names) {
    std::string line = fmt::format(
        "segment {:>5}  {} to {}  {:>3} pairs  SSIM {:.3f}, worst {:.3f}  PSNR >= {:.1f} dB",
        segment.sequence.a, compare::position_text(segment.from), compare::position_text(segment.to),
        segment.pairs, segment.mean_ssim, segment.worst_ssim, segment.worst_psnr_db);
    if (segment.identical == segment.pairs) line += "  identical";
    if (segment.fetch.a && segment.fetch.b)
        line += fmt::format("  first byte {:.1f} / {:.1f} ms", first_byte_ms(*segment.fetch.a),
                            first_byte_ms(*segment.fetch.b));
    for (const Side side : sides) {
        if (segment.missing[side] > 0)
            line += fmt::format("  {} lacks {} frames", names[side], segment.missing[side]);
        if (segment.frozen[side]) line += fmt::format("  {} stands still", names[side]);
        if (segment.black[side]) line += fmt::format("  {} is black", names[side]);
    }
    return line;
}

std::string to_text(const compare::Verdict& verdict) {
    std::string text = fmt::format("{}: {}\n", to_string(verdict.kind), verdict.text);
    if (verdict.findings.size() > 1)
        for (const compare::Finding& finding : verdict.findings) text += "  " + finding.text + "\n";
    text += fmt::format("{} pairs over {:.1f} s, {} identical", verdict.pairs, verdict.compared.count(),
                        verdict.identical);
    if (verdict.mean_ssim && verdict.worst_ssim)
        text += fmt::format(", SSIM {:.3f} on average, {:.3f} at worst ({})", *verdict.mean_ssim,
                            *verdict.worst_ssim,
                            compare::position_text(verdict.worst_at.value_or(core::Seconds(0))));
    if (!verdict.offset.empty()) text += ", " + verdict.offset;
    if (verdict.fps.a && verdict.fps.b && *verdict.fps.a != *verdict.fps.b)
        text += fmt::format(", {:.5g} and {:.5g} frames a second", *verdict.fps.a, *verdict.fps.b);
    for (const std::string& note : verdict.notes) text += "\nnote: " + note;
    return text;
}

core::Result<> add_headers(player::SessionOptions& session, const CompareOptions& options, Side side,
                           const std::string& token) {
    for (const std::string& header : options.headers[side]) {
        const std::size_t colon = header.find(':');
        if (colon == 0 || colon == std::string::npos ||
            header.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            return core::fail(core::Errc::invalid_argument, "'{}' is no header: it must be 'Name: value'",
                              header);
        const std::size_t value = std::min(header.find_first_not_of(' ', colon + 1), header.size());
        session.headers.set(header.substr(0, colon), header.substr(value));
    }
    if (!options.arm[side].empty()) session.headers.set("X-Quarterdeck-Arm", options.arm[side]);
    if (!token.empty()) session.headers.set("Authorization", "Bearer " + token);
    return {};
}

core::Result<Both<compare::SideOptions>> sides_of(const CompareOptions& options) {
    std::string token;
    if (!options.token_file.empty()) {
        auto read = core::read_file(options.token_file, 4096);
        if (!read) return core::Failure(read.error());
        token = std::move(*read);
        token.erase(std::min(token.find_first_of("\r\n"), token.size()));
    }
    if (options.b.empty() && options.arm.a == options.arm.b && options.headers.a == options.headers.b)
        return core::fail(core::Errc::invalid_argument,
                          "there is nothing to compare with: name a second address, or another arm");
    Both<compare::SideOptions> result;
    for (const Side side : sides) {
        compare::SideOptions& one = result[side];
        one.url = side == Side::b && !options.b.empty() ? options.b : options.a;
        one.name = !options.name[side].empty()  ? options.name[side]
                   : !options.arm[side].empty() ? options.arm[side]
                   : side == Side::a            ? "A"
                                                : "B";
        if (auto added = add_headers(one.session, options, side, token); !added)
            return core::Failure(added.error());
    }
    return result;
}

int exit_code_of(const compare::HeadlessResult& result) {
    switch (result.verdict.kind) {
        case compare::Verdict::Kind::differ:
            return exit_differ;
        case compare::Verdict::Kind::same:
            return int(result.interrupted ? core::ExitCode::interrupted : core::ExitCode::done);
        case compare::Verdict::Kind::insufficient:
            break;
    }
    if (result.interrupted) return int(core::ExitCode::interrupted);
    for (const Side side : sides)
        if (result.error[side]) return int(exit_code(*result.error[side]));
    return int(core::ExitCode::bad_data);
}

}  // namespace

void add_compare_command(CLI::App& app, CompareOptions& options) {
    CLI::App* command = app.add_subcommand(
        "compare",
        "Whether two HLS addresses show the same pictures, frame by frame, as fast as they can be had");
    command->add_option("A", options.a, "The reference: multivariant or media playlist")->required();
    command->add_option("B", options.b,
                        "What is compared with it; that of A when an arm or a header tells them apart");
    command->add_flag("--json", options.json, "A JSON object a line: segments, then the verdict");
    command->add_flag("--pairs", options.pairs, "A line for each pair of frames as well");
    command->add_option("--for", options.for_s, "Compare so many seconds")->check(core::seconds_from(0.001));
    command->add_option("--at", options.at_s, "Begin at this position, in seconds")
        ->check(core::seconds_from(0));
    command
        ->add_option("--level", options.level,
                     "Level of A, counted from 0 by bandwidth; the highest by default")
        ->check(CLI::Range(0, 63));
    command->add_option(
        "--offset", options.offset_s,
        "Seconds by which B's positions are ahead of A's; found from the pictures by default");
    command
        ->add_option("--min-ssim", options.thresholds.ssim,
                     "Below it for some frames in a row, pictures differ: lower it where encoders starve")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("--min-psnr", options.thresholds.psnr_db, "Likewise, in dB")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    for (const Side side : sides) {
        const std::string is = letter(side), of = side == Side::a ? "A" : "B";
        command->add_option("--header-" + is, options.headers[side],
                            "'Name: value' sent with requests of " + of);
        command
            ->add_option("--arm-" + is, options.arm[side],
                         "Force this arm on " + of + " (needs --token-file)")
            ->check(CLI::IsMember({"stable", "canary", "baseline"}));
        command->add_option("--name-" + is, options.name[side], "What " + of + " is called in the verdict");
    }
    command->add_option("--token-file", options.token_file,
                        "Bearer token, sent to the addresses' own hosts only");
    command->footer(
        "Where most frames are identical, both carry one encoding: one frame below SSIM 0.95 or 35 dB "
        "differs then.\n"
        "Exit codes: 0 the pictures are the same, 3 they differ, 64 usage, 65 too little or no picture to "
        "compare,\n"
        "69 an address cannot be reached, 130 interrupted, 1 any other reason.");
}

int compare(const CompareOptions& options) {
    core::StopSignal signal;
    auto what = sides_of(options);
    if (!what) {
        const int code = core::report("viewers", what.error());
        return what.error().code == core::Errc::invalid_argument ? int(core::ExitCode::usage) : code;
    }
    const Both<std::string> names{what->a.name, what->b.name};

    const core::SystemClock clock;
    core::SystemRandom random;
    core::ThreadPool timers(1, "viewers");
    http::Client client_a, client_b;
    player::HttpTransport transport_a(client_a), transport_b(client_b);
    std::mutex mutex;
    const auto print = [&](const std::string& line) {
        const std::lock_guard lock(mutex);
        fmt::print("{}\n", line);
        std::fflush(stdout);
    };
    compare::HeadlessCallbacks callbacks;
    callbacks.on_segment = [&](const compare::SegmentResult& segment) {
        print(options.json ? core::dump_json(to_json(segment)) : to_text(segment, names));
    };
    if (options.pairs)
        callbacks.on_pair = [&](const compare::PairScore& score) {
            print(options.json
                      ? core::dump_json(to_json(score))
                      : fmt::format("  {:8.3f} s  SSIM {:.4f}  PSNR {:.2f} dB{}", score.at.count(),
                                    score.ssim, score.psnr_db, score.identical ? "  identical" : ""));
        };
    callbacks.on_notice = [&](const std::string& text) {
        if (options.json)
            print(core::dump_json({{"type", "notice"}, {"text", text}}));
        else
            fmt::print(stderr, "viewers: {}\n", text);
    };
    compare::HeadlessOptions how;
    how.at = core::Seconds(options.at_s);
    how.length = core::Seconds(options.for_s);
    how.level = options.level;
    how.thresholds = options.thresholds;
    how.thresholds.ssim_single = std::min(how.thresholds.ssim_single, how.thresholds.ssim);
    // Who bears more noise bears it in a single frame too.
    const compare::Thresholds usual;
    if (how.thresholds.ssim < usual.ssim) how.thresholds.ssim_damaged = how.thresholds.ssim;
    if (how.thresholds.psnr_db < usual.psnr_db) how.thresholds.psnr_damaged_db = how.thresholds.psnr_db;
    if (options.offset_s) how.b_minus_a = core::Seconds(*options.offset_s);

    std::stop_source stop;
    std::thread watcher([&] {
        if (signal.wait() != core::StopReason::requested) stop.request_stop();
    });
    auto result = compare::compare_streams(*what, {transport_a, transport_b, timers, clock, random}, how,
                                           callbacks, stop.get_token());
    signal.request();
    watcher.join();
    if (result.interrupted) result.verdict.text = "interrupted; as far as it came, " + result.verdict.text;
    print(options.json ? compare::to_json(result.verdict) : to_text(result.verdict));
    for (const Side side : sides)
        if (result.error[side])
            fmt::print(stderr, "viewers: {}: {}\n", names[side], result.error[side]->message);
    return exit_code_of(result);
}

}  // namespace qd::viewers
