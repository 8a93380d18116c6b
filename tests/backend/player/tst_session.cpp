#include <QtTest>

#include "backend/player/recorder.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

namespace {
bool has(const http::ClientRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}
FakeAnswer status(unsigned code) {
    FakeAnswer answer;
    answer.status = code;
    answer.body = "no";
    return answer;
}
FakeAnswer refused() {
    FakeAnswer answer;
    answer.error = core::Error{core::Errc::unavailable, "connection refused"};
    answer.latency = std::chrono::milliseconds(1);
    return answer;
}
}  // namespace

class TestSession : public QObject {
    Q_OBJECT
private slots:
    void a_title_is_fetched_in_order_once_and_to_its_end() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(20));
        for (std::size_t i = 0; i < segments.size(); ++i) {
            QCOMPARE(segments[i].sequence, i);
            QCOMPARE(segments[i].start.count(), double(i) * 2);
            QVERIFY(segments[i].init && segments[i].data);
            QCOMPARE(segments[i].follows_gap, i == 0);
            QCOMPARE(
                segments[i].init->find("/" + std::to_string(segments[i].level) + "/") != std::string::npos,
                true);
        }
        QCOMPARE(rig.last, PullState::ended);
        QCOMPARE(rig.session->snapshot().state, SessionState::complete);
        QCOMPARE(rig.network.count(".m4s"), std::size_t(20));
        QCOMPARE(rig.network.count("/stream/"), std::size_t(1));
        QCOMPARE(rig.seen.presentations.back().end.count(), 40.0);
        QVERIFY(rig.seen.failures.empty());
    }

    void the_buffer_is_bounded_in_seconds_and_in_bytes() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.run(30);  // nobody plays
        QVERIFY(rig.session->snapshot().buffered >= Seconds(30));
        QVERIFY(rig.session->snapshot().buffered <= Seconds(32));
        QCOMPARE(rig.network.count(".m4s"), std::size_t(15));

        SessionRig small;
        SessionOptions options;
        options.buffer_bytes = 600'000;
        options.locked_level = 2;  // 500,000 bytes a segment
        small.session->open(small.title.url(), options);
        small.run(30);
        QCOMPARE(small.network.count(".m4s"), std::size_t(2));
        QCOMPARE(small.session->pull().state, PullState::segment);
        small.run(5);
        QCOMPARE(small.network.count(".m4s"), std::size_t(3));
    }

    void the_level_rises_with_the_bandwidth_once_there_is_buffer() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        const auto segments = rig.play(45);
        QCOMPARE(segments.front().level, 0);
        QCOMPARE(segments.back().level, 2);
        for (const AbrDecision& decision : rig.seen.decisions)
            if (decision.reason == AbrReason::up) QVERIFY(decision.inputs.buffered >= decision.up_guard);
    }

    void a_locked_level_is_the_only_one_loaded() {
        SessionRig rig;
        rig.title.segments = 100;
        SessionOptions options;
        options.locked_level = 1;
        rig.session->open(rig.title.url(), options);
        rig.play(20);
        QCOMPARE(rig.network.count("/0/"), std::size_t(0));
        QCOMPARE(rig.network.count("/2/"), std::size_t(0));
        rig.session->lock_level(0);
        const auto later = rig.play(25);
        QVERIFY(!later.empty());
        QCOMPARE(later.back().level, 0);
    }

    void a_cap_by_height_holds() {
        SessionRig rig;
        SessionOptions options;
        options.max_height = 480;
        rig.session->open(rig.title.url(), options);
        rig.play(45);
        QCOMPARE(rig.network.count("/2/"), std::size_t(0));
        QVERIFY(rig.network.count("/1/") > 0);
    }

    void a_slow_segment_is_abandoned_before_the_picture_stalls() {
        SessionRig rig;
        bool slow = false;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (slow && has(request, ".m4s")) answer.bps = 260e3;
            return answer;
        };
        SessionOptions options;
        options.buffer_goal = Seconds(12);
        rig.session->open(rig.title.url(), options);
        rig.play(14);
        slow = true;
        const auto rest = rig.play(40);
        QVERIFY(std::any_of(rig.seen.fetches.begin(), rig.seen.fetches.end(),
                            [](const auto& f) { return f.abandoned; }));
        QVERIFY(std::any_of(rig.seen.decisions.begin(), rig.seen.decisions.end(),
                            [](const auto& d) { return d.reason == AbrReason::abandon; }));
        QVERIFY(rest.back().level == 0);
        QVERIFY(rig.seen.skipped.empty());
    }

    void a_segment_that_fails_once_is_asked_for_again() {
        SessionRig rig;
        int failures = 0;
        rig.network.handler = [&](const http::ClientRequest& request) {
            if (has(request, "seg-3.m4s") && failures++ == 0) return status(503);
            return rig.title.answer(request);
        };
        rig.session->open(rig.title.url());
        QCOMPARE(rig.play(50).size(), std::size_t(20));
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(1));
        QVERIFY(rig.seen.skipped.empty());
    }

    void a_missing_segment_is_skipped_and_said_so() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            return has(request, "seg-3.m4s") ? status(404) : rig.title.answer(request);
        };
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(19));
        QCOMPARE(rig.seen.skipped.size(), std::size_t(1));
        QCOMPARE(rig.seen.skipped[0].sequence, std::uint64_t(3));
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(4));  // twice, and once in each other level
        QVERIFY(segments[3].follows_gap);
        QCOMPARE(segments[3].sequence, std::uint64_t(4));
        QVERIFY(rig.seen.failures.empty());
    }

    void a_server_error_is_ridden_out_while_the_buffer_lasts() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            const double now = Seconds(rig.clock.steady_now().time_since_epoch()).count() - 3600;
            return now > 4 && now < 12 && has(request, ".m4s") ? status(503) : rig.title.answer(request);
        };
        SessionOptions options;
        options.buffer_goal = Seconds(14);
        rig.session->open(rig.title.url(), options);
        const auto segments = rig.play(60);
        QCOMPARE(segments.size(), std::size_t(20));
        QVERIFY(rig.seen.failed_fetches() > 0);
        QVERIFY(rig.seen.skipped.empty());
    }

    void many_missing_segments_in_a_row_are_fatal() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            return has(request, ".m4s") ? status(500) : rig.title.answer(request);
        };
        rig.session->open(rig.title.url());
        rig.play(60);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QCOMPARE(rig.seen.skipped.size(), std::size_t(3));
        QCOMPARE(rig.last, PullState::failed);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
    }

    void an_unreachable_server_is_waited_for_and_nothing_is_skipped() {
        SessionRig rig;
        bool down = false;
        rig.network.handler = [&](const http::ClientRequest& request) {
            return down ? refused() : rig.title.answer(request);
        };
        SessionOptions options;
        options.buffer_goal = Seconds(6);
        rig.session->open(rig.title.url(), options);
        rig.play(6);
        down = true;
        rig.play(15);
        QVERIFY(rig.session->snapshot().waiting_for_server);
        QVERIFY(rig.seen.failures.empty());
        down = false;
        rig.play(50);
        QCOMPARE(rig.last, PullState::ended);
        QVERIFY(rig.seen.skipped.empty());
        QVERIFY(!rig.session->snapshot().waiting_for_server);
    }

    void patience_ends() {
        SessionRig rig;
        rig.network.handler = [](const http::ClientRequest&) { return refused(); };
        rig.session->open(rig.title.url());
        rig.play(40);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QCOMPARE(rig.session->snapshot().state, SessionState::failed);
        QVERIFY(rig.network.requests.size() < 20);  // with backoff
    }

    void a_truncated_segment_is_no_segment() {
        SessionRig rig;
        int cuts = 0;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (has(request, "seg-2.m4s") && cuts++ == 0) answer.cut_after = 1000;
            return answer;
        };
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(20));
        for (const MediaSegment& segment : segments) QVERIFY(segment.data->size() > 100'000);
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(1));
        const auto failed = std::find_if(rig.seen.fetches.begin(), rig.seen.fetches.end(),
                                         [](const auto& f) { return f.error.has_value(); });
        QCOMPARE(failed->bytes, std::uint64_t(1000));
    }

    void an_empty_segment_is_no_segment() {
        SessionRig rig;
        int empty = 0;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (has(request, "seg-2.m4s") && empty++ == 0) answer.body.clear();
            return answer;
        };
        rig.session->open(rig.title.url());
        QCOMPARE(rig.play(50).size(), std::size_t(20));
    }

    void a_level_whose_playlist_is_gone_is_left_out() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            return has(request, "/0/index.m3u8") || has(request, "/2/index.m3u8") ? status(404)
                                                                                  : rig.title.answer(request);
        };
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(20));
        for (const MediaSegment& segment : segments) QCOMPARE(segment.level, 1);
        QVERIFY(rig.seen.failures.empty());
    }

    void what_is_no_playlist_fails_with_the_reason() {
        for (const auto& body :
             {std::string("<html>"), std::string(), std::string("#EXTM3U\n"), std::string(100, '\0')}) {
            SessionRig rig;
            rig.network.handler = [&](const http::ClientRequest&) {
                FakeAnswer answer;
                answer.body = body;
                return answer;
            };
            rig.session->open(rig.title.url());
            rig.play(5);
            QCOMPARE(rig.seen.failures.size(), std::size_t(1));
            QVERIFY(!rig.seen.failures[0].message.empty());
            QVERIFY(rig.seen.failed_fetches() > 0);
        }
        SessionRig rig;
        rig.session->open("file:///etc/passwd");
        rig.run(1);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QVERIFY(rig.network.requests.empty());
    }

    void a_media_playlist_plays_without_a_multivariant_one() {
        SessionRig rig;
        rig.session->open("http://site/media/t1/1/index.m3u8");
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(20));
        QCOMPARE(rig.network.count("index.m3u8"), std::size_t(1));  // not fetched twice
        for (const MediaSegment& segment : segments)                // nothing declares a rate: it is measured
            QCOMPARE(segment.level_bps, double(segment.data->size()) * 8 / 2);
    }

    void seeking_forward_within_the_buffer_loads_nothing_again() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.run(20);
        const std::uint64_t epoch = rig.session->seek(Seconds(9));
        const Pull pull = rig.session->pull();
        QCOMPARE(pull.state, PullState::segment);
        QCOMPARE(pull.segment.sequence, std::uint64_t(4));
        QCOMPARE(pull.segment.epoch, epoch);
        QVERIFY(pull.segment.follows_gap);
        QCOMPARE(rig.network.count("seg-4.m4s"), std::size_t(1));
        QCOMPARE(rig.network.count("seg-9.m4s"), std::size_t(1));
    }

    void seeking_elsewhere_starts_there_at_once() {
        SessionRig rig;
        rig.title.segments = 100;
        rig.session->open(rig.title.url());
        rig.play(10);
        const std::uint64_t epoch = rig.session->seek(Seconds(151.9));
        rig.run(0.2);
        Pull pull = rig.session->pull();
        QCOMPARE(pull.state, PullState::segment);
        QCOMPARE(pull.segment.sequence, std::uint64_t(75));
        QCOMPARE(pull.segment.epoch, epoch);
        QVERIFY(pull.segment.follows_gap);
        rig.session->seek(Seconds(-5));
        rig.run(0.2);
        QCOMPARE(rig.session->pull().segment.sequence, std::uint64_t(0));
        rig.session->seek(Seconds(1e9));
        rig.run(0.2);
        QCOMPARE(rig.session->pull().segment.sequence, std::uint64_t(99));
        rig.run(0.2);
        QCOMPARE(rig.session->pull().state, PullState::ended);
        rig.session->seek(Seconds(0));  // from the end back again
        rig.run(0.2);
        QCOMPARE(rig.session->pull().state, PullState::segment);
    }

    void seeking_before_anything_is_known_is_remembered() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.session->seek(Seconds(20));
        rig.run(1);
        QCOMPARE(rig.session->pull().segment.sequence, std::uint64_t(10));
    }

    void the_token_goes_to_the_site_and_to_nobody_else() {
        SessionRig rig;
        const auto original = rig.network.handler;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = original(request);
            if (has(request, "index.m3u8"))
                for (std::size_t at = 0; (at = answer.body.find("\nseg-", at)) != std::string::npos; at += 20)
                    answer.body.insert(at + 1, "http://elsewhere/media/t1/0/");
            return answer;
        };
        SessionOptions options;
        options.headers = {{"Authorization", "Bearer secret"}, {"X-Quarterdeck-Arm", "canary"}};
        rig.session->open(rig.title.url(), options);
        rig.run(5);
        QVERIFY(rig.network.count("elsewhere") > 0);
        for (const http::ClientRequest& request : rig.network.requests)
            QCOMPARE(request.headers.has("Authorization"), !has(request, "elsewhere"));
    }

    void requests_carry_the_session_and_a_trace() {
        SessionRig rig;
        SessionOptions options;
        options.session_id = "abc";
        options.session_in_url = true;
        rig.session->open(rig.title.url(), options);
        rig.run(5);
        QCOMPARE(rig.network.requests[0].url, rig.title.url() + "?s=abc");
        for (const http::ClientRequest& request : rig.network.requests) {
            QVERIFY(request.headers.get("CMCD-Session").find("sid=\"abc\"") != std::string::npos);
            QVERIFY(telemetry::parse_traceparent(request.headers.get("traceparent")).has_value());
        }
        QCOMPARE(std::string(rig.network.requests[0].headers.get("CMCD-Object")), std::string("ot=m"));
        QVERIFY(rig.network.requests[3].headers.get("CMCD-Object").find("br=500") != std::string::npos ||
                rig.network.requests[2].headers.get("CMCD-Object").find("br=500") != std::string::npos);
    }

    void records_name_the_path_taken() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.run(5);
        for (const FetchRecord& record : rig.seen.fetches) {
            QCOMPARE(record.served_by.arm, std::string("stable"));
            QCOMPARE(record.status, 200u);
            QVERIFY(record.elapsed.count() > 0);
        }
    }

    void closing_cancels_everything() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.run(0.05);
        QVERIFY(rig.network.under_way() > 0);
        rig.session->close();
        rig.run(0.01);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
        const std::size_t told = rig.seen.fetches.size();
        rig.session.reset();
        rig.run(5);
        QCOMPARE(rig.seen.fetches.size(), told);
    }

    void discarded_bodies_leave_nothing_in_memory() {
        SessionRig rig;
        SessionOptions options;
        options.discard_bodies = true;
        rig.session->open(rig.title.url(), options);
        rig.run(20);
        QCOMPARE(rig.session->snapshot().buffered_bytes, std::uint64_t(0));
        const Pull pull = rig.session->pull();
        QVERIFY(!pull.segment.data);
        QVERIFY(pull.segment.bytes > 100'000);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
