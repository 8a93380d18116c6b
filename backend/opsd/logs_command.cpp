#include "opsd/logs_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "core/command_line.hpp"
#include "core/json_fields.hpp"
#include "opsd/command_client.hpp"
#include "opsd/slo_replay_command.hpp"

namespace qd::opsd {
namespace {

using opsclient::RequestLog;

nlohmann::json json_of(const RequestLog& log) {
    auto lines = nlohmann::json::array(), spans = nlohmann::json::array();
    for (const auto& line : log.lines) {
        auto fields = nlohmann::json::object();
        for (const auto& [name, value] : line.fields) fields[name] = value;
        lines.push_back({{"at", core::format_rfc3339(line.at)},
                         {"level", line.level},
                         {"service", line.service},
                         {"instance", line.instance},
                         {"message", line.message},
                         {"fields", std::move(fields)}});
    }
    for (const auto& span : log.spans)
        spans.push_back({{"service", span.service},
                         {"instance", span.instance},
                         {"name", span.name},
                         {"trace_id", span.trace_id},
                         {"span_id", span.span_id},
                         {"started_at", core::format_rfc3339(span.started_at)},
                         {"duration_ms", span.duration_ms},
                         {"status", span.status}});
    return {{"items", std::move(lines)},
            {"spans", std::move(spans)},
            {"complete", log.complete},
            {"stopped", log.complete ? nlohmann::json(nullptr) : nlohmann::json(log.stopped)}};
}

std::string text_of(const RequestLog& log) {
    std::string text;
    for (const auto& line : log.lines) {
        text += fmt::format("{} {:<7} {:<12} {}", core::format_rfc3339(line.at), line.level, line.instance,
                            line.message);
        for (const auto& [name, value] : line.fields)
            if (!value.empty()) text += fmt::format(" {}={}", name, value);
        text += '\n';
    }
    return text;
}

void tell_of_search(const RequestLog& log) {
    if (!log.complete)
        fmt::print(stderr, "opsd logs: the search ended early ({}): there may be more\n", log.stopped);
    if (log.lines.empty())
        fmt::print(stderr, "opsd logs: nothing in {} files of {} bytes\n", log.files, log.bytes);
}

}  // namespace

int logs_command(int argc, char** argv) {
    opsclient::RequestLogQuery query;
    std::string url, token_file, data = default_site_folder(), from, to;
    bool as_json = false;
    CLI::App app{"opsd logs: what the processes of a site wrote about one request."};
    app.name("opsd logs");
    app.footer("Exit codes: 0 found, 1 nothing found, 64 usage, 65 bad data, 69 no opsd answers.");
    auto* ids = app.add_option_group("id")->require_option(1, 2);
    ids->add_option("--trace", query.trace_id, "Trace id: the second part of a traceparent");
    ids->add_option("--request", query.request_id, "Request id: X-Request-Id of the answer");
    app.add_option("--from", from, "RFC 3339; default: an hour before --to");
    app.add_option("--to", to, "RFC 3339; default: now");
    app.add_option("--limit", query.limit, "Lines, the newest")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--url", url, "Where opsd listens");
    app.add_option("--token-file", token_file, "Whose first line is the token");
    app.add_option("--data", data, "Folder of the site, without --url")->capture_default_str();
    app.add_flag("--json", as_json, "As opsd answers");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    for (const auto& [text, at] : {std::pair(&from, &query.from), std::pair(&to, &query.to)}) {
        if (text->empty()) continue;
        const auto time = core::parse_rfc3339(*text);
        if (!time) return core::report("opsd logs", time.error());
        *at = *time;
    }
    const auto endpoint = command_endpoint(url, token_file, data);
    if (!endpoint) return core::report("opsd logs", endpoint.error());
    CommandClient opsd(*endpoint);
    const auto log =
        opsd.ask<RequestLog>([&](opsclient::Client& client, auto done) { client.request_log(query, done); });
    if (!log) return core::report("opsd logs", log.error());
    const std::string text = as_json ? core::dump_json(json_of(*log), 2) + "\n" : text_of(*log);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::report("opsd logs", {core::Errc::io, "standard output cannot be written to"});
    tell_of_search(*log);
    return int(log->lines.empty() ? core::ExitCode::failed : core::ExitCode::done);
}

}  // namespace qd::opsd
