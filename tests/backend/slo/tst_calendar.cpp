#include <QtTest>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "slo/calendar.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

std::int64_t at(const char* text) {
    const auto time = core::parse_rfc3339(text);
    if (!time) qFatal("%s", text);
    return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
}

Span period(Period period, const char* zone, const char* when) {
    const auto span = period_of({period, zone}, at(when));
    if (!span) qFatal("%s", span.error().message.c_str());
    return *span;
}

}  // namespace

class TestCalendar : public QObject {
    Q_OBJECT

private slots:
    void daysOfAClockChangeHave23And25Hours() {
        const Span spring = period(Period::day, "Europe/Berlin", "2026-03-29T12:00:00Z");
        QCOMPARE(spring.length_s(), std::int64_t(23 * 3600));
        QCOMPARE(spring.from_s, at("2026-03-28T23:00:00Z"));
        const Span autumn = period(Period::day, "Europe/Berlin", "2026-10-25T12:00:00Z");
        QCOMPARE(autumn.length_s(), std::int64_t(25 * 3600));
        QCOMPARE(autumn.from_s, at("2026-10-24T22:00:00Z"));
        QCOMPARE(period(Period::day, "America/New_York", "2026-03-08T12:00:00Z").length_s(),
                 std::int64_t(23 * 3600));
        QCOMPARE(period(Period::day, "UTC", "2026-03-29T12:00:00Z").length_s(), std::int64_t(86'400));
    }

    void midnightsThatAreLeaptOver() {
        // In Havana clocks go from 00:00 to 01:00: the day begins at 01:00 of 23 hours.
        const Span day = period(Period::day, "America/Havana", "2026-03-08T12:00:00Z");
        QCOMPARE(day.from_s, at("2026-03-08T05:00:00Z"));
        QCOMPARE(day.length_s(), std::int64_t(23 * 3600));
    }

    void zonesOfHalfHours() {
        const Span day = period(Period::day, "Asia/Kolkata", "2026-11-24T12:00:00Z");
        QCOMPARE(day.from_s, at("2026-11-23T18:30:00Z"));
        QCOMPARE(period(Period::day, "Asia/Kathmandu", "2026-11-24T12:00:00Z").from_s,
                 at("2026-11-23T18:15:00Z"));
    }

    void weeksMonthsAndQuarters() {
        const Span week = period(Period::week, "UTC", "2026-11-24T00:00:00Z");  // a Tuesday
        QCOMPARE(week.from_s, at("2026-11-23T00:00:00Z"));
        QCOMPARE(week.to_s, at("2026-11-30T00:00:00Z"));
        QCOMPARE(period(Period::week, "UTC", "2026-11-29T23:59:59Z").from_s, at("2026-11-23T00:00:00Z"));
        const Span february = period(Period::month, "UTC", "2028-02-29T10:00:00Z");
        QCOMPARE(february.length_s(), std::int64_t(29 * 86'400));
        const Span october = period(Period::month, "Europe/Berlin", "2026-10-31T22:59:59Z");
        QCOMPARE(october.from_s, at("2026-09-30T22:00:00Z"));
        QCOMPARE(october.to_s, at("2026-10-31T23:00:00Z"));
        const Span last = period(Period::quarter, "UTC", "2026-12-31T23:59:59Z");
        QCOMPARE(last.from_s, at("2026-10-01T00:00:00Z"));
        QCOMPARE(last.to_s, at("2027-01-01T00:00:00Z"));
    }

    void periodsFollowEachOtherWithoutAGap() {
        core::SeededRandom random(1);
        for (const char* zone : {"UTC", "Europe/Berlin", "America/Havana", "Asia/Kathmandu",
                                 "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"})
            for (int i = 0; i < 400; ++i) {
                const CalendarWindow window{Period(random.below(4)), zone};
                const std::int64_t when = 946'684'800 + std::int64_t(random.below(40u * 365 * 86'400));
                const auto span = period_of(window, when);
                QVERIFY(span && span->contains(when));
                QVERIFY(span->length_s() > 0 && span->length_s() <= longest_s(window.period));
                QCOMPARE(*period_of(window, span->from_s), *span);
                QCOMPARE(*period_of(window, span->to_s - 1), *span);
                QCOMPARE(period_of(window, span->to_s)->from_s, span->to_s);
                QCOMPARE(span->from_s % 60, std::int64_t(0));
            }
    }

    void unknownZonesAreRefused() {
        for (const char* zone : {"", "Europe/Atlantis", "../etc/passwd", "CEST"})
            QCOMPARE(period_of({Period::day, zone}, 0).error().code, core::Errc::invalid_argument);
        QVERIFY(!period_of({Period::day, std::string(5000, 'x')}, 0));
    }

    void namesGoBothWays() {
        for (const char* name : {"day", "week", "month", "quarter"})
            QCOMPARE(std::string(to_string(*parse_period(name))), std::string(name));
        QVERIFY(!parse_period("year"));
    }
};

QTEST_GUILESS_MAIN(TestCalendar)
#include "tst_calendar.moc"
