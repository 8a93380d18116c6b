#include <QTest>

#include "core/random.hpp"
#include "silences/matcher.hpp"

using namespace qd::silences;

class TestMatcher : public QObject {
    Q_OBJECT

private slots:
    void everyMatcherMustHold() {
        const Matching matching({{"service", "gateway", false, true}, {"severity", "sev[12]", true, true}});
        QVERIFY(matching({{"service", "gateway"}, {"severity", "sev1"}, {"row", "x"}}));
        QVERIFY(!matching({{"service", "gateway"}, {"severity", "sev3"}}));
        QVERIFY(!matching({{"severity", "sev1"}}));
    }

    void aPatternMatchesTheWholeValueAndAMissingLabelIsEmpty() {
        QVERIFY(!Matching({{"service", "gate", true, true}})({{"service", "gateway"}}));
        QVERIFY(Matching({{"service", "gate.*", true, true}})({{"service", "gateway"}}));
        const Matching without({{"service", "gateway", false, true}, {"canary", "", false, true}});
        QVERIFY(without({{"service", "gateway"}}));
        QVERIFY(!without({{"service", "gateway"}, {"canary", "v2"}}));
        QVERIFY(Matching({{"service", "users", false, false}, {"service", ".+", true, true}})(
            {{"service", "gateway"}}));
    }

    void whatWouldSilenceEverythingIsRefused() {
        QVERIFY(!check({}));
        QVERIFY(!check({{"service", ".*", true, true}}));
        QVERIFY(!check({{"service", "", false, true}}));
        QVERIFY(!check({{"service", "gateway", false, false}}));
        QVERIFY(check({{"service", ".+", true, true}}));
        const auto pattern = check({{"service", "(", true, true}});
        QVERIFY(!pattern && pattern.error().message.find("no pattern") != std::string::npos);
        QVERIFY(!check({{"a-b", "x", false, true}}));
        QVERIFY(!check(std::vector<Matcher>(max_matchers + 1, {"a", "b", false, true})));
        // One that is refused matches nothing, rather than everything.
        QVERIFY(!Matching({{"service", "(", true, true}})({{"service", "("}}));
        QVERIFY(!Matching({})({{"service", "gateway"}}));
    }

    void aHostilePatternTakesNoTime() {
        const Matching matching({{"a", "(x+x+)+y", true, true}});
        QVERIFY(!matching({{"a", std::string(1'000, 'x')}}));
    }

    void whatIsWrittenIsRead() {
        const auto read = parse_matchers("{service=\"gateway\", severity=~\"sev1|sev2\"\n row!=x,y!~\"\"}");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->size(), std::size_t(4));
        QCOMPARE((*read)[1], (Matcher{"severity", "sev1|sev2", true, true}));
        QCOMPARE((*read)[2], (Matcher{"row", "x", false, false}));
        QCOMPARE((*read)[3], (Matcher{"y", "", true, false}));
        for (const char* wrong :
             {"service", "service gateway", "=x", "a=\"b", "a!b", "a=\"b\" c=d", "{a=b} x"})
            QVERIFY2(!parse_matchers(wrong), wrong);
        QVERIFY(parse_matchers("")->empty());
    }

    void anyMatchersSurviveTheirText() {
        qd::core::SeededRandom random(7);
        const std::string alphabet = "ab\"\\,={}~! \n\xc3\xbc";
        for (int round = 0; round < 2'000; ++round) {
            std::vector<Matcher> matchers;
            for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
                Matcher matcher{
                    "l" + std::to_string(random.below(9)), {}, random.below(2) == 0, random.below(2) == 0};
                for (std::uint64_t i = random.below(12); i > 0; --i)
                    matcher.value += alphabet[random.below(alphabet.size())];
                matchers.push_back(std::move(matcher));
            }
            const auto read = parse_matchers(to_string(matchers));
            QVERIFY2(read && *read == matchers, to_string(matchers).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestMatcher)
#include "tst_matcher.moc"
