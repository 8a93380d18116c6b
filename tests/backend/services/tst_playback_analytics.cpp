// What players report becomes sums, each second and each stall once, whatever gets lost, repeated or made up.

#include <QtTest>
#include <cmath>

#include "http/client.hpp"
#include "services/analytics_routes.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::services;
using namespace std::chrono_literals;
using Result = PlaybackAnalytics::Result;

namespace {

struct Rig {
    explicit Rig(AnalyticsOptions options = {}) : analytics(clock, player, options) {
        registry.on_collect([this] { analytics.tidy(); });
    }

    PlaybackBeacon beacon(std::uint64_t seq, double watched_s, PlaybackState state = PlaybackState::playing,
                          const std::string& session = "s1") {
        PlaybackBeacon beacon;
        beacon.session = session;
        beacon.client = "console";
        beacon.seq = seq;
        beacon.acked = seq - 1;
        beacon.state = state;
        beacon.totals.watched_s = watched_s;
        if (state == PlaybackState::playing || state == PlaybackState::ended) beacon.totals.startup_s = 0.4;
        return beacon;
    }
    Result take(const PlaybackBeacon& beacon, const std::string& arm = "stable",
                const std::string& version = "v1") {
        return analytics.take(beacon, arm, version);
    }
    double metric(const std::string& series) {
        const std::string text = "\n" + registry.expose();
        const std::size_t at = text.find("\n" + series + " ");
        return at == std::string::npos ? -1 : std::atof(text.c_str() + at + series.size() + 2);
    }
    double watched(const std::string& arm = "stable") {
        return metric("player_watched_seconds_total{arm=\"" + arm + "\"}");
    }
    double sessions(const std::string& outcome, const std::string& arm = "stable",
                    const std::string& version = "v1") {
        return metric("player_sessions_total{arm=\"" + arm + "\",outcome=\"" + outcome + "\",version=\"" +
                      version + "\"}");
    }

    test::FakeClock clock;
    telemetry::Metrics registry;
    PlayerMetrics player{registry, PlayerMetrics::Exist::at_once};
    PlaybackAnalytics analytics;
};

const std::string good =
    R"({"session_id":"s-1","title":"t1","client":"console","seq":3,"acked":2,"state":"playing",)"
    R"("at":"2026-11-27T03:00:00.000Z","startup_s":0.25,"watched_s":12.5,"stalled_s":1.5,"stalls":2,)"
    R"("media_played_s":10,"average_bps":500000,"switches":3,"dropped":{"early":3,"late":4},"skipped":6,)"
    R"("errors":{"status_5xx":8,"made_up":1,"other":1},"later":"addition"})";

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) qFatal("no %s", what.c_str());
    return text.replace(at, what.size(), instead);
}

}  // namespace

class TestPlaybackAnalytics : public QObject {
    Q_OBJECT
private slots:
    void a_beacon_is_read_to_its_last_field() {
        const auto beacon = parse_beacon(good);
        QVERIFY2(beacon, beacon ? "" : beacon.error().message.c_str());
        QCOMPARE(beacon->session, std::string("s-1"));
        QCOMPARE(beacon->seq, std::uint64_t(3));
        QCOMPARE(beacon->acked, std::uint64_t(2));
        QCOMPARE(beacon->state, PlaybackState::playing);
        QCOMPARE(beacon->totals.startup_s.value(), 0.25);
        QCOMPARE(beacon->totals.media_bits, 5e6);
        QCOMPARE(beacon->totals.dropped_late, std::uint64_t(4));
        QCOMPARE(beacon->totals.errors.at("status_5xx"), std::uint64_t(8));
        QCOMPARE(beacon->totals.errors.at("other"), std::uint64_t(2));
    }

    void what_makes_no_sense_is_refused_by_name_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("instead");
        QTest::addColumn<QString>("named");
        const auto row = [](const char* what, const char* instead, const char* named) {
            QTest::newRow(instead) << what << instead << named;
        };
        row(R"("session_id":"s-1")", R"("session_id":"")", "session_id");
        row(R"("session_id":"s-1")", R"("session_id":"a b")", "session_id");
        row(R"("client":"console")", R"("client":"toaster")", "client");
        row(R"("seq":3)", R"("seq":0)", "seq");
        row(R"("seq":3)", R"("seq":-3)", "seq");
        row(R"("seq":3)", R"("seq":1e99)", "seq");
        row(R"("acked":2)", R"("acked":3)", "acked");
        row(R"("state":"playing")", R"("state":"dancing")", "state");
        row(R"("state":"playing",)", "", "state");
        row(R"("state":"playing")", R"("state":"starting")", "startup_s");
        row(R"("state":"playing")", R"("state":"start_failure")", "startup_s");
        row(R"("startup_s":0.25)", R"("startup_s":null)", "startup_s");
        row(R"("startup_s":0.25)", R"("startup_s":1e9)", "startup_s");
        row(R"("at":"2026-11-27T03:00:00.000Z")", R"("at":"today")", "at");
        row(R"("watched_s":12.5,)", "", "watched_s");
        row(R"("watched_s":12.5)", R"("watched_s":"12")", "watched_s");
        row(R"("watched_s":12.5)", R"("watched_s":-1)", "watched_s");
        row(R"("watched_s":12.5)", R"("watched_s":1e7)", "watched_s");
        row(R"("stalled_s":1.5)", R"("stalled_s":13)", "stalled_s");
        row(R"("average_bps":500000)", R"("average_bps":1e12)", "average_bps");
        row(R"("stalls":2)", R"("stalls":2.5)", "stalls");
        row(R"("dropped":{"early":3,"late":4})", R"("dropped":[3,4])", "dropped");
        row(R"("status_5xx":8)", R"("status_5xx":"many")", "errors");
        row(R"({"session_id")", R"([{"session_id")", "JSON");
    }
    void what_makes_no_sense_is_refused_by_name() {
        QFETCH(QString, what);
        QFETCH(QString, instead);
        QFETCH(QString, named);
        const auto beacon = parse_beacon(with(good, what.toStdString(), instead.toStdString()));
        QVERIFY(!beacon);
        QCOMPARE(beacon.error().code, core::Errc::invalid_argument);
        QVERIFY2(QString::fromStdString(beacon.error().message).contains(named),
                 beacon.error().message.c_str());
    }

    void a_failure_before_the_first_frame_is_a_start_failure() {
        const auto beacon = parse_beacon(with(with(good, R"("state":"playing")", R"("state":"failed")"),
                                              R"("startup_s":0.25)", R"("startup_s":null)"));
        QVERIFY(beacon);
        QCOMPARE(beacon->state, PlaybackState::start_failure);
        QCOMPARE(parse_beacon(std::string(max_beacon_bytes + 1, ' ')).error().code, core::Errc::too_large);
    }

    void differences_count_and_the_end_names_the_outcome() {
        Rig rig;
        QCOMPARE(rig.take(rig.beacon(1, 0, PlaybackState::starting)), Result::counted);
        QCOMPARE(rig.metric("player_startup_seconds_count{arm=\"stable\"}"), 0.0);
        QCOMPARE(rig.metric("player_active"), 1.0);
        rig.clock.advance(10s);
        auto second = rig.beacon(2, 10);
        second.totals.stalls = 1;
        second.totals.stalled_s = 2;
        second.totals.media_played_s = 8;
        second.totals.media_bits = 8e6;
        second.totals.dropped_late = 5;
        second.totals.errors["timeout"] = 2;
        QCOMPARE(rig.take(second), Result::counted);
        rig.clock.advance(10s);
        auto last = second;
        last.seq = 3;
        last.state = PlaybackState::ended;
        last.totals.watched_s = 20;
        last.totals.media_played_s = 18;
        last.totals.media_bits = 28e6;
        last.totals.stalls = 3;
        QCOMPARE(rig.take(last), Result::counted);
        QCOMPARE(rig.watched(), 20.0);
        QCOMPARE(rig.metric("player_startup_seconds_count{arm=\"stable\"}"), 1.0);
        QCOMPARE(rig.metric("player_startup_seconds_sum{arm=\"stable\"}"), 0.4);
        QCOMPARE(rig.metric("player_stalled_seconds_total{arm=\"stable\"}"), 2.0);
        QCOMPARE(rig.metric("player_stalls_total{arm=\"stable\"}"), 3.0);
        QCOMPARE(rig.metric("player_stalled_sessions_total{arm=\"stable\"}"), 1.0);
        QCOMPARE(rig.metric("player_media_seconds_total{arm=\"stable\"}"), 18.0);
        QCOMPARE(rig.metric("player_media_bits_total{arm=\"stable\"}"), 28e6);
        QCOMPARE(rig.metric("player_frames_dropped_total{arm=\"stable\",kind=\"late\"}"), 5.0);
        QCOMPARE(rig.metric("player_errors_total{arm=\"stable\",kind=\"timeout\"}"), 2.0);
        QCOMPARE(rig.sessions("ended"), 1.0);
        QCOMPARE(rig.metric("player_bitrate_bps_count{arm=\"stable\"}"), 1.0);
        QVERIFY(std::abs(rig.metric("player_bitrate_bps_sum{arm=\"stable\"}") - 28e6 / 18) < 1);
        QCOMPARE(rig.metric("player_active"), 0.0);
    }

    void repeats_disorder_and_losses_neither_add_nor_hide() {
        Rig rig;
        rig.take(rig.beacon(1, 0));
        rig.clock.advance(10s);
        QCOMPARE(rig.take(rig.beacon(2, 10)), Result::counted);
        QCOMPARE(rig.take(rig.beacon(2, 10)), Result::repeated);
        rig.clock.advance(20s);
        QCOMPARE(rig.take(rig.beacon(4, 30)), Result::counted);  // the third got lost
        QCOMPARE(rig.take(rig.beacon(3, 20)), Result::repeated);
        rig.clock.advance(1s);
        QCOMPARE(rig.take(rig.beacon(5, 31, PlaybackState::ended)), Result::counted);
        QCOMPARE(rig.take(rig.beacon(6, 90)), Result::late);
        QCOMPARE(rig.watched(), 31.0);
        QCOMPARE(rig.sessions("ended"), 1.0);
    }

    void numbers_that_go_back_take_nothing_back_and_count_once() {
        Rig rig;
        rig.take(rig.beacon(1, 10));
        rig.take(rig.beacon(2, 4));
        rig.take(rig.beacon(3, 12));
        QCOMPARE(rig.watched(), 12.0);
    }

    void a_session_without_a_first_frame_is_no_start_of_zero() {
        Rig rig;
        rig.take(rig.beacon(1, 3, PlaybackState::exit_before_start));
        rig.take(rig.beacon(1, 5, PlaybackState::start_failure, "s2"));
        QCOMPARE(rig.metric("player_startup_seconds_count{arm=\"stable\"}"), 0.0);
        QCOMPARE(rig.sessions("exit_before_start"), 1.0);
        QCOMPARE(rig.sessions("start_failure"), 1.0);
    }

    void what_another_process_has_counted_is_not_counted_again() {
        Rig rig;
        auto beacon = rig.beacon(8, 100);
        QCOMPARE(rig.take(beacon), Result::adopted);
        QCOMPARE(rig.watched(), 0.0);
        QCOMPARE(rig.metric("player_startup_seconds_count{arm=\"stable\"}"), 0.0);
        rig.clock.advance(10s);
        QCOMPARE(rig.take(rig.beacon(9, 110)), Result::counted);
        QCOMPARE(rig.watched(), 10.0);
    }

    void a_player_whose_first_reports_got_lost_is_counted_in_full() {
        Rig rig;
        auto beacon = rig.beacon(4, 31);
        beacon.acked = 0;
        QCOMPARE(rig.take(beacon), Result::counted);
        QCOMPARE(rig.watched(), 31.0);
    }

    void more_time_than_has_passed_is_not_believed() {
        Rig rig;
        rig.take(rig.beacon(1, 0));
        rig.clock.advance(10s);
        QCOMPARE(rig.take(rig.beacon(2, 5'000)), Result::implausible);
        QCOMPARE(rig.watched(), 0.0);
        rig.clock.advance(10s);
        QCOMPARE(rig.take(rig.beacon(3, 5'010)), Result::counted);
        QCOMPARE(rig.watched(), 10.0);
        auto wild = rig.beacon(1, 1, PlaybackState::playing, "s2");
        wild.totals.stalls = 900'000'000;
        QCOMPARE(rig.take(wild), Result::implausible);
        QCOMPARE(rig.metric("player_stalls_total{arm=\"stable\"}"), 0.0);
    }

    void a_session_that_falls_silent_is_lost_once() {
        Rig rig;
        rig.take(rig.beacon(1, 0));
        rig.clock.advance(61s);
        QCOMPARE(rig.metric("player_active"), 0.0);
        QCOMPARE(rig.sessions("lost"), 1.0);
        QCOMPARE(rig.take(rig.beacon(2, 60)), Result::counted);  // it was only asleep
        QCOMPARE(rig.metric("player_active"), 1.0);
        QCOMPARE(rig.take(rig.beacon(3, 61, PlaybackState::ended)), Result::counted);
        QCOMPARE(rig.watched(), 61.0);
        QCOMPARE(rig.sessions("ended"), 0.0);
        QCOMPARE(rig.sessions("lost"), 1.0);
        rig.clock.advance(601s);
        rig.analytics.tidy();
        QCOMPARE(rig.analytics.remembered(), std::size_t(0));
    }

    void arms_and_versions_are_whose_the_platform_says_and_few() {
        Rig rig;
        rig.take(rig.beacon(1, 0), "canary", "v2");
        rig.clock.advance(10s);
        rig.take(rig.beacon(2, 10), "canary", "v2");
        rig.take(rig.beacon(3, 12, PlaybackState::ended), "stable", "v1");  // the canary was taken back
        QCOMPARE(rig.watched("canary"), 10.0);
        QCOMPARE(rig.watched("stable"), 2.0);
        QCOMPARE(rig.sessions("ended", "stable", "v1"), 1.0);
        QCOMPARE(rig.sessions("ended", "canary", "v2"), 0.0);
        rig.take(rig.beacon(1, 1, PlaybackState::ended, "x"), "moon", "a b");
        QCOMPARE(rig.sessions("ended", "unknown", "unknown"), 1.0);
        for (int i = 0; i < 40; ++i)
            rig.take(rig.beacon(1, 1, PlaybackState::ended, "y" + std::to_string(i)), "stable",
                     "w" + std::to_string(i));
        QVERIFY(rig.sessions("ended", "stable", "other") > 20);
    }

    void memory_is_bounded_and_the_oldest_goes_first() {
        AnalyticsOptions options;
        options.max_sessions = 10;
        Rig rig(options);
        for (int i = 0; i < 25; ++i)
            rig.take(rig.beacon(1, 1, PlaybackState::playing, "s" + std::to_string(i)));
        QCOMPARE(rig.analytics.remembered(), std::size_t(10));
        QCOMPARE(rig.sessions("lost"), 15.0);
        QCOMPARE(rig.take(rig.beacon(2, 2, PlaybackState::playing, "s24")), Result::counted);
        QCOMPARE(rig.take(rig.beacon(2, 2, PlaybackState::playing, "s0")), Result::adopted);
    }

    void a_flood_is_limited() {
        AnalyticsOptions options;
        options.beacons_per_s = 5;
        Rig rig(options);
        int taken = 0;
        for (int i = 1; i <= 50; ++i) taken += rig.take(rig.beacon(std::uint64_t(i), 1)) != Result::limited;
        QCOMPARE(taken, 10);
        rig.clock.advance(1s);
        QCOMPARE(rig.take(rig.beacon(100, 1)), Result::counted);
    }

    void a_process_without_reports_has_no_series_unless_asked_for() {
        telemetry::Metrics registry;
        PlayerMetrics player(registry, PlayerMetrics::Exist::when_told_of);
        QVERIFY(registry.expose().find("player_") == std::string::npos);
        player.beacon("counted");
        QVERIFY(registry.expose().find("player_startup_seconds_count{arm=\"canary\"} 0") !=
                std::string::npos);
    }

    void the_route_takes_what_the_gateway_says_and_refuses_the_rest() {
        Rig rig;
        http::Server server{http::ServerOptions{}};
        add_analytics_routes(server, rig.analytics, rig.player, telemetry::null_log(), {"stable", "v1"});
        QVERIFY(server.start());
        http::Client client;
        const auto post = [&](const std::string& body, http::Headers headers = {}) {
            http::ClientRequest request;
            request.method = http::Method::post;
            request.url = "http://" + server.address() + "/api/v1/analytics/playback?s=s-1";
            request.headers = std::move(headers);
            request.body = body;
            return client.fetch(std::move(request)).value();
        };
        const auto first = with(good, R"("acked":2)", R"("acked":0)");
        const auto taken = post(first);
        QCOMPARE(taken.status, 202u);
        QCOMPARE(taken.body, std::string(R"({"seq":3,"result":"counted"})"));
        QCOMPARE(post(first).body, std::string(R"({"seq":3,"result":"repeated"})"));
        QCOMPARE(post(with(first, "s-1", "s-2"),
                      {{"X-Quarterdeck-Session-Arm", "canary"}, {"X-Quarterdeck-Session-Version", "v2"}})
                     .status,
                 202u);
        QCOMPARE(rig.watched("stable"), 12.5);
        QCOMPARE(rig.watched("canary"), 12.5);
        const auto refused = post(with(good, R"("seq":3)", R"("seq":0)"));
        QCOMPARE(refused.status, 400u);
        QVERIFY(refused.body.find("seq") != std::string::npos);
        QCOMPARE(post(std::string(9'000, ' ')).status, 413u);
        QCOMPARE(rig.metric("player_beacons_total{result=\"repeated\"}"), 1.0);
        QCOMPARE(rig.metric("player_beacons_total{result=\"invalid\"}"), 1.0);
        server.stop(100ms);
    }
};

QTEST_GUILESS_MAIN(TestPlaybackAnalytics)
#include "tst_playback_analytics.moc"
