#include <QtTest>
#include <random>

#include "slo/interchange/duration.hpp"
#include "slo/interchange/promql.hpp"

using namespace qd::slo;
using namespace qd::slo::interchange;

namespace {

QString reason(const char* query) {
    const auto read = parse_query(query);
    return read ? QString() : QString::fromStdString(read.error().message);
}

QString said(const qd::core::Result<std::int64_t>& seconds) {
    return seconds ? QString::number(*seconds) : "refused";
}

}  // namespace

class TestPromql : public QObject {
    Q_OBJECT

private slots:
    void readsWhatOurSelectorsSay_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<bool>("rated");
        QTest::addColumn<QString>("again");
        QTest::newRow("name") << "a:b_c" << false << "a:b_c";
        QTest::newRow("empty braces") << "m{}" << false << "m";
        QTest::newRow("equal") << "m{a=\"v\", b!='w',}" << false << "m{a=\"v\",b!=\"w\"}";
        QTest::newRow("alternatives")
            << "m{a=~\"x|y.*\",code!~\"5..\"}" << false << "m{a=~\"x|y.*\",code!~\"5.*\"}";
        QTest::newRow("escaped") << "m{a=~\"a\\\\.b|c\"}" << false << "m{a=~\"a\\\\.b|c\"}";
        QTest::newRow("text escapes") << "m{a=\"q\\\"\\\\\\n\"}" << false << "m{a=\"q\\\"\\\\\\x0a\"}";
        QTest::newRow("raw quotes") << "m{a=`x\\y`}" << false << "m{a=\"x\\\\y\"}";
        QTest::newRow("empty value") << "m{a=\"\"}" << false << "m{a=\"\"}";
        QTest::newRow("sum") << "sum( m )" << false << "m";
        QTest::newRow("rate") << "rate(m[5m])" << true << "m";
        QTest::newRow("sum of rate") << "sum(rate(m{a=\"v\"}[1h30m]))" << true << "m{a=\"v\"}";
        QTest::newRow("increase") << "sum(increase(m[4w]))" << true << "m";
    }
    void readsWhatOurSelectorsSay() {
        QFETCH(QString, query);
        QFETCH(bool, rated);
        QFETCH(QString, again);
        const auto read = parse_query(query.toStdString());
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->rated, rated);
        QCOMPARE(QString::fromStdString(write_selector(read->selector).value()), again);
    }

    void classesOfStatusCodesArePatterns() {
        const auto read = parse_query("m{code=~\"4..|5..|abc\"}");
        QVERIFY(read.has_value());
        QCOMPARE(read->selector.labels[0].text(), std::string("4*|5*|abc"));
    }

    void theRestOfTheLanguageIsRefused_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("word");
        QTest::newRow("nothing") << ""
                                 << "no metric";
        QTest::newRow("label alone") << "{__name__=\"m\"}"
                                     << "no metric";
        QTest::newRow("name as a label") << "m{__name__=\"n\"}"
                                         << "before '{'";
        QTest::newRow("grouping") << "sum by (a) (m)"
                                  << "goes on";
        QTest::newRow("arithmetic") << "m + n"
                                    << "goes on";
        QTest::newRow("comparison") << "m > 3"
                                    << "goes on";
        QTest::newRow("offset") << "rate(m[5m] offset 1h)"
                                << "goes on";
        QTest::newRow("other function") << "histogram_quantile(0.9, m)"
                                        << "histogram_quantile";
        QTest::newRow("no range") << "rate(m)"
                                  << "range";
        QTest::newRow("odd range") << "rate(m[5x])"
                                   << "5x";
        QTest::newRow("open brace") << "m{a=\"b\""
                                    << "','";
        QTest::newRow("open quote") << "m{a=\"b"
                                    << "closing quote";
        QTest::newRow("twice") << "m{a=\"b\",a=\"c\"}"
                               << "twice";
        QTest::newRow("any one") << "m{a=~\"b.c\"}"
                                 << "regular expression";
        QTest::newRow("three characters that are no status") << "m{version=~\"1..\"}"
                                                             << "regular expression";
        QTest::newRow("some") << "m{a=~\"b.+\"}"
                              << "regular expression";
        QTest::newRow("group") << "m{a=~\"(b|c)d\"}"
                               << "regular expression";
        QTest::newRow("class") << "m{a=~\"\\\\d+\"}"
                               << "regular expression";
        QTest::newRow("lazy") << "m{a=~\"b.*?\"}"
                              << "regular expression";
        QTest::newRow("literal star") << "m{a=\"b*\"}"
                                      << "'*'";
        QTest::newRow("literal bar") << "m{a=\"b|c\"}"
                                     << "'|'";
        QTest::newRow("leading mark") << "m{a=\"!b\"}"
                                      << "'!'";
        QTest::newRow("huge") << QString(5'000, 'm') << "4096";
    }
    void theRestOfTheLanguageIsRefused() {
        QFETCH(QString, query);
        QFETCH(QString, word);
        const QString why = reason(query.toUtf8().constData());
        QVERIFY2(why.contains(word), qPrintable(why));
    }

    void everySelectorComesBack() {
        std::mt19937 random(7);
        const std::string letters = "ab.5/-+(){}[]^$\\\"'*é ";
        for (int round = 0; round < 2'000; ++round) {
            Selector selector{"m_total", {}};
            for (unsigned label = 0; label < random() % 4; ++label) {
                LabelMatcher matcher{"l" + std::to_string(label), random() % 2 == 0, {}};
                for (unsigned pattern = 0; pattern <= random() % 3; ++pattern) {
                    std::string text;
                    for (unsigned i = 0; i < random() % 6; ++i) text += letters[random() % letters.size()];
                    matcher.patterns.push_back(text);
                }
                selector.labels.push_back(matcher);
            }
            const auto text = write_selector(selector);
            QVERIFY(text.has_value());
            const auto again = parse_query(*text);
            QVERIFY2(again.has_value(), text->c_str());
            QVERIFY2(again->selector == selector, text->c_str());
        }
    }

    void labelsWithoutANameInPromqlAreRefused() {
        QVERIFY(!write_selector({"m", {LabelMatcher::parse("a:b", "c")}}));
    }

    void lengthsOfTime() {
        QCOMPARE(said(parse_prometheus_duration("4w")), "2419200");
        QCOMPARE(said(parse_prometheus_duration("1h30m5s")), "5405");
        for (const char* wrong :
             {"", "0s", "5", "5m1h", "1.5h", "-1h", "5ms", "99999999999999999999d", "11y"})
            QCOMPARE(said(parse_prometheus_duration(wrong)), "refused");
        QCOMPARE(prometheus_duration(28 * 86'400 + 61), std::string("28d1m1s"));
        QCOMPARE(said(parse_openslo_duration("28d")), "2419200");
        for (const char* wrong : {"", "28", "1M", "1Q", "1Y", "0d", "5s", "1h30m"})
            QCOMPARE(said(parse_openslo_duration(wrong)), "refused");
        QCOMPARE(openslo_duration(4 * 7 * 86'400), std::string("4w"));
        QCOMPARE(openslo_duration(5'400), std::string("90m"));
        QCOMPARE(openslo_duration(61), std::string("2m"));
        QCOMPARE(openslo_duration(3'589), std::string("1h"));
        for (std::int64_t seconds = 1; seconds < 5'000'000; seconds = seconds * 3 + 1) {
            QCOMPARE(said(parse_prometheus_duration(prometheus_duration(seconds))), QString::number(seconds));
            QCOMPARE(said(parse_openslo_duration(openslo_duration(seconds * 60))),
                     QString::number(seconds * 60));
        }
    }
};

QTEST_GUILESS_MAIN(TestPromql)
#include "tst_promql.moc"
