#include <QtTest>

#include "backend/player/recorder.hpp"
#include "player/retry_after.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

// Servers and playlists that misbehave: for each the stated behaviour, the reason that is seen, and the way
// on.
namespace {
bool has(const http::ClientRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}
double now(const SessionRig& rig) {
    return Seconds(rig.clock.steady_now().time_since_epoch()).count() - 3600;
}
FakeAnswer status(unsigned code, const char* header = nullptr, std::string value = {}) {
    FakeAnswer answer;
    answer.status = code;
    answer.body = "no";
    if (header != nullptr) answer.headers.set(header, std::move(value));
    return answer;
}
FakeAnswer text(std::string body) {
    FakeAnswer answer;
    answer.body = std::move(body);
    return answer;
}
/// The fake title behind something that may answer first.
void behind(SessionRig& rig, std::function<std::optional<FakeAnswer>(const http::ClientRequest&)> first) {
    rig.network.handler = [&rig, first = std::move(first)](const http::ClientRequest& request) {
        if (auto answer = first(request)) return std::move(*answer);
        return rig.title.answer(request);
    };
}
std::string live_window(int first, int count, int target = 2, const std::string& extra = {}) {
    std::string body = "#EXTM3U\n#EXT-X-TARGETDURATION:" + std::to_string(target) +
                       "\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) + "\n" + extra;
    for (int i = first; i < first + count; ++i) body += "#EXTINF:2,\nseg-" + std::to_string(i) + ".m4s\n";
    return body;
}
}  // namespace

class TestSessionRecovery : public QObject {
    Q_OBJECT
private slots:
    void retry_after_is_seconds_or_a_date() {
        const core::WallTime at = *core::parse_http_date("Mon, 23 Nov 2026 19:37:04 GMT");
        QCOMPARE(parse_retry_after(" 120 ", at)->count(), 120.0);
        QCOMPARE(parse_retry_after("Mon, 23 Nov 2026 19:37:34 GMT", at)->count(), 30.0);
        QCOMPARE(parse_retry_after("Mon, 23 Nov 2026 19:00:00 GMT", at)->count(), 0.0);
        QVERIFY(parse_retry_after("99999999999999", at)->count() <= 1e9);
        for (const char* bad : {"", "-1", "1.5", "soon", "99999999999999999999999"})
            QVERIFY(!parse_retry_after(bad, at));
    }

    void a_server_that_asks_for_patience_gets_it() {
        for (const unsigned code : {429u, 503u}) {
            SessionRig rig;
            std::vector<double> asked;
            behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
                if (!has(request, "seg-2.m4s")) return std::nullopt;
                asked.push_back(now(rig));
                if (asked.size() == 1) return status(code, "Retry-After", "5");
                return std::nullopt;
            });
            rig.session->open(rig.title.url());
            QCOMPARE(rig.play(60).size(), std::size_t(20));
            QCOMPARE(asked.size(), std::size_t(2));
            QVERIFY(asked[1] - asked[0] >= 5 && asked[1] - asked[0] < 5.5);
            QCOMPARE(rig.seen.noticed("retry_after"), std::size_t(1));
            QVERIFY(rig.seen.skipped.empty());
        }
    }

    void patience_by_date_is_capped_and_no_clock_matters() {
        SessionRig rig;
        std::vector<double> asked;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.starts_with(rig.title.url())) return std::nullopt;
            asked.push_back(now(rig));
            if (asked.size() > 1) return std::nullopt;
            rig.clock.jump(std::chrono::hours(-1000));  // the wall clock is set while we wait
            return status(503, "Retry-After",
                          core::format_http_date(rig.clock.now() + std::chrono::hours(9)));
        });
        SessionOptions options;
        options.longest_retry_after = std::chrono::seconds(7);
        rig.session->open(rig.title.url(), options);
        rig.run(12);
        QCOMPARE(asked.size(), std::size_t(2));
        QVERIFY(asked[1] - asked[0] >= 7 && asked[1] - asked[0] < 7.5);
        QCOMPARE(rig.session->pull().state, PullState::segment);
    }

    void a_jump_of_the_wall_clock_changes_nothing() {
        SessionRig rig;
        rig.session->open(rig.title.url());
        rig.play(10);
        rig.clock.jump(std::chrono::hours(24 * 365));
        rig.play(10);
        rig.clock.jump(-std::chrono::hours(24 * 3650));
        rig.play(30);
        QCOMPARE(rig.last, PullState::ended);
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(0));
        for (const FetchRecord& record : rig.seen.fetches) QVERIFY(record.elapsed < std::chrono::seconds(5));
    }

    void redirects_are_followed_and_each_hop_is_a_row() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (request.url == rig.title.url()) return status(302, "Location", "/moved/master.m3u8");
            if (has(request, "/moved/master.m3u8")) {
                FakeAnswer answer;
                answer.body = rig.title.multivariant();
                for (std::size_t at = 0; (at = answer.body.find("/media/", at)) != std::string::npos;)
                    answer.body.replace(at, 7, "media/");  // relative to where it was found
                return answer;
            }
            if (has(request, "seg-1.m4s") && !has(request, "cdn")) {
                return status(307, "Location", "http://cdn/moved/media/t1/0/seg-1.m4s");
            }
            return std::nullopt;
        });
        SessionOptions options;
        options.headers = {{"Authorization", "Bearer secret"}};
        rig.session->open(rig.title.url(), options);
        QCOMPARE(rig.play(50).size(), std::size_t(20));
        QVERIFY(rig.network.count("http://site/moved/media/t1/") > 20);
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(0));
        std::size_t hops = 0;
        for (const FetchRecord& record : rig.seen.fetches) hops += record.status / 100 == 3 ? 1 : 0;
        QCOMPARE(hops, std::size_t(2));
        for (const http::ClientRequest& request : rig.network.requests)
            QCOMPARE(request.headers.has("Authorization"), !has(request, "http://cdn"));
        QCOMPARE(rig.seen.noticed("redirect"), std::size_t(1));
        QCOMPARE(rig.seen.noticed("headers_withheld"), std::size_t(1));
    }

    void redirects_to_other_schemes_in_circles_or_nowhere_are_refused() {
        for (const char* target :
             {"ftp://h/x", "file:///etc/passwd", "javascript:1", "http://site/loop.m3u8", ""}) {
            SessionRig rig;
            behind(rig, [&](const http::ClientRequest&) { return status(302, "Location", target); });
            rig.session->open("http://site/loop.m3u8");
            rig.run(10);
            QCOMPARE(rig.seen.failures.size(), std::size_t(1));
            QVERIFY(rig.seen.reasons().find("redirect") != std::string::npos);
            QVERIFY(rig.network.requests.size() < 20);
            for (const http::ClientRequest& request : rig.network.requests)
                QVERIFY(request.url.starts_with("http://site/"));
        }
        SessionRig rig;
        behind(rig,
               [&](const http::ClientRequest&) { return status(301, "Location", "http://site/a.m3u8"); });
        rig.session->open("https://site/a.m3u8");
        rig.run(5);
        QVERIFY(rig.seen.reasons().find("from https to http") != std::string::npos);
        SessionRig file;
        behind(file, [&](const http::ClientRequest&) { return status(302, "Location", "file:///x"); });
        file.session->open("http://site/a.m3u8");
        file.run(5);
        QVERIFY(file.seen.reasons().find("from http to file") != std::string::npos);
    }

    void expired_addresses_are_read_again_and_playing_goes_on_where_it_was() {
        for (const unsigned code : {401u, 403u, 410u}) {
            SessionRig rig;
            int signature = 1;
            std::size_t refused = 0;
            behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
                const std::string valid = "sig=" + std::to_string(signature);
                if (request.url.starts_with(rig.title.url())) {
                    FakeAnswer answer = rig.title.answer(request);
                    for (std::size_t at = 0; (at = answer.body.find(".m3u8\n", at)) != std::string::npos;
                         at += 6)
                        answer.body.insert(at + 5, "?" + valid);
                    return answer;
                }
                if (!has(request, valid)) {
                    ++refused;
                    return status(code);
                }
                http::ClientRequest bare = request;
                bare.url.resize(bare.url.find('?'));
                FakeAnswer answer = rig.title.answer(bare);
                if (has(request, ".m3u8"))
                    for (std::size_t at = 0; (at = answer.body.find(".m4s\n", at)) != std::string::npos;
                         at += 5)
                        answer.body.insert(at + 4, "?" + valid);
                if (has(request, ".m3u8"))
                    answer.body.replace(answer.body.find("init.mp4"), 8, "init.mp4?" + valid);
                return answer;
            });
            SessionOptions options;
            options.buffer_goal = Seconds(8);
            rig.session->open(rig.title.url(), options);
            auto segments = rig.play(12);
            signature = 2;
            for (auto& segment : rig.play(14)) segments.push_back(std::move(segment));
            signature = 3;
            for (auto& segment : rig.play(30)) segments.push_back(std::move(segment));
            QCOMPARE(segments.size(), std::size_t(20));
            for (std::size_t i = 0; i < segments.size(); ++i) QCOMPARE(segments[i].sequence, i);
            QCOMPARE(rig.last, PullState::ended);
            QCOMPARE(rig.seen.noticed("refreshed"), std::size_t(2));
            QVERIFY(refused <= 4);
            QVERIFY(rig.seen.skipped.empty() && rig.seen.failures.empty());
        }
    }

    void a_media_playlist_alone_is_read_again_as_well() {
        SessionRig rig;
        bool expired = false;
        int reads = 0;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (request.url.ends_with("index.m3u8") && ++reads == 2) expired = false;
            if (expired) return status(403);
            return std::nullopt;
        });
        SessionOptions options;
        options.buffer_goal = Seconds(6);
        rig.session->open("http://site/media/t1/1/index.m3u8", options);
        std::size_t taken = rig.play(8).size();
        expired = true;
        taken += rig.play(50).size();
        QCOMPARE(taken, std::size_t(20));
        QCOMPARE(reads, 2);
        QCOMPARE(rig.seen.noticed("refreshed"), std::size_t(1));
    }

    void a_server_that_forbids_for_good_is_asked_once_and_then_fails() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            return has(request, ".m4s") ? std::optional(status(403)) : std::nullopt;
        });
        rig.session->open(rig.title.url());
        rig.play(60);
        QCOMPARE(rig.last, PullState::failed);
        QCOMPARE(rig.seen.noticed("refreshed"), std::size_t(1));
        QVERIFY(rig.network.requests.size() < 60);
        QVERIFY(rig.seen.failures.at(0).message.find("403") != std::string::npos);
    }

    void one_forbidden_segment_does_not_have_the_playlists_read_for_ever() {
        SessionRig rig;
        rig.title.segments = 60;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            const std::size_t at = request.url.find("seg-");
            const bool odd = at != std::string::npos && std::atoi(request.url.c_str() + at + 4) % 2 == 1;
            return odd ? std::optional(status(403)) : std::nullopt;
        });
        SessionOptions options;
        options.buffer_goal = Seconds(6);
        rig.session->open(rig.title.url(), options);
        QCOMPARE(rig.play(140).size(), std::size_t(30));
        QCOMPARE(rig.last, PullState::ended);
        QVERIFY(rig.seen.noticed("refreshed") <= 6);
    }

    void expired_playlists_are_found_anew_before_the_start_too() {
        SessionRig rig;
        int opened = 0;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (request.url.starts_with(rig.title.url())) {
                FakeAnswer answer = rig.title.answer(request);
                if (++opened == 1) {
                    for (std::size_t at = 0; (at = answer.body.find("/media/", at)) != std::string::npos;
                         at += 9)
                        answer.body.replace(at, 7, "/expired/");
                }
                return answer;
            }
            return has(request, "/expired/") ? std::optional(status(403)) : std::nullopt;
        });
        rig.session->open(rig.title.url());
        QCOMPARE(rig.play(50).size(), std::size_t(20));
        QCOMPARE(opened, 2);
    }

    void a_redundant_copy_takes_over() {
        for (const char* broken : {"/a/index.m3u8", ".m4s"}) {
            SessionRig rig;
            behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
                if (request.url.starts_with(rig.title.url()))
                    return text(
                        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=426x240\n/a/index.m3u8\n"
                        "#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=426x240\nhttp://other/b/index.m3u8\n");
                if (has(request, "http://site/a/") && has(request, broken)) return status(500);
                return std::nullopt;
            });
            SessionOptions options;
            options.locked_level = 0;
            rig.session->open(rig.title.url(), options);
            const auto segments = rig.play(50);
            QCOMPARE(rig.session->snapshot().presentation.levels.size(), std::size_t(1));
            QCOMPARE(segments.size(), std::size_t(20));
            QCOMPARE(rig.seen.noticed("failover"), std::size_t(1));
            QVERIFY(rig.network.count("http://other/b/seg-") > 15);
            QVERIFY(rig.seen.skipped.empty());
        }
    }

    void a_segment_missing_in_one_level_is_taken_from_another() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            return has(request, "/0/seg-1.m4s") ? std::optional(status(404)) : std::nullopt;
        });
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(20));
        QVERIFY(segments[1].level != 0);
        QVERIFY(std::any_of(rig.seen.decisions.begin(), rig.seen.decisions.end(), [](const auto& decision) {
            return decision.reason == AbrReason::failed && decision.sequence == 1;
        }));
        QVERIFY(rig.seen.skipped.empty());

        SessionRig locked;  // which may not look elsewhere
        behind(locked, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            return has(request, "/0/seg-1.m4s") ? std::optional(status(404)) : std::nullopt;
        });
        SessionOptions options;
        options.locked_level = 0;
        locked.session->open(locked.title.url(), options);
        QCOMPARE(locked.play(50).size(), std::size_t(19));
        QCOMPARE(locked.seen.skipped.size(), std::size_t(1));
    }

    void trouble_on_a_narrow_path_is_not_answered_with_a_higher_level() {
        SessionRig rig;
        int troubles = 0;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            FakeAnswer answer = rig.title.answer(request);
            answer.bps = 700e3;
            if (has(request, "seg-2.m4s") && troubles++ < 3) return status(503);
            return answer;
        });
        rig.session->open(rig.title.url());
        QCOMPARE(rig.play(80).size(), std::size_t(20));
        QCOMPARE(rig.network.count("/1/seg-2.m4s") + rig.network.count("/2/seg-2.m4s"), std::size_t(0));
        QVERIFY(rig.seen.skipped.empty());
    }

    void a_reset_in_the_middle_is_tried_again_then_elsewhere_then_skipped() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!has(request, "seg-2.m4s")) return std::nullopt;
            FakeAnswer answer = rig.title.answer(request);
            answer.cut_after = answer.body.size() / 2;
            return answer;
        });
        SessionOptions options;
        options.buffer_goal = Seconds(6);
        rig.session->open(rig.title.url(), options);
        QCOMPARE(rig.play(60).size(), std::size_t(19));
        QCOMPARE(rig.seen.skipped.size(), std::size_t(1));
        QVERIFY(rig.network.count("/0/seg-2.m4s") >= 1 && rig.network.count("/1/seg-2.m4s") >= 1);
        QVERIFY(!rig.seen.skipped[0].reason.empty());
        QVERIFY(rig.seen.failures.empty());
    }

    void a_page_with_status_200_is_no_segment_and_fragments_need_an_init_section() {
        SessionRig rig;
        rig.title.levels = 1;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (has(request, "seg-2.m4s")) return text("\n<!DOCTYPE html><title>404</title>");
            return std::nullopt;
        });
        rig.session->open(rig.title.url());
        QCOMPARE(rig.play(50).size(), std::size_t(19));
        QVERIFY(rig.seen.reasons().find("a page for people") != std::string::npos);
        QCOMPARE(rig.seen.skipped.size(), std::size_t(1));

        SessionRig lying;
        lying.title.init = false;
        behind(lying, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!has(request, ".m4s")) return std::nullopt;
            return text(std::string("\0\0\0\x08styp\0\0\0\x08moof\0\0\0\x0cmdat....", 28));
        });
        lying.session->open(lying.title.url());
        QVERIFY(lying.play(20).empty());
        QVERIFY(lying.seen.failures.at(0).message.find("init section") != std::string::npos);
    }

    void where_to_start_is_the_playlists_word_unless_the_caller_has_one() {
        struct Case {
            const char* offset;
            bool in_media;
            std::uint64_t first;
        };
        for (const Case& one : {Case{"-6.5", true, 16}, Case{"9", true, 4}, Case{"-1000", true, 0},
                                Case{"1000", false, 19}, Case{"7", false, 3}}) {
            SessionRig rig;
            const std::string line = std::string("#EXT-X-START:TIME-OFFSET=") + one.offset + "\n";
            behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
                FakeAnswer answer = rig.title.answer(request);
                if (has(request, one.in_media ? "index.m3u8" : "/stream/")) answer.body.insert(8, line);
                return answer;
            });
            rig.session->open(rig.title.url());
            rig.run(2);
            QCOMPARE(rig.session->pull().segment.sequence, one.first);
            SessionOptions options;
            options.start_at = Seconds(20);
            rig.session->open(rig.title.url(), options);
            rig.run(2);
            QCOMPARE(rig.session->pull().segment.sequence, std::uint64_t(10));
        }
    }

    void a_gap_in_one_level_is_filled_from_another_and_a_gap_in_all_is_skipped() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            FakeAnswer answer = rig.title.answer(request);
            answer.body.insert(answer.body.find("#EXTINF", answer.body.find("seg-8.")), "#EXT-X-GAP\n");
            if (has(request, "/0/"))
                answer.body.insert(answer.body.find("#EXTINF", answer.body.find("seg-0.")), "#EXT-X-GAP\n");
            return answer;
        });
        rig.session->open(rig.title.url());
        const auto segments = rig.play(50);
        QCOMPARE(segments.size(), std::size_t(19));
        QVERIFY(segments[1].sequence == 1 && segments[1].level != 0);
        QCOMPARE(rig.seen.skipped.size(), std::size_t(1));
        QCOMPARE(rig.seen.skipped[0].sequence, std::uint64_t(9));
        QCOMPARE(rig.network.count("seg-9.m4s"), std::size_t(0));
    }

    void thousands_of_gaps_do_not_stop_it() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            std::string body = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nseg-0.m4s\n";
            for (int i = 1; i < 5'000; ++i) body += "#EXT-X-GAP\n#EXTINF:2,\nx\n";
            return text(body + "#EXTINF:2,\nseg-5000.m4s\n#EXT-X-ENDLIST\n");
        });
        rig.session->open("http://site/media/t1/0/index.m3u8");
        const auto segments = rig.play(20);
        QCOMPARE(segments.size(), std::size_t(2));
        QCOMPARE(rig.seen.skipped.size(), std::size_t(4'999));
    }

    void a_media_playlist_that_is_a_multivariant_one_is_no_circle() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            return request.url.ends_with("index.m3u8") ? std::optional(text(rig.title.multivariant()))
                                                       : std::nullopt;
        });
        rig.session->open(rig.title.url());
        rig.play(20);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QVERIFY(rig.seen.failures[0].message.find("multivariant") != std::string::npos);
        QVERIFY(rig.network.requests.size() < 12);
    }

    void a_stream_that_begins_anew_is_followed_from_there() {
        SessionRig rig;
        bool anew = false;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            const int step = int(now(rig) / 2);
            return text(anew ? live_window(std::max(0, step - 13), 5) : live_window(500 + step, 5));
        });
        rig.session->open("http://site/media/t1/0/index.m3u8");
        auto before = rig.play(20);
        anew = true;
        const auto after = rig.play(40);
        QVERIFY(before.back().sequence >= 500);
        QVERIFY(after.size() > 12);
        QVERIFY(after.back().sequence < 100);
        QCOMPARE(rig.seen.noticed("playlist_reset"), std::size_t(1));
        Seconds last = before.back().start;
        for (const MediaSegment& segment : after) {  // one timeline goes on
            QVERIFY(segment.start > last);
            last = segment.start;
        }
    }

    void a_live_stream_that_falls_silent_is_asked_on_and_said_so() {
        SessionRig rig;
        bool silent = false;
        int frozen = 0;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            if (!silent) frozen = int(now(rig) / 2);
            return text(live_window(frozen, 5));
        });
        rig.session->open("http://site/media/t1/0/index.m3u8");
        rig.play(10);
        silent = true;
        rig.play(30);
        QCOMPARE(rig.seen.noticed("playlist_stale"), std::size_t(1));
        silent = false;
        QVERIFY(!rig.play(10).empty());
        QVERIFY(rig.seen.failures.empty());
    }

    void target_durations_that_lie_neither_starve_nor_flood() {
        for (const int target : {0, 1, 3600}) {
            SessionRig rig;
            behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
                if (!request.url.ends_with("index.m3u8")) return std::nullopt;
                return text(live_window(int(now(rig) / 2), 6, target));
            });
            rig.session->open("http://site/media/t1/0/index.m3u8");
            const auto segments = rig.play(30);
            QVERIFY(segments.size() >= 14);
            QVERIFY(rig.network.count("index.m3u8") < 65);
            QCOMPARE(rig.seen.noticed("target_duration"), std::size_t(target < 3600 ? 1 : 0));
        }
    }

    void what_the_player_ignores_is_said_once() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (request.url.starts_with(rig.title.url()))
                return text(
                    "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"/s\"\n"
                    "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://1\"\n"
                    "#EXT-X-STREAM-INF:BANDWIDTH=1\n/media/t1/0/index.m3u8\n");
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            return text(live_window(int(now(rig) / 2), 5) + "#EXT-X-PART:DURATION=1,URI=\"p\"\n");
        });
        rig.session->open(rig.title.url());
        rig.play(20);
        QCOMPARE(rig.seen.noticed("ignored"), std::size_t(3));
        QVERIFY(rig.seen.failures.empty());
    }

    void a_playlist_beyond_all_limits_is_refused_with_the_reason() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!request.url.ends_with("index.m3u8")) return std::nullopt;
            FakeAnswer answer = text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n");
            for (int i = 0; i < 60'000; ++i) answer.body += "#EXTINF:2,\na\n";
            answer.bps = 1e10;
            return answer;
        });
        rig.session->open("http://site/media/t1/0/index.m3u8");
        rig.run(5);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QVERIFY(rig.seen.reasons().find("more than 50000 segments") != std::string::npos);
    }

    void starvation_is_told_to_the_server_once() {
        SessionRig rig;
        rig.title.levels = 1;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (!has(request, "seg-3.m4s")) return std::nullopt;
            FakeAnswer answer = rig.title.answer(request);
            answer.latency = std::chrono::seconds(7);
            return answer;
        });
        SessionOptions options;
        options.buffer_goal = Seconds(4);
        rig.session->open(rig.title.url(), options);
        rig.play(60);
        std::vector<std::string> starved;
        for (const http::ClientRequest& request : rig.network.requests)
            if (request.headers.get("CMCD-Status") == "bs") starved.push_back(request.url);
        QCOMPARE(starved.size(), std::size_t(1));
        QVERIFY(starved[0].ends_with("seg-4.m4s"));  // the first request after it ran dry
        for (const http::ClientRequest& request : rig.network.requests)
            if (has(request, "seg-9.m4s"))
                QVERIFY(request.headers.get("CMCD-Request").find("nor=\"seg-10.m4s\"") != std::string::npos);
    }

    void tracks_and_levels_together_stay_within_the_memory_bound() {
        SessionRig rig;
        behind(rig, [&](const http::ClientRequest& request) -> std::optional<FakeAnswer> {
            if (request.url.starts_with(rig.title.url()))
                return text(
                    "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",DEFAULT=YES,URI=\"/media/t1/"
                    "1/index.m3u8\"\n"
                    "#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=426x240,AUDIO=\"a\"\n/media/t1/2/"
                    "index.m3u8\n");
            return std::nullopt;
        });
        SessionOptions options;
        options.buffer_bytes = 2'000'000;
        rig.session->open(rig.title.url(), options);
        for (int i = 0; i < 300; ++i) {
            rig.run(0.1);
            // One segment a track may be under way when the bound is reached.
            QVERIFY(rig.session->snapshot().buffered_bytes <= 2'000'000 + 500'000 + 250'000);
        }
        QVERIFY(rig.session->snapshot().buffered_bytes >= 2'000'000);
    }
};

QTEST_GUILESS_MAIN(TestSessionRecovery)
#include "tst_session_recovery.moc"
