#include <QTest>

#include "core/clock.hpp"

using namespace qd::core;
using namespace std::chrono_literals;

class TestClock : public QObject {
    Q_OBJECT

private slots:
    void formatsAndReadsBack() {
        const WallTime at = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 23h + 59min + 58s + 7ms;
        QCOMPARE(format_rfc3339(at), std::string("2024-02-29T23:59:58.007Z"));
        QVERIFY(parse_rfc3339(format_rfc3339(at)) == at);
        QCOMPARE(format_http_date(at), std::string("Thu, 29 Feb 2024 23:59:58 GMT"));
    }

    void readsOffsetsAndFractions_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("utc");
        QTest::newRow("east") << "2026-01-01T01:30:00+01:30"
                              << "2026-01-01T00:00:00.000Z";
        QTest::newRow("west") << "2025-12-31T19:00:00-05:00"
                              << "2026-01-01T00:00:00.000Z";
        QTest::newRow("nanoseconds") << "2026-01-01T00:00:00.123999999Z"
                                     << "2026-01-01T00:00:00.123Z";
        QTest::newRow("small letters") << "2026-01-01t00:00:00z"
                                       << "2026-01-01T00:00:00.000Z";
    }
    void readsOffsetsAndFractions() {
        QFETCH(QString, text);
        QFETCH(QString, utc);
        const auto at = parse_rfc3339(text.toStdString());
        QVERIFY(at.has_value());
        QCOMPARE(QString::fromStdString(format_rfc3339(*at)), utc);
    }

    void refusesWhatIsNoTime_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                                 "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
                                 "2026-01-01T00:00:00+1", "2026-01-01T00:00:00Zjunk"})
            QTest::newRow(text) << text;
    }
    void refusesWhatIsNoTime() {
        QFETCH(QString, text);
        QVERIFY(!parse_rfc3339(text.toStdString()).has_value());
    }

    void readsTheDatesOfHttp() {
        const auto at = parse_http_date("Mon, 23 Nov 2026 19:37:04 GMT");
        QVERIFY(at.has_value());
        QCOMPARE(QString::fromStdString(format_rfc3339(*at)), QString("2026-11-23T19:37:04.000Z"));
        for (const char* text : {"", "Tue, 23 Nov 2026 19:37:04 GMT", "Mon, 23 Nov 2026 19:37:04 UTC",
                                 "Mon, 23 Xxx 2026 19:37:04 GMT", "Mon, 31 Feb 2026 19:37:04 GMT",
                                 "Mon, 23 Nov 2026 25:37:04 GMT", "Mon, 23 Nov 2026 19:37:04 GMT ",
                                 "Monday, 23-Nov-26 19:37:04 GMT", "Mon, -1 Nov 2026 19:37:04 GMT"})
            QVERIFY2(!parse_http_date(text), text);
    }
};

QTEST_GUILESS_MAIN(TestClock)
#include "tst_clock.moc"
