#include <QtTest>
#include <limits>

#include "slo/indicator.hpp"

using namespace qd::slo;

class TestIndicator : public QObject {
    Q_OBJECT

private slots:
    void globs_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        QTest::newRow("same") << "200"
                              << "200" << true;
        QTest::newRow("other") << "200"
                               << "201" << false;
        QTest::newRow("prefix") << "5*"
                                << "503" << true;
        QTest::newRow("not the prefix") << "5*"
                                        << "450" << false;
        QTest::newRow("star is empty too") << "/media*"
                                           << "/media" << true;
        QTest::newRow("middle") << "/api/*/videos"
                                << "/api/v1/videos" << true;
        QTest::newRow("backtracks") << "*aab"
                                    << "aaaab" << true;
        QTest::newRow("two stars") << "*a*b"
                                   << "xaxbxb" << true;
        QTest::newRow("too short") << "a*b*c"
                                   << "ab" << false;
        QTest::newRow("empty pattern") << ""
                                       << "" << true;
        QTest::newRow("empty pattern, text") << ""
                                             << "a" << false;
        QTest::newRow("braces are plain") << "/media/{path...}"
                                          << "/media/{path...}" << true;
    }
    void globs() {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(bool, matches);
        QCOMPARE(matches_glob(pattern.toStdString(), text.toStdString()), matches);
    }

    void matchersTakeAlternativesAndNegation() {
        const auto some = LabelMatcher::parse("route", "/media*|/api/v1/stream*");
        QVERIFY(some.matches("/media/x") && some.matches("/api/v1/stream/{id}") &&
                !some.matches("/api/v1/upload"));
        const auto none = LabelMatcher::parse("code", "!5*|429");
        QVERIFY(none.matches("200") && none.matches("") && !none.matches("500") && !none.matches("429"));
        QCOMPARE(none.text(), std::string("!5*|429"));
    }

    void aLongPatternOfStarsStaysFast() {
        std::string pattern, text(5'000, 'a');
        for (int i = 0; i < 100; ++i) pattern += "*a";
        QVERIFY(!matches_glob(pattern + "b", text));
    }

    void thresholdsAreJudged() {
        const double inf = std::numeric_limits<double>::infinity();
        QVERIFY(holds(1, Comparison::lt, 2) && !holds(2, Comparison::lt, 2));
        QVERIFY(holds(2, Comparison::lte, 2) && !holds(3, Comparison::lte, 2));
        QVERIFY(holds(3, Comparison::gt, 2) && !holds(2, Comparison::gt, 2) && holds(inf, Comparison::gt, 2));
        QVERIFY(holds(2, Comparison::gte, 2) && !holds(1, Comparison::gte, 2));
        for (const char* op : {"lt", "lte", "gt", "gte"})
            QCOMPARE(std::string(to_string(*parse_comparison(op))), std::string(op));
        QVERIFY(!parse_comparison("eq"));
        const Indicator queue = ThresholdIndicator{{"queue_length", {}}, Comparison::lte, 50};
        QCOMPARE(describe(queue), std::string("queue_length <= 50"));
        QCOMPARE(std::string(kind_of(queue)), std::string("threshold"));
        QCOMPARE(std::string(unit_of(queue)), std::string("readings"));
        QCOMPARE(std::string(kind_of(BoolGaugeIndicator{{"up", {}}})), std::string("bool_gauge"));
    }

    void describesItselfInOneLine() {
        const Indicator latency = LatencyIndicator{{"x_seconds", {LabelMatcher::parse("route", "/s*")}}, 0.1};
        QCOMPARE(describe(latency), std::string("x_seconds{route=/s*} within 100 ms"));
        QCOMPARE(std::string(kind_of(latency)), std::string("latency"));
    }
};

QTEST_GUILESS_MAIN(TestIndicator)
#include "tst_indicator.moc"
