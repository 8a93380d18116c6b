#include <QTest>
#include <random>

#include "oncall/local_time.hpp"
#include "rollouts/policy.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

/// The system's.
struct Zones final : TimeZones {
    std::int64_t local_minute(core::WallTime at, const std::string& zone) const override {
        return oncall::local_at(at, zone).value;
    }
    core::WallTime moment(std::int64_t local, const std::string& zone) const override {
        return oncall::moment_of(oncall::LocalMinute{local}, zone);
    }
} const zones;

core::WallTime at(const char* text) {
    const auto time = core::parse_rfc3339(text);
    if (!time) qFatal("%s", text);
    return *time;
}

FreezeCalendar calendar(std::initializer_list<int> days, int from_minute, int to_minute,
                        const char* zone = "Europe/Berlin") {
    FreezeCalendar calendar{"rest", "nobody is there", {}, from_minute, to_minute, zone};
    for (const int day : days) calendar.days[std::size_t(day)] = true;
    return calendar;
}

std::optional<core::WallTime> frozen_until(const FreezeCalendar& calendar, const char* now) {
    const auto found = freezes_at({}, {calendar}, at(now), zones);
    return found.empty() ? std::nullopt : found.front().until;
}

}  // namespace

class TestPolicy : public QObject {
    Q_OBJECT

private slots:
    void aWindowHoldsFromItsBeginToItsEnd() {
        const std::vector<FreezeWindow> windows{{"Christmas", "nobody is there", at("2026-12-24T00:00:00Z"),
                                                 at("2026-12-27T00:00:00Z"), "the configuration"}};
        QVERIFY(freezes_at(windows, {}, at("2026-12-23T23:59:59Z"), zones).empty());
        const auto found = freezes_at(windows, {}, at("2026-12-24T00:00:00Z"), zones);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found.front().kind, std::string("window"));
        QCOMPARE(*describe(found), std::string("Christmas (until 2026-12-27T00:00:00.000Z): nobody is there"));
        QVERIFY(freezes_at(windows, {}, at("2026-12-27T00:00:00Z"), zones).empty());
        QCOMPARE(freezes_to_come(windows, {}, at("2026-12-20T00:00:00Z"), at("2026-12-25T00:00:00Z"), 5, zones)
                     .size(),
                 std::size_t(1));
        QVERIFY(!describe(std::vector<Freeze>{}));
    }

    void aNightGoesOnToTheNextMorning() {
        const auto nights = calendar({0, 1, 2, 3}, 18 * 60, 8 * 60);  // Monday to Thursday
        QVERIFY(!frozen_until(nights, "2026-11-26T16:59:59Z"));       // a Thursday, 17:59:59 in Berlin
        QCOMPARE(frozen_until(nights, "2026-11-26T17:00:00Z"), at("2026-11-27T07:00:00Z"));
        QCOMPARE(frozen_until(nights, "2026-11-27T06:59:59Z"), at("2026-11-27T07:00:00Z"));
        QVERIFY(!frozen_until(nights, "2026-11-27T07:00:00Z"));
        QVERIFY(!frozen_until(nights, "2026-11-27T20:00:00Z"));  // a Friday evening is not listed
    }

    void daysThatFollowAreOneStretch() {
        const auto weekend = calendar({5, 6}, 0, 24 * 60);
        QCOMPARE(frozen_until(weekend, "2026-11-28T12:00:00Z"), at("2026-11-29T23:00:00Z"));
        const auto next =
            freezes_to_come({}, {weekend}, at("2026-11-26T00:00:00Z"), at("2026-12-10T00:00:00Z"), 50, zones);
        QCOMPARE(next.size(), std::size_t(2));
        QCOMPARE(next[0].from, at("2026-11-27T23:00:00Z"));
        QCOMPARE(next[1].from, at("2026-12-04T23:00:00Z"));
    }

    void clocksThatChangeMoveItsMoments() {
        // Berlin leaps from 2:00 to 3:00 on 2026-03-29, and from 3:00 back to 2:00 on 2026-10-25.
        const auto night = calendar({5}, 22 * 60, 6 * 60);
        QCOMPARE(frozen_until(night, "2026-03-29T01:30:00Z"), at("2026-03-29T04:00:00Z"));
        QCOMPARE(frozen_until(night, "2026-10-25T01:30:00Z"), at("2026-10-25T05:00:00Z"));
        // What lies in the hour that is leapt over never begins; what comes twice begins the first time.
        const auto leapt = calendar({6}, 2 * 60, 3 * 60);
        QVERIFY(!frozen_until(leapt, "2026-03-29T01:00:00Z"));
        QCOMPARE(frozen_until(leapt, "2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"));
        QCOMPARE(frozen_until(leapt, "2026-10-25T01:59:59Z"), at("2026-10-25T02:00:00Z"));
    }

    void zonesBeyondTheDateLineCount() {
        // Saturday in Kiritimati (UTC+14) begins on Friday at 10:00 UTC; in Midway (UTC-11) on Saturday at 11:00.
        QVERIFY(frozen_until(calendar({5}, 0, 24 * 60, "Pacific/Kiritimati"), "2026-11-27T10:00:00Z"));
        QVERIFY(!frozen_until(calendar({5}, 0, 24 * 60, "Pacific/Midway"), "2026-11-28T10:59:59Z"));
        QVERIFY(frozen_until(calendar({5}, 0, 24 * 60, "Pacific/Midway"), "2026-11-28T11:00:00Z"));
    }

    /// By asking the clock on the wall at each moment instead of computing stretches.
    void everyMomentIsJudgedAsTheClockOnTheWallShows() {
        std::mt19937 dice(11);
        const char* const names[] = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                     "Asia/Kathmandu"};
        for (int round = 0; round < 60; ++round) {
            FreezeCalendar calendar{"c", "r", {}, int(dice() % 1'441), int(dice() % 1'441),
                                    names[dice() % std::size(names)]};
            for (bool& day : calendar.days) day = dice() % 2 == 0;
            const int length = calendar.to_minute > calendar.from_minute
                                   ? calendar.to_minute - calendar.from_minute
                                   : calendar.to_minute - calendar.from_minute + 1'440;
            // Over both changes of the clocks, in odd steps; the hours next to them are for the tests above.
            for (core::WallTime now = at("2026-02-01T00:07:00Z"); now < at("2026-03-01T00:00:00Z");
                 now += 7h + 13min) {
                const std::int64_t local = zones.local_minute(now, calendar.time_zone);
                bool expected = false;
                for (std::int64_t day = local / 1'440 - 2; day <= local / 1'440; ++day) {
                    const std::int64_t begin = day * 1'440 + calendar.from_minute;
                    if (calendar.days[std::size_t(oncall::weekday_of({day * 1'440}))] && begin <= local &&
                        local < begin + length)
                        expected = true;
                }
                const auto found = freezes_at({}, {calendar}, now, zones);
                QCOMPARE(!found.empty(), expected);
                if (!expected) continue;
                QVERIFY(*found.front().from <= now && now < *found.front().until);
                // Right after its end it holds no more.
                QVERIFY(*found.front().until - now > 24h * 50 ||
                        freezes_at({}, {calendar}, *found.front().until, zones).empty());
            }
        }
    }

    void onlyWhatGoesUpIsFrozen() {
        for (const Action action : all_actions) {
            const std::string word(to_string(action));
            const bool up = word == "next" || word == "resume" || word == "promote";
            QCOMPARE(goes_up(action), up);
        }
        QVERIFY(needs_reason(Action::abort) && needs_reason(Action::promote));
        QVERIFY(!needs_reason(Action::next) && !needs_reason(Action::pause));
    }
};

QTEST_GUILESS_MAIN(TestPolicy)
#include "tst_policy.moc"
