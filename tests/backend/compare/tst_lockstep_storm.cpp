// Everything a person can do to two players in step, in any order, while one side or the other misbehaves:
// no call blocks, nothing hangs, positions stay within what there is, and in the end both are in step.

#include <random>

#include "backend/compare/stage.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;
using decode::PlaybackState;
using test::TitleSite;

namespace {

constexpr double title_s = 6;
constexpr const char* side_header = "X-Side";

/// What one side's answers suffer from.
enum class Trouble { none, missing, slow, damaged, broken };

class Weather {
public:
    void set(Side side, Trouble trouble) { troubles_[side == Side::b].store(trouble); }
    std::optional<http::Response> operator()(const http::Request& request) const {
        const bool of_b = request.headers.get(side_header) == "b";
        switch (troubles_[of_b].load()) {
            case Trouble::none:
                return std::nullopt;
            case Trouble::missing:
                if (!request.path.ends_with(".m4s")) return std::nullopt;
                return http::Response::text(404, "gone");
            case Trouble::slow:
                std::this_thread::sleep_for(std::chrono::milliseconds(120));
                return std::nullopt;
            case Trouble::damaged:
                if (!request.path.ends_with(".m4s")) return std::nullopt;
                return http::Response::text(200, std::string(40'000, '#'));
            case Trouble::broken:
                return http::Response::text(503, "not now");
        }
        return std::nullopt;
    }

private:
    std::array<std::atomic<Trouble>, 2> troubles_{};
};

TitleSite& site() {
    static TitleSite shared(title_s, 240);
    return shared;
}

Both<SideOptions> both() {
    Both<SideOptions> what;
    for (const Side side : sides) {
        what[side].url = site().url();
        what[side].name = side == Side::a ? "stable" : "canary";
        what[side].session.headers.set(side_header, side == Side::a ? "a" : "b");
        what[side].session.retry_delay = std::chrono::milliseconds(10);
        what[side].session.outage_patience = Seconds(0.3);
    }
    return what;
}

class Storm {
public:
    Storm(test::Stage& stage, Weather& weather, unsigned seed)
        : stage_(stage), weather_(weather), random_(seed) {}

    /// One thing at random; what it was.
    std::string act() {
        Lockstep& lockstep = *stage_.lockstep;
        const Side side = pick(2) == 0 ? Side::a : Side::b;
        switch (pick(16)) {
            case 0:
                stage_.play(both(), 1);
                return "play";
            case 1:
                lockstep.pause();
                return "pause";
            case 2:
            case 3:
                lockstep.resume();
                return "resume";
            case 4:
            case 5:
                lockstep.seek(Seconds(position()));
                return "seek";
            case 6:
                lockstep.step(int(pick(9)) - 4);
                return "step";
            case 7: {
                const double from = position();
                lockstep.set_loop(decode::LoopRange{Seconds(from), Seconds(pick(2) == 0 ? 0 : from + 0.7)});
                return "loop";
            }
            case 8:
                lockstep.set_loop(std::nullopt);
                return "no loop";
            case 9:
                lockstep.set_rate(pick(2) == 0 ? 0.25 * double(1 + pick(16)) : -1);
                return "rate";
            case 10:
                lockstep.lock_level(int(pick(4)) - 1);
                return "level";
            case 11:
                lockstep.set_audible(side);
                return "ear";
            case 12:
                lockstep.set_output_size(int(pick(400)), int(pick(300)));
                return "size";
            case 13:
                lockstep.set_offset(pick(2) == 0 ? std::optional(Seconds(double(pick(5)) * 0.2 - 0.4))
                                                 : std::nullopt);
                return "offset";
            case 14:
                if (pick(3) == 0) lockstep.stop();
                lockstep.select_subtitles(pick(2) == 0 ? std::optional(int(pick(3))) : std::nullopt);
                return "stop or subtitles";
            default:
                weather_.set(side, Trouble(pick(2) == 0 ? 0 : pick(5)));
                return "weather";
        }
    }
    /// A moment for the threads between, at times none.
    void breathe() {
        if (pick(3) != 0) QTest::qWait(int(pick(80)));
    }

private:
    std::uint32_t pick(std::uint32_t below) { return random_() % below; }
    /// Also outside of the title.
    double position() { return double(pick(90)) / 10 - 1; }

    test::Stage& stage_;
    Weather& weather_;
    std::minstd_rand random_;
};

}  // namespace

class TestLockstepStorm : public QObject {
    Q_OBJECT
private slots:
    void whatever_is_done_in_whatever_order_data() {
        QTest::addColumn<unsigned>("seed");
        QTest::addColumn<bool>("heard");
        for (unsigned seed = 1; seed <= 6; ++seed) QTest::addRow("seed %u", seed) << seed << (seed % 2 == 0);
    }
    void whatever_is_done_in_whatever_order() {
        QFETCH(const unsigned, seed);
        QFETCH(const bool, heard);
        const auto weather = std::make_shared<Weather>();
        site().make_trouble([weather](const http::Request& request) { return (*weather)(request); });
        test::RealTimeAudio audio;
        test::Stage stage(heard ? &audio : nullptr);
        Storm storm(stage, *weather, seed);
        stage.play(both());
        std::string done;
        for (int i = 0; i < 100; ++i) {
            const auto before = std::chrono::steady_clock::now();
            done += storm.act() + ", ";
            const auto snapshot = stage.lockstep->snapshot();
            const double took = Seconds(std::chrono::steady_clock::now() - before).count();
            QVERIFY2(took < 10, done.c_str());  // nothing waits for the network
            const std::string where = done + " at " + std::to_string(snapshot.position.count());
            QVERIFY2(std::isfinite(snapshot.position.count()), where.c_str());
            // An offset may lie between the two sides. What is asked for before anything is known is
            // believed.
            const double most = snapshot.end > Seconds(0) ? title_s + 0.6 : 100;
            QVERIFY2(snapshot.position.count() >= -0.6 && snapshot.position.count() <= most, where.c_str());
            for (const Side side : sides) {
                const auto& one = snapshot.side[side];
                QVERIFY2(one.position.count() >= -0.6 && one.position.count() <= most, where.c_str());
                const auto alone = stage.lockstep->playback(side);
                QVERIFY2(alone.qoe.stalled <= alone.qoe.watched + Seconds(0.01), where.c_str());
            }
            if (snapshot.state == PlaybackState::stalled) QVERIFY2(snapshot.waits_for, where.c_str());
            storm.breathe();
        }
        // The sky clears: what is played now plays, and both show the same.
        for (const Side side : sides) weather->set(side, Trouble::none);
        stage.lockstep->set_offset(std::nullopt);
        stage.lockstep->set_loop(std::nullopt);
        stage.lockstep->lock_level(-1);
        stage.lockstep->set_output_size(160, 90);
        stage.play(both());
        QVERIFY2(stage.until([&] {
            return stage.lockstep->snapshot().state == PlaybackState::playing &&
                   stage.lockstep->snapshot().side.a.qoe.frames_shown > 3 &&
                   stage.lockstep->snapshot().side.b.qoe.frames_shown > 3;
        }),
                 done.c_str());
        stage.lockstep->pause();
        QVERIFY2(stage.wait_for(PlaybackState::paused), done.c_str());
        stage.lockstep->seek(Seconds(3.001));
        QVERIFY2(
            stage.until([&] { return stage.shown(stage.sink_a) == 75 && stage.shown(stage.sink_b) == 75; }),
            done.c_str());
    }

    void gone_at_any_moment() {
        const auto weather = std::make_shared<Weather>();
        site().make_trouble([weather](const http::Request& request) { return (*weather)(request); });
        for (unsigned seed = 100; seed < 112; ++seed) {
            test::Stage stage;
            Storm storm(stage, *weather, seed);
            stage.play(both(), 4);
            for (unsigned i = 0; i < seed % 5; ++i) {
                storm.act();
                storm.breathe();
            }
            const auto before = std::chrono::steady_clock::now();
            stage.lockstep.reset();
            QVERIFY(Seconds(std::chrono::steady_clock::now() - before).count() < 10);
        }
    }
};

QTEST_GUILESS_MAIN(TestLockstepStorm)
#include "tst_lockstep_storm.moc"
