#include "viewers/play_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace qd::viewers {
namespace {

using nlohmann::json;

constexpr auto replace_bad_utf8 = json::error_handler_t::replace;  // headers and addresses are a peer's words

std::string dumped(const json& line) {
    return line.dump(-1, ' ', false, replace_bad_utf8);
}

double milliseconds(std::chrono::microseconds us) {
    return double(us.count()) / 1000;
}

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

/// Addresses and names come from playlists and servers: what would move a terminal's cursor is left out.
std::string printable(std::string_view text) {
    std::string clean;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) clean += c;
    return clean;
}

std::string clock_text(core::Seconds position) {
    const auto tenths = std::int64_t(std::max(position.count(), 0.0) * 10);
    return fmt::format("{:02}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

/// "dns 0.2, connect 1.0, tls 12.3": each from the start of the transfer.
std::string connection_text(const http::Timings& timings) {
    if (timings.reused_connection) return "reused";
    std::string text = fmt::format("new: dns {:.1f} connect {:.1f}", milliseconds(timings.dns),
                                   milliseconds(timings.connect));
    if (timings.tls.count() > 0) text += fmt::format(" tls {:.1f}", milliseconds(timings.tls));
    return text;
}

}  // namespace

std::string report_session(const std::string& url, const std::string& session_id, ReportFormat format) {
    if (format == ReportFormat::json)
        return dumped({{"type", "session"}, {"url", url}, {"session_id", session_id}});
    return fmt::format("playing {} as session {}", printable(url), session_id);
}

std::string report_line(const player::NetworkTrace& trace, ReportFormat format) {
    if (format == ReportFormat::json)
        return dumped({{"type", "network"},
                       {"trace", trace.name()},
                       {"length_s", trace.length().count()},
                       {"mean_bps", trace.mean_bps()},
                       {"steps", trace.steps().size()}});
    return fmt::format("network '{}': {} steps in {:.0f} s, {:.0f} kbit/s in the mean",
                       printable(trace.name()), trace.steps().size(), trace.length().count(),
                       trace.mean_bps() / 1000);
}

std::string report_line(const player::FetchRecord& record, ReportFormat format) {
    // A transfer that failed has no timings: they are not zero.
    const bool timed = record.timings.total.count() > 0;
    const http::Timings& timings = record.timings;
    if (format == ReportFormat::json) {
        const auto ms = [&](std::chrono::microseconds us) {
            return timed ? json(milliseconds(us)) : json(nullptr);
        };
        json line{{"type", "fetch"},
                  {"number", record.number},
                  {"kind", player::to_string(record.kind)},
                  {"track", player::to_string(record.track)},
                  {"url", record.url},
                  {"level", record.level < 0 ? json(nullptr) : json(record.level)},
                  {"level_bps", record.level_bps > 0 ? json(record.level_bps) : json(nullptr)},
                  {"at", core::format_rfc3339(record.at)},
                  {"attempt", record.attempt},
                  {"status", record.status == 0 ? json(nullptr) : json(record.status)},
                  {"bytes", record.bytes},
                  {"elapsed_ms", milliseconds(record.elapsed)},
                  {"dns_ms", ms(timings.dns)},
                  {"connect_ms", ms(timings.connect)},
                  {"tls_ms", ms(timings.tls)},
                  {"first_byte_ms", ms(timings.first_byte)},
                  {"transfer_ms", ms(timings.total - timings.first_byte)},
                  {"total_ms", ms(timings.total)},
                  {"reused_connection", timed ? json(timings.reused_connection) : json(nullptr)},
                  {"arm", record.served_by.arm},
                  {"version", record.served_by.version},
                  {"instance", record.served_by.instance},
                  {"cache", record.cache},
                  {"request_id", record.request_id},
                  {"trace_id", record.trace_id},
                  {"abandoned", record.abandoned},
                  {"error", nullptr}};
        if (record.kind == player::FetchKind::segment) {
            line["sequence"] = record.sequence;
            line["start_s"] = record.media_start.count();
            line["duration_s"] = record.media_duration.count();
        }
        if (record.error)
            line["error"] = {{"kind", player::error_kind(record)}, {"message", record.error->message}};
        return dumped(line);
    }
    std::string line =
        fmt::format("{:8.1f} ms  {:<12} ", milliseconds(record.elapsed), player::to_string(record.kind));
    if (record.kind == player::FetchKind::segment)
        line += fmt::format("#{:<5} at {} level {:<2} ", record.sequence, clock_text(record.media_start),
                            record.level < 0 ? "-" : std::to_string(record.level));
    line += fmt::format("{:>3} {:>9} B  ", record.status == 0 ? "-" : std::to_string(record.status),
                        record.bytes);
    if (timed)
        line += fmt::format("first byte {:.1f} transfer {:.1f} ms, {}  ", milliseconds(timings.first_byte),
                            milliseconds(timings.total - timings.first_byte), connection_text(timings));
    line += printable(record.served_by.arm);
    if (!record.cache.empty()) line += " " + printable(record.cache);
    line += "  " + printable(record.url);
    if (record.attempt > 1) line += fmt::format("  attempt {}", record.attempt);
    if (!record.trace_id.empty()) line += "  trace " + printable(record.trace_id);
    if (record.abandoned) line += "  ABANDONED for a lower level";
    if (record.error) line += "  FAILED: " + printable(record.error->message);
    return line;
}

std::string report_line(const player::AbrDecision& decision, ReportFormat format) {
    const player::AbrInputs& in = decision.inputs;
    if (format == ReportFormat::json) {
        const auto known = [](core::Seconds time) {
            return time < core::Seconds(0) ? json(nullptr) : json(time.count());
        };
        const auto index = [](int level) { return level < 0 ? json(nullptr) : json(level); };
        json levels = json::array();  // a media playlist alone declares no rate
        for (const double bps : in.level_bps) levels.push_back(bps > 0 ? json(bps) : json(nullptr));
        return dumped({{"type", "decision"},
                       {"level", decision.level},
                       {"from", index(in.current)},
                       {"changed", decision.level != in.current},
                       {"reason", player::to_string(decision.reason)},
                       {"sequence", decision.sequence},
                       {"estimate_bps", in.estimate_bps},
                       {"usable_bps", decision.usable_bps > 0 ? json(decision.usable_bps) : json(nullptr)},
                       {"levels_bps", std::move(levels)},
                       {"fill", in.fill},
                       {"ttfb_s", in.ttfb.count()},
                       {"buffered_s", in.buffered.count()},
                       {"segment_s", in.segment_duration.count()},
                       {"remaining_s", known(in.remaining)},
                       {"to_live_edge_s", known(in.to_live_edge)},
                       {"locked", or_null(in.locked)},
                       {"max_level", index(in.max_level)},
                       {"no_higher", index(in.no_higher)},
                       {"up_guard_s", decision.up_guard.count()},
                       {"down_guard_s", decision.down_guard.count()}});
    }
    if (decision.level == in.current) return {};
    return fmt::format(
        "level {} -> {} ({}) for #{}: {:.0f} kbit/s estimated, {:.1f} s buffered, {:.0f} ms to the "
        "first byte",
        in.current < 0 ? "-" : std::to_string(in.current), decision.level, player::to_string(decision.reason),
        decision.sequence, in.estimate_bps / 1000, in.buffered.count(), in.ttfb.count() * 1000);
}

std::string report_line(const player::SkippedSegment& skipped, ReportFormat format) {
    if (format == ReportFormat::json)
        return dumped({{"type", "skipped"},
                       {"track", player::to_string(skipped.track)},
                       {"sequence", skipped.sequence},
                       {"start_s", skipped.start.count()},
                       {"duration_s", skipped.duration.count()},
                       {"reason", skipped.reason}});
    return fmt::format("SKIPPED #{} at {}, {:.2f} s: {}", skipped.sequence, clock_text(skipped.start),
                       skipped.duration.count(), printable(skipped.reason));
}

std::string report_line(const player::StallInterval& stall, ReportFormat format) {
    if (format == ReportFormat::json)
        return dumped({{"type", "stall"},
                       {"media_at_s", stall.media_at.count()},
                       {"duration_s", stall.duration.count()},
                       {"open", stall.open}});
    return fmt::format("STALLED {:.2f} s at {}{}", stall.duration.count(), clock_text(stall.media_at),
                       stall.open ? ", to the end" : "");
}

std::string report_line(const player::Notice& notice, ReportFormat format) {
    if (format == ReportFormat::json)
        return dumped({{"type", "notice"},
                       {"at", core::format_rfc3339(notice.at)},
                       {"code", notice.code},
                       {"message", notice.message}});
    return fmt::format("note: {}", printable(notice.message));
}

std::string report_started(core::Seconds startup, ReportFormat format) {
    if (format == ReportFormat::json) return dumped({{"type", "started"}, {"startup_s", startup.count()}});
    return fmt::format("started after {:.0f} ms", startup.count() * 1000);
}

std::string report_line(const player::Qoe& qoe, const core::Error* error, ReportFormat format) {
    if (format == ReportFormat::json) {
        json line{{"type", "qoe"},
                  {"outcome", player::to_string(qoe.outcome)},
                  {"error", nullptr},
                  {"startup_s", qoe.startup ? json(qoe.startup->count()) : json(nullptr)},
                  {"watched_s", qoe.watched.count()},
                  {"media_played_s", qoe.media_played.count()},
                  {"stalls", qoe.stalls},
                  {"stalled_s", qoe.stalled.count()},
                  {"longest_stall_s", qoe.longest_stall.count()},
                  {"stalled_ratio", or_null(qoe.stalled_ratio())},
                  {"average_bps", or_null(qoe.average_bps())},
                  {"switches", qoe.switches()},
                  {"switches_up", qoe.switches_up},
                  {"switches_down", qoe.switches_down},
                  {"errors", qoe.errors},
                  {"errors_by_kind", qoe.errors_by_kind},
                  {"skipped_segments", qoe.skipped_segments},
                  {"abandoned_segments", qoe.abandoned_segments},
                  {"bytes", qoe.bytes}};
        if (error != nullptr)
            line["error"] = {{"code", core::to_string(error->code)}, {"message", error->message}};
        return dumped(line);
    }
    std::string text = fmt::format("outcome {}\n", player::to_string(qoe.outcome));
    if (error != nullptr) text += fmt::format("because {}\n", printable(error->message));
    text += qoe.startup ? fmt::format("start-up {:.0f} ms\n", qoe.startup->count() * 1000)
                        : std::string("never started\n");
    text += fmt::format("watched {:.2f} s, of the media {:.2f} s\n", qoe.watched.count(),
                        qoe.media_played.count());
    text += fmt::format("stalls {}, {:.2f} s", qoe.stalls, qoe.stalled.count());
    if (const auto ratio = qoe.stalled_ratio())
        text += fmt::format(" ({:.2f} % of the time watched)", *ratio * 100);
    if (const auto bps = qoe.average_bps())
        text += fmt::format("\naverage {:.0f} kbit/s, {} switches up, {} down", *bps / 1000, qoe.switches_up,
                            qoe.switches_down);
    text += fmt::format("\nfailed attempts {}", qoe.errors);
    for (const auto& [kind, count] : qoe.errors_by_kind) text += fmt::format(", {} {}", count, kind);
    text += fmt::format("\nsegments skipped {}, abandoned {}, {} bytes", qoe.skipped_segments,
                        qoe.abandoned_segments, qoe.bytes);
    return text;
}

}  // namespace qd::viewers
