#include <QtTest>

#include "viewers/play_report.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::viewers;
using namespace std::chrono_literals;

namespace {
player::FetchRecord segment() {
    player::FetchRecord record;
    record.number = 7;
    record.url = "http://site/media/t1/2/seg-3.m4s";
    record.sequence = 3;
    record.level = 2;
    record.level_bps = 3e6;
    record.media_start = Seconds(66);
    record.media_duration = Seconds(2);
    record.status = 200;
    record.bytes = 123'456;
    record.timings = {200us, 1'500us, 9'000us, 20'000us, 70'000us, false};
    record.elapsed = 71'000us;
    record.served_by = {"canary", "v2", "api-3"};
    record.cache = "HIT";
    record.request_id = "req-1";
    record.trace_id = "0af7651916cd43dd8448eb211c80319c";
    return record;
}
bool holds(const std::string& line, std::initializer_list<const char*> parts) {
    for (const char* part : parts)
        if (line.find(part) == std::string::npos) {
            qWarning("'%s' is not in: %s", part, line.c_str());
            return false;
        }
    return true;
}
constexpr auto text = ReportFormat::text;
constexpr auto as_json = ReportFormat::json;
}  // namespace

class TestPlayReport : public QObject {
    Q_OBJECT
private slots:
    void a_segment_tells_its_whole_way() {
        QVERIFY(holds(report_line(segment(), as_json), {"\"type\":\"fetch\"",
                                                        "\"kind\":\"segment\"",
                                                        "\"url\":\"http://site/media/t1/2/seg-3.m4s\"",
                                                        "\"arm\":\"canary\"",
                                                        "\"version\":\"v2\"",
                                                        "\"instance\":\"api-3\"",
                                                        "\"cache\":\"HIT\"",
                                                        "\"dns_ms\":0.2",
                                                        "\"connect_ms\":1.5",
                                                        "\"tls_ms\":9.0",
                                                        "\"first_byte_ms\":20.0",
                                                        "\"transfer_ms\":50.0",
                                                        "\"total_ms\":70.0",
                                                        "\"bytes\":123456",
                                                        "\"status\":200",
                                                        "\"attempt\":1",
                                                        "\"reused_connection\":false",
                                                        "\"sequence\":3",
                                                        "\"start_s\":66.0",
                                                        "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"",
                                                        "\"error\":null"}));
        const std::string line = report_line(segment(), text);
        QVERIFY(holds(line,
                      {"#3", "01:06.0", "level 2", "200", "123456 B", "first byte 20.0", "transfer 50.0",
                       "new: dns 0.2 connect 1.5 tls 9.0", "canary HIT", "seg-3.m4s", "trace 0af7651916cd"}));
        QVERIFY(line.find('\n') == std::string::npos);
    }

    void a_reused_connection_has_no_times_of_its_own() {
        player::FetchRecord record = segment();
        record.timings.reused_connection = true;
        QVERIFY(holds(report_line(record, text), {"reused"}));
        QVERIFY(report_line(record, text).find("dns") == std::string::npos);
    }

    void what_failed_was_not_measured_as_zero() {
        player::FetchRecord record = segment();
        record.timings = {};
        record.status = 0;
        record.bytes = 0;
        record.attempt = 2;
        record.error = core::Error{core::Errc::unavailable, "Failed to connect"};
        QVERIFY(holds(
            report_line(record, as_json),
            {"\"dns_ms\":null", "\"first_byte_ms\":null", "\"transfer_ms\":null", "\"status\":null",
             "\"reused_connection\":null", "\"kind\":\"connect\"", "\"message\":\"Failed to connect\""}));
        const std::string line = report_line(record, text);
        QVERIFY(holds(line, {"attempt 2", "FAILED: Failed to connect"}));
        QVERIFY(line.find("first byte") == std::string::npos);
        record.error.reset();
        record.abandoned = true;
        QVERIFY(holds(report_line(record, text), {"ABANDONED"}));
        QVERIFY(holds(report_line(record, as_json), {"\"abandoned\":true", "\"error\":null"}));
    }

    void playlists_and_other_tracks_have_no_level() {
        player::FetchRecord record = segment();
        record.kind = player::FetchKind::multivariant;
        record.level = -1;
        record.level_bps = 0;
        const std::string line = report_line(record, as_json);
        QVERIFY(holds(line, {"\"level\":null", "\"level_bps\":null"}));
        QVERIFY(line.find("sequence") == std::string::npos);
    }

    void a_decision_shows_what_it_was_taken_from() {
        player::AbrInputs inputs;
        inputs.level_bps = {300e3, 1200e3};
        inputs.current = 0;
        inputs.estimate_bps = 4e6;
        inputs.fill = 0.75;
        inputs.ttfb = Seconds(0.05);
        inputs.buffered = Seconds(12.5);
        inputs.segment_duration = Seconds(2);
        inputs.remaining = Seconds(100);
        player::AbrDecision decision = player::choose_level(inputs);
        decision.sequence = 6;
        QVERIFY(holds(
            report_line(decision, as_json),
            {"\"type\":\"decision\"", "\"level\":1", "\"from\":0", "\"changed\":true", "\"reason\":\"up\"",
             "\"sequence\":6", "\"estimate_bps\":4000000.0", "\"fill\":0.75", "\"buffered_s\":12.5",
             "\"ttfb_s\":0.05", "\"remaining_s\":100.0", "\"to_live_edge_s\":null", "\"locked\":null",
             "\"levels_bps\":[300000.0,1200000.0]", "\"up_guard_s\":10.0", "\"max_level\":null"}));
        QVERIFY(holds(report_line(decision, text),
                      {"level 0 -> 1 (up) for #6", "4000 kbit/s", "12.5 s buffered"}));
        inputs.current = 1;
        decision = player::choose_level(inputs);
        QVERIFY(report_line(decision, text).empty());  // people read changes, programs every decision
        QVERIFY(holds(report_line(decision, as_json), {"\"changed\":false", "\"reason\":\"keep\""}));
        inputs.current = -1;
        QVERIFY(holds(report_line(player::choose_level(inputs), text), {"level - -> 1 (initial)"}));
    }

    void stalls_skips_notices_and_the_network_have_lines() {
        player::StallInterval stall{{}, Seconds(31.5), Seconds(1.25), false};
        QVERIFY(holds(report_line(stall, text), {"STALLED 1.25 s at 00:31.5"}));
        stall.open = true;
        QVERIFY(holds(report_line(stall, as_json),
                      {"\"type\":\"stall\"", "\"duration_s\":1.25", "\"open\":true"}));
        player::SkippedSegment skipped;
        skipped.sequence = 5;
        skipped.reason = "the server answered 404";
        QVERIFY(holds(report_line(skipped, text), {"SKIPPED #5", "404"}));
        QVERIFY(holds(report_line(skipped, as_json), {"\"type\":\"skipped\"", "\"sequence\":5"}));
        player::Notice notice;
        notice.code = "ignored";
        notice.message = "content steering is not used";
        QVERIFY(holds(report_line(notice, text), {"content steering"}));
        QVERIFY(holds(report_line(notice, as_json), {"\"code\":\"ignored\""}));
        QVERIFY(holds(report_line(*player::NetworkTrace::parse("tunnel", "3 2000\n1 0"), text),
                      {"tunnel", "2 steps in 4 s", "1500 kbit/s"}));
        QVERIFY(holds(report_started(Seconds(0.25), as_json), {"\"startup_s\":0.25"}));
        QVERIFY(holds(report_session("http://x", "ab12", as_json), {"\"session_id\":\"ab12\""}));
    }

    void what_never_started_has_no_start_up_time() {
        player::Qoe qoe;
        qoe.outcome = player::Outcome::start_failure;
        const core::Error error{core::Errc::not_found, "the server answered 404"};
        QVERIFY(holds(report_line(qoe, &error, as_json),
                      {"\"outcome\":\"start_failure\"", "\"startup_s\":null", "\"average_bps\":null",
                       "\"stalled_ratio\":null", "\"message\":\"the server answered 404\""}));
        QVERIFY(holds(report_line(qoe, &error, text), {"never started", "because the server answered 404"}));
        qoe.outcome = player::Outcome::ended;
        qoe.startup = Seconds(0.5);
        qoe.watched = Seconds(100);
        qoe.stalled = Seconds(2);
        qoe.media_played = Seconds(97.5);
        qoe.bit_seconds = 97.5 * 3e6;
        qoe.stalls = 1;
        qoe.switches_up = 2;
        QVERIFY(holds(report_line(qoe, nullptr, as_json), {"\"startup_s\":0.5", "\"stalled_ratio\":0.02",
                                                           "\"average_bps\":3000000.0", "\"error\":null"}));
        QVERIFY(holds(report_line(qoe, nullptr, text), {"start-up 500 ms", "2.00 % of the time watched",
                                                        "average 3000 kbit/s, 2 switches up"}));
    }

    void words_of_a_peer_neither_break_the_line_nor_move_the_cursor() {
        player::FetchRecord record = segment();
        record.url = "http://site/\x1b[2J\n\xff";
        record.cache = "H\rIT";
        const std::string line = report_line(record, text);
        QVERIFY(line.find_first_of("\x1b\n\r") == std::string::npos);
        const std::string object = report_line(record, as_json);  // and what is no UTF-8 is still written
        QVERIFY(object.find('\n') == std::string::npos && holds(object, {"\\u001b[2J\\n"}));
    }
};

QTEST_GUILESS_MAIN(TestPlayReport)
#include "tst_play_report.moc"
