#include <QTest>

#include <random>

#include "rollouts/condition.hpp"

using namespace qd;
using namespace qd::rollouts;

class TestCondition : public QObject {
    Q_OBJECT

private slots:
    void whatHolds_data() {
        QTest::addColumn<QByteArray>("condition");
        QTest::addColumn<QByteArray>("result");
        QTest::addColumn<bool>("holds");
        const auto row = [](const char* condition, const char* result, bool holds) {
            QTest::addRow("%s of %s", condition, result)
                << QByteArray(condition) << QByteArray(result) << holds;
        };
        row("result[0] >= 0.95", "[0.97]", true);
        row("result[0] >= 0.95", "[0.9]", false);
        row("result[-1] == 3", "[1, 2, 3]", true);
        row("result < 1", "0.5", true);
        row("result == 'pass'", "pass", true);
        row("result != \"pass\"", "fail", true);
        row("result == 1", "one", false);
        row("result", "true", true);
        row("!result", "true", false);
        row("not result or true", "true", true);
        row("1 + 2 * 3 == 7", "0", true);
        row("(1 + 2) * 3 == 9", "0", true);
        row("10 - 3 - 2 == 5", "0", true);
        row("-result + 1 == -1", "2", true);
        row("7 % 4 == 3 && 1 / 4 == 0.25", "0", true);
        row("false && true || true", "0", true);
        row("true || false && false", "0", true);
        row("len(result) == 0 || result[0] < 1", "[]", true);
        row("len(result) == 4", "pass", true);
        row("all(result, {# < 1})", "[0.5,0.9]", true);
        row("all(result, # < 1)", "[0.5,1.9]", false);
        row("all(result, {# < 1})", "[]", true);
        row("any(result, {# > 1 && # < 3})", "[0,2]", true);
        row("any(result, {# > 1})", "[]", false);
        row("none(result, {# > 1})", "[0,1]", true);
        row("isNaN(result[0])", "[NaN]", true);
        row("isNaN(result)", "1", false);
        row("isInf(result)", "+Inf", true);
        row("isInf(result)", "-Inf", true);
        row("result[0] == result[0]", "[NaN]", false);
        row("isNil(result)", "[]", true);
        row("isNil(result)", "[0]", false);
        row("isNil(result)", "NaN", false);
        row("isNil(result) || result[0] < 0.05", "[0.01]", true);
        row("default(result, 0) < 0.05", "[]", true);
        row("default(result, 0) < 0.05", "0.07", false);
        row("default(result, 1) == 1", "[]", true);
        row("default(result, 1) == 5", "5", true);
        row("asFloat(result) >= 1.5", "1.5", true);
        row("asInt(result) == 2", "2.9", true);
        row("asFloat('2.5') == 2.5", "0", true);
        row("'b' > 'a' && 'a' + 'b' == 'ab'", "0", true);
        row("'it\\'s' == \"it's\"", "0", true);
    }
    void whatHolds() {
        QFETCH(QByteArray, condition);
        QFETCH(QByteArray, result);
        const auto read = Condition::parse(condition.toStdString());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        const auto said = read->holds(parse_measured(result.toStdString()));
        QVERIFY2(said, said ? "" : said.error().message.c_str());
        QTEST(*said, "holds");
    }

    void whatCannotBeReadIsRefusedWithItsPlace_data() {
        QTest::addColumn<QByteArray>("condition");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* condition, const char* message) {
            QTest::newRow(condition) << QByteArray(condition) << QByteArray(message);
        };
        row("", "column 1: ends too early");
        row("result <", "column 9: ends too early");
        row("result < 1 1", "column 12: 'a number'");
        row("results < 1", "column 1: nobody knows 'results'");
        row("result = 1", "column 8: '='");
        row("result == 'a", "column 11: the text has no end");
        row("(result == 1", "column 13: ends");
        row("# < 1", "column 1: '#'");
        row("len() == 1", "column 5: ')'");
        row("len(result, 1) == 1", "column 11: ','");
        row("all(result, {any(result, {# < 1})})", "column 14: 'any'");
        row("result[0]", "column 1: this is neither");
        row("1 + 1", "column 1: this is neither");
        row("result[0][0] == 1", "column 10: an element");
        row("result == 1.2.3", "column 11: is no number");
        row("result == 1x", "column 11: is no number");
    }
    void whatCannotBeReadIsRefusedWithItsPlace() {
        QFETCH(QByteArray, condition);
        QFETCH(QByteArray, message);
        const auto read = Condition::parse(condition.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, core::Errc::invalid_argument);
        QVERIFY2(read.error().message.starts_with(message.toStdString()), read.error().message.c_str());
    }

    void whatHasNoAnswerIsAnError_data() {
        QTest::addColumn<QByteArray>("condition");
        QTest::addColumn<QByteArray>("result");
        const auto row = [](const char* condition, const char* result) {
            QTest::addRow("%s of %s", condition, result) << QByteArray(condition) << QByteArray(result);
        };
        row("result[0] < 1", "[]");
        row("result[2] < 1", "[1,2]");
        row("result[-3] < 1", "[1,2]");
        row("result[0.5] < 1", "[1,2]");
        row("result[0] < 1", "3");
        row("result < 1", "pass");
        row("result", "1");
        row("!result", "1");
        row("len(result) > 1", "1");
        row("isNaN(result)", "pass");
        row("asInt(result) == 1", "pass");
        row("all(result, {# + 1})", "[1]");
        row("result % 0 == 1", "5");
    }
    void whatHasNoAnswerIsAnError() {
        QFETCH(QByteArray, condition);
        QFETCH(QByteArray, result);
        const auto read = Condition::parse(condition.toStdString());
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        const auto said = read->holds(parse_measured(result.toStdString()));
        QVERIFY(!said);
        QCOMPARE(said.error().code, core::Errc::unprocessable);
        QVERIFY(said.error().message.starts_with("column "));
    }

    void sizeAndDepthAreBounded() {
        const auto nested = [](std::size_t depth) {
            return std::string(depth, '(') + "true" + std::string(depth, ')');
        };
        QVERIFY(Condition::parse(nested(60)));
        QVERIFY(!Condition::parse(nested(70)));
        QVERIFY(!Condition::parse(std::string(500, '!') + "true"));
        QVERIFY(!Condition::parse(std::string(1'001, ' ')));
        std::string chain = "true";
        for (int i = 0; i < 100; ++i) chain += "||true";
        QVERIFY(!Condition::parse(chain));
    }

    void anyTextIsEitherReadOrRefused() {
        constexpr std::string_view parts[]{"result", "[0]", " ",   "(",   ")",  "#",  "{",
                                           "}",      "all", "len", "<",   "==", "&&", "not",
                                           "true",   "1.5", "'a",  "'a'", ",",  "-"};
        std::mt19937 random(5);
        int read = 0;
        for (int i = 0; i < 20'000; ++i) {
            std::string text;
            for (unsigned n = random() % 12; n > 0; --n) text += parts[random() % std::size(parts)];
            const auto condition = Condition::parse(text);
            if (!condition) {
                QVERIFY(condition.error().message.starts_with("column "));
                continue;
            }
            ++read;
            for (const char* result : {"[]", "[1,2]", "1", "pass", "true"})
                QCOMPARE(bool(condition->holds(parse_measured(result))),
                         bool(condition->holds(parse_measured(result))));
        }
        QVERIFY(read > 0);
    }

    void measuredTexts() {
        QCOMPARE(std::get<double>(parse_measured(" 1e3 ")), 1'000.0);
        QCOMPARE(std::get<std::vector<double>>(parse_measured("[1, +Inf]")).size(), std::size_t(2));
        QVERIFY(std::get<std::vector<double>>(parse_measured("[]")).empty());
        for (const char* text : {"[1,]", "[,1]", "[a]", "[1", "pass", "", "1 2"})
            QVERIFY2(std::holds_alternative<std::string>(parse_measured(text)), text);
    }
};

QTEST_GUILESS_MAIN(TestCondition)
#include "tst_condition.moc"
