// What a player reports of itself: when, what it says, and that it never gets in the way.

#include <QtTest>

#include "backend/player/fake_network.hpp"
#include "player/beacon.hpp"

using namespace qd;
using namespace qd::player;
using namespace std::chrono_literals;
using test::FakeAnswer;

namespace {

Qoe playing(double watched_s = 5) {
    Qoe qoe;
    qoe.startup = core::Seconds(0.25);
    qoe.watched = core::Seconds(watched_s);
    return qoe;
}

Qoe over(Outcome outcome) {
    Qoe qoe = playing();
    if (outcome == Outcome::exit_before_start || outcome == Outcome::start_failure) qoe.startup.reset();
    qoe.outcome = outcome;
    return qoe;
}

struct Rig {
    explicit Rig(http::Headers headers = {}) {
        network.handler = [this](const http::ClientRequest&) { return answer; };
        BeaconOptions options;
        options.gateway = "http://site";
        options.headers = std::move(headers);
        sender =
            std::make_unique<BeaconSender>(network, clock, BeaconLabels{"s-1", "t1", "console"}, options);
    }
    /// So many seconds in which the player says each tenth how it goes.
    void play(double seconds, const Qoe& qoe) {
        for (int i = 0; i < int(seconds * 10 + 0.5); ++i) {
            sender->update(qoe);
            network.run_for(100ms, 20ms);
        }
    }
    std::string said(std::size_t number) const { return network.requests.at(number).body; }
    bool says(std::size_t number, const std::string& part) const {
        return said(number).find(part) != std::string::npos;
    }

    FakeAnswer answer{202, R"({"seq":1,"result":"counted"})", {}, 20ms, 50e6, {}, {}, false};
    test::ManualExecutor executor;
    test::FakeClock clock;
    test::FakeNetwork network{executor, clock};
    std::unique_ptr<BeaconSender> sender;
};

}  // namespace

class TestBeacon : public QObject {
    Q_OBJECT
private slots:
    void the_state_is_what_the_viewer_sees() {
        QCOMPARE(beacon_state({}), BeaconState::starting);
        QCOMPARE(beacon_state(playing()), BeaconState::playing);
        QCOMPARE(beacon_state(playing(), true), BeaconState::paused);
        Qoe stalled = playing();
        stalled.stalled_now = true;
        QCOMPARE(beacon_state(stalled), BeaconState::stalled);
        for (const Outcome outcome : {Outcome::ended, Outcome::stopped, Outcome::failed,
                                      Outcome::start_failure, Outcome::exit_before_start}) {
            QVERIFY(is_final(beacon_state(over(outcome), true)));
            QCOMPARE(to_string(beacon_state(over(outcome))), to_string(outcome));
        }
    }

    void the_first_goes_at_once_changes_after_a_second_and_silence_lasts_ten() {
        BeaconSchedule schedule;
        const core::SteadyTime start{100s};
        QVERIFY(schedule.due(BeaconState::starting, start));
        schedule.sent(BeaconState::starting, start);
        QVERIFY(!schedule.due(BeaconState::playing, start + 900ms));
        QVERIFY(schedule.due(BeaconState::playing, start + 1s));
        QVERIFY(!schedule.due(BeaconState::starting, start + 9s));
        QVERIFY(schedule.due(BeaconState::starting, start + 10s));
    }

    void the_last_one_waits_for_nothing_and_is_the_last() {
        BeaconSchedule schedule;
        const core::SteadyTime start{100s};
        schedule.sent(BeaconState::playing, start);
        schedule.hold_until(start + 60s);
        QVERIFY(!schedule.due(BeaconState::stalled, start + 30s));
        QVERIFY(schedule.due(BeaconState::stopped, start + 1ms));
        schedule.sent(BeaconState::stopped, start + 1ms);
        for (const BeaconState state : {BeaconState::stopped, BeaconState::failed, BeaconState::playing})
            QVERIFY(!schedule.due(state, start + 1h));
    }

    void what_is_not_known_is_null_and_never_zero() {
        Beacon beacon;
        beacon.labels = {"s-1", "a\ntitle", "console"};
        beacon.at = core::WallTime(std::chrono::milliseconds(1700000000123));
        const std::string wanted =
            R"({"session_id":"s-1","title":"a\ntitle","client":"console","seq":1,"acked":0,)"
            R"("state":"starting","at":"2023-11-14T22:13:20.123Z","startup_s":null,"watched_s":0,)"
            R"("stalled_s":0,"stalls":0,"media_played_s":0,"average_bps":null,"switches":0,)"
            R"("dropped":{"early":0,"late":0},"skipped":0,"errors":{}})";
        QCOMPARE(to_json(beacon), wanted);
    }

    void every_number_of_the_playback_is_in_it() {
        Beacon beacon;
        beacon.seq = 7;
        beacon.acked = 5;
        beacon.state = BeaconState::stalled;
        Qoe& qoe = beacon.qoe;
        qoe = playing(12.5);
        qoe.stalled = core::Seconds(1.5);
        qoe.stalls = 2;
        qoe.media_played = core::Seconds(10);
        qoe.bit_seconds = 5e6;
        qoe.switches_up = 2;
        qoe.switches_down = 1;
        qoe.frames_dropped_early = 3;
        qoe.frames_dropped_late = 4;
        qoe.skipped_segments = 6;
        qoe.errors_by_kind = {{"status_5xx", 8}, {"timeout", 9}};
        const std::string json = to_json(beacon);
        for (const char* part :
             {R"("seq":7,"acked":5,"state":"stalled")",
              R"("startup_s":0.25,"watched_s":12.5,"stalled_s":1.5)",
              R"("stalls":2,"media_played_s":10,"average_bps":500000,"switches":3)",
              R"("dropped":{"early":3,"late":4},"skipped":6,"errors":{"status_5xx":8,"timeout":9})"})
            QVERIFY2(json.find(part) != std::string::npos, part);
    }

    void a_session_is_told_from_its_start_to_its_end() {
        Rig rig({{"X-Quarterdeck-Arm", "canary"}, {"Authorization", "Bearer t"}});
        rig.play(0.5, {});
        rig.play(25, playing());
        rig.sender->update(over(Outcome::stopped));
        rig.play(30, over(Outcome::stopped));
        QCOMPARE(rig.network.requests.size(), std::size_t(5));  // start, first frame, two heartbeats, end
        for (std::size_t i = 0; i < 5; ++i) {
            QCOMPARE(rig.network.requests[i].url, std::string("http://site/api/v1/analytics/playback?s=s-1"));
            QCOMPARE(std::string(rig.network.requests[i].headers.get("X-Quarterdeck-Arm")),
                     std::string("canary"));
            QVERIFY(rig.says(i, fmt::format(R"("seq":{},"acked":{},)", i + 1, i)));
        }
        QVERIFY(rig.says(0, "starting") && rig.says(1, "playing") && rig.says(4, "stopped"));
        QCOMPARE(rig.sender->stats().accepted, std::uint64_t(5));
        QCOMPARE(rig.sender->stats().dropped, std::uint64_t(0));
    }

    void a_platform_that_is_away_costs_a_beacon_each_and_one_at_a_time() {
        Rig rig;
        rig.answer.error = core::Error{core::Errc::unavailable, "refused"};
        rig.play(35, playing());
        const BeaconStats away = rig.sender->stats();
        QCOMPARE(away.sent, std::uint64_t(4));
        QCOMPARE(away.dropped, away.sent);
        QCOMPARE(away.last_error, std::string("refused"));
        rig.answer.error.reset();
        rig.play(10, playing(45));
        QVERIFY(
            rig.says(rig.network.requests.size() - 1, R"("acked":0)"));  // nobody has counted anything yet
        QCOMPARE(rig.sender->stats().accepted, std::uint64_t(1));
        QVERIFY(rig.sender->stats().last_error.empty());
    }

    void while_one_is_under_way_no_other_is_sent() {
        Rig rig;
        rig.answer.latency = 3s;
        rig.play(0.1, {});
        rig.play(2.5, playing());
        QCOMPARE(rig.network.requests.size(), std::size_t(1));
        rig.play(1, playing());
        QCOMPARE(rig.network.requests.size(), std::size_t(2));  // what had changed meanwhile
    }

    void the_last_one_does_not_wait_for_an_answer_that_does_not_come() {
        Rig rig;
        rig.answer.hang = true;
        rig.play(2, playing());
        rig.sender->update(over(Outcome::ended));
        rig.network.run_for(100ms);
        QCOMPARE(rig.network.requests.size(), std::size_t(2));
        QVERIFY(rig.says(1, "ended"));
        QVERIFY(rig.network.requests[1].timeout <= 2s);
        rig.sender.reset();  // it lives on until its own end, and no longer
        rig.network.run_for(2s);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
    }

    void a_platform_without_analytics_is_left_alone() {
        Rig rig;
        rig.answer.status = 404;
        rig.play(60, playing());
        rig.sender->update(over(Outcome::ended));
        QCOMPARE(rig.network.requests.size(), std::size_t(1));
        QVERIFY(rig.sender->stats().unsupported);
    }

    void a_platform_that_asks_for_a_pause_gets_it() {
        Rig rig;
        rig.answer.status = 429;
        rig.answer.headers.set("Retry-After", "30");
        rig.play(29, playing());
        QCOMPARE(rig.network.requests.size(), std::size_t(1));
        rig.play(3, playing());
        QCOMPARE(rig.network.requests.size(), std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestBeacon)
#include "tst_beacon.moc"
