#include <QtTest>

#include "oncall/rota_file.hpp"
#include "oncall/schedule.hpp"

using namespace qd;
using namespace qd::oncall;

namespace {

core::WallTime at(const char* text) {
    return *core::parse_rfc3339(text);
}

std::string calendar(const std::string& event, const std::string& head = {}) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + head + "BEGIN:VEVENT\r\n" + event +
           "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

Rota read(const std::string& text) {
    auto rota = parse_rota(text, "team.ics");
    if (!rota) qFatal("%s", rota.error().message.c_str());
    return *rota;
}

QString refusal(const std::string& event) {
    const auto rota = parse_rota(calendar(event), "team.ics");
    return rota ? QString() : QString::fromStdString(rota.error().message);
}

QStringList begins(const Rota& rota, const char* from, const char* to) {
    QStringList all;
    for (const Shift& shift : shifts(rota, at(from), at(to)))
        all << QString::fromStdString(core::format_rfc3339(shift.from)).left(16);
    return all;
}

const std::string hour = "DTSTART:20260105T080000Z\r\nDTEND:20260105T090000Z\r\nSUMMARY:anna";

}  // namespace

class TestCalendarFile : public QObject {
    Q_OBJECT

private slots:
    void aWeeklyTurnKeepsItsTimeOfDay() {
        const Rota rota = read(calendar(
            "DTSTART;TZID=Europe/Berlin:20260105T090000\r\nDTEND;TZID=Europe/Berlin:20260112T090000\r\n"
            "RRULE:FREQ=WEEKLY;INTERVAL=2\r\nSUMMARY:Anna\\, first line",
            "X-WR-CALNAME:Platform\r\n"));
        QCOMPARE(rota.name, std::string("Platform"));
        const auto winter = who(rota, at("2026-01-20T00:00:00Z"));
        QCOMPARE(winter.size(), std::size_t(1));
        QCOMPARE(winter[0].person, std::string("Anna, first line"));
        QCOMPARE(winter[0].from, at("2026-01-19T08:00:00Z"));
        QVERIFY(who(rota, at("2026-01-13T00:00:00Z")).empty());
        // The turn of 30 March begins in summer time, and that of 16 March ended before.
        QCOMPARE(begins(rota, "2026-03-14T00:00:00Z", "2026-04-01T00:00:00Z"),
                 (QStringList{"2026-03-16T08:00", "2026-03-30T07:00"}));
        const auto week = shifts(rota, at("2026-10-20T00:00:00Z"), at("2026-10-25T23:00:00Z"));
        for (const Shift& shift : week) QCOMPARE(shift.to - shift.from, std::chrono::hours(7 * 24));
    }
    void daysOfADurationFollowTheClockAndHoursDoNot() {
        // 28 March, 20:00 in Berlin; clocks leap at 02:00 that night.
        const std::string start = "DTSTART;TZID=Europe/Berlin:20260328T200000\r\nSUMMARY:a\r\nDURATION:";
        QCOMPARE(
            shifts(read(calendar(start + "P1D")), at("2026-03-28T00:00:00Z"), at("2026-04-01T00:00:00Z"))[0]
                .to,
            at("2026-03-29T18:00:00Z"));
        QCOMPARE(
            shifts(read(calendar(start + "PT24H")), at("2026-03-28T00:00:00Z"), at("2026-04-01T00:00:00Z"))[0]
                .to,
            at("2026-03-29T19:00:00Z"));
    }
    void countUntilDaysAndExceptions() {
        QCOMPARE(begins(read(calendar(hour + "\r\nRRULE:FREQ=DAILY;COUNT=3")), "2026-01-01T00:00:00Z",
                        "2026-03-01T00:00:00Z"),
                 (QStringList{"2026-01-05T08:00", "2026-01-06T08:00", "2026-01-07T08:00"}));
        QCOMPARE(begins(read(calendar(hour + "\r\nRRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260109T080000Z")),
                        "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
                 (QStringList{"2026-01-05T08:00", "2026-01-07T08:00", "2026-01-09T08:00"}));
        // COUNT counts what EXDATE takes away.
        QCOMPARE(begins(read(calendar(hour + "\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4\r\n"
                                             "EXDATE:20260107T080000Z,20260112T080000Z")),
                        "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
                 (QStringList{"2026-01-05T08:00", "2026-01-14T08:00"}));
        // Years later, without going through them.
        QCOMPARE(begins(read(calendar(hour + "\r\nRRULE:FREQ=DAILY")), "2026-12-30T10:00:00Z",
                        "2026-12-31T10:00:00Z"),
                 (QStringList{"2026-12-31T08:00"}));
    }
    void aCountEndsAtTheSameTurnWhereverOneLooks_data() {
        QTest::addColumn<QString>("rule");
        QTest::newRow("days") << "FREQ=DAILY;COUNT=40";
        QTest::newRow("every third day") << "FREQ=DAILY;INTERVAL=3;COUNT=20";
        QTest::newRow("weeks") << "FREQ=WEEKLY;COUNT=9";
        QTest::newRow("from the middle of a week") << "FREQ=WEEKLY;BYDAY=MO,TH,SU;COUNT=20";
        QTest::newRow("every other week") << "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=11";
    }
    void aCountEndsAtTheSameTurnWhereverOneLooks() {
        QFETCH(QString, rule);
        const Rota rota = read(calendar(
            "DTSTART:20260108T080000Z\r\nDURATION:PT1H\r\nSUMMARY:anna\r\nRRULE:" + rule.toStdString()));
        const core::WallTime first = at("2026-01-01T00:00:00Z"), last = at("2026-08-01T00:00:00Z");
        // Seen from far before, each begin is counted; day by day, most of them lie before.
        std::vector<Shift> by_day;
        for (core::WallTime day = first; day < last; day += std::chrono::hours(24))
            for (const Shift& shift : shifts(rota, day, day + std::chrono::hours(24)))
                by_day.push_back(shift);
        QVERIFY(by_day == shifts(rota, first, last));
    }
    void datesAndFloatingTimesAreTheCalendars() {
        const Rota day = read(
            calendar("DTSTART;VALUE=DATE:20260105\r\nSUMMARY:anna", "X-WR-TIMEZONE:America/New_York\r\n"));
        QCOMPARE(shifts(day, at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"))[0].from,
                 at("2026-01-05T05:00:00Z"));
        QCOMPARE(begins(read(calendar("DTSTART:20260105T080000\r\nDURATION:PT1H\r\nSUMMARY:a")),
                        "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
                 (QStringList{"2026-01-05T08:00"}));
    }
    void theAttendeeIsThePersonAndLinesAreUnfolded() {
        const Rota rota =
            read(calendar(hour + "\r\nATTENDEE;CN=\"Berg; Ben\";ROLE=REQ-PARTI\r\n"
                                 " CIPANT:mailto:ben@example.org\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M"
                                 "\r\nEND:VALARM"));
        QCOMPARE(rota.events.at(0).person, std::string("Berg; Ben"));
        QVERIFY(read(calendar(hour + "\r\nSTATUS:CANCELLED")).events.empty());
    }
    void whatIsNotSupportedIsNamedWithItsLine_data() {
        QTest::addColumn<QString>("event");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& event, const char* said) {
            QTest::newRow(name) << QString::fromStdString(event) << said;
        };
        row("monthly", hour + "\r\nRRULE:FREQ=MONTHLY", "team.ics:7: RRULE with FREQ=MONTHLY");
        row("setpos", hour + "\r\nRRULE:FREQ=DAILY;BYSETPOS=1", "team.ics:7: RRULE with BYSETPOS=1");
        row("rdate", hour + "\r\nRDATE:20260106T080000Z", "team.ics:7: RDATE is not supported");
        row("moved", hour + "\r\nRECURRENCE-ID:20260106T080000Z", "team.ics:7: RECURRENCE-ID is not");
        row("zone", "DTSTART;TZID=Nowhere:20260105T080000\r\nDURATION:PT1H\r\nSUMMARY:a",
            "team.ics:4: TZID 'Nowhere'");
        row("date", "DTSTART:20260231T080000Z\r\nDURATION:PT1H\r\nSUMMARY:a", "team.ics:4: DTSTART");
        row("endless", "DTSTART:20260105T080000Z\r\nSUMMARY:a", "team.ics:3: this VEVENT has neither DTEND");
        row("backwards", "DTSTART:20260105T080000Z\r\nDTEND:20260105T070000Z\r\nSUMMARY:a",
            "team.ics:3: this VEVENT must last");
        row("nobody", "DTSTART:20260105T080000Z\r\nDURATION:PT1H",
            "team.ics:3: this VEVENT has neither SUMMARY");
        row("count", hour + "\r\nRRULE:FREQ=DAILY;COUNT=999999", "team.ics:7: COUNT must be 1 to 10000");
    }
    void whatIsNotSupportedIsNamedWithItsLine() {
        QFETCH(QString, event);
        QFETCH(QString, said);
        QVERIFY2(refusal(event.toStdString()).startsWith(said), qPrintable(refusal(event.toStdString())));
    }
    void brokenFilesAreRefused() {
        QVERIFY(!parse_rota("", "a.ics"));
        QVERIFY(!parse_rota("hello", "a.ics"));
        const auto open = parse_rota("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "a.ics");
        QCOMPARE(open.error().message, std::string("a.ics:2: END:VEVENT is missing"));
        QVERIFY(!parse_rota("BEGIN:VCALENDAR\nEND:VEVENT\n", "a.ics"));
    }
};

QTEST_APPLESS_MAIN(TestCalendarFile)
#include "tst_calendar_file.moc"
