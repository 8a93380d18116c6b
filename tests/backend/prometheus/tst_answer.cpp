#include "prometheus/answer.hpp"

#include <QtTest>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "core/json_fields.hpp"

using namespace qd;
using namespace qd::prometheus;
using nlohmann::json;

namespace {

core::WallTime at(double seconds) {
    return core::WallTime(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

std::string written(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

std::string vector_of(const std::string& item) {
    return R"({"status":"success","data":{"resultType":"vector","result":[)" + item + "]}}";
}

std::string matrix_of(const std::string& item) {
    return R"({"status":"success","data":{"resultType":"matrix","result":[)" + item + "]}}";
}

}  // namespace

class TestAnswer : public QObject {
    Q_OBJECT

private slots:
    void aVectorIsRead() {
        const auto answer = decode_answer(
            R"({"status":"success","warnings":["store down"],"data":{"resultType":"vector","result":[
                {"metric":{"job":"api","__name__":"up"},"value":[1700000000.123,"1"]},
                {"metric":{},"value":[1700000000,"NaN"]}]}})");
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
        QCOMPARE(answer->type, ResultType::vector);
        QCOMPARE(answer->series.size(), std::size_t(2));
        QCOMPARE(answer->series[0].label("job"), std::string_view("api"));
        QCOMPARE(answer->series[0].label("__name__"), std::string_view("up"));
        QVERIFY(answer->series[0].label("other").empty());
        QVERIFY(answer->series[0].samples[0].at == at(1700000000.123));
        QCOMPARE(*answer->series[0].samples[0].finite(), 1.0);
        QVERIFY(std::isnan(answer->series[1].samples[0].value) && !answer->series[1].samples[0].finite());
        QVERIFY(answer->partial());
        QCOMPARE(answer->warnings, std::vector<std::string>{"store down"});
    }

    void aScalarAndAnEmptyMatrixAreRead() {
        const auto scalar =
            decode_answer(R"({"status":"success","data":{"resultType":"scalar","result":[1.5,"-Inf"]}})");
        QVERIFY(scalar.has_value());
        QCOMPARE(scalar->series.at(0).samples.at(0).value, -std::numeric_limits<double>::infinity());
        const auto none = decode_answer(matrix_of(""));
        QVERIFY(none.has_value() && none->series.empty() && !none->partial());
    }

    void valuesAreReadStrictly() {
        for (const auto& [text, value] :
             {std::pair("0", 0.0), std::pair("-1.5", -1.5), std::pair("1e+06", 1e6),
              std::pair("4.9e-324", 4.9e-324), std::pair("+Inf", HUGE_VAL)})
            QCOMPARE(*parse_sample_value(text), value);
        for (const char* text :
             {"", "1 ", " 1", "nan", "inf", "Infinity", "0x10", "1e", "1,5", "1e999", "--1"})
            QVERIFY2(!parse_sample_value(text), text);
    }

    void whatDoesNotFitIsRefused_data() {
        QTest::addColumn<QByteArray>("body");
        const auto row = [](const char* name, const std::string& body) {
            QTest::newRow(name) << QByteArray::fromStdString(body);
        };
        row("nothing", "");
        row("html", "<html>");
        row("list", "[]");
        row("no status", "{}");
        row("status", R"({"status":"fine"})");
        row("no data", R"({"status":"success"})");
        row("no result", R"({"status":"success","data":{"resultType":"vector"}})");
        row("string", R"({"status":"success","data":{"resultType":"string","result":[1,"a"]}})");
        row("result", R"({"status":"success","data":{"resultType":"vector","result":{}}})");
        row("item", vector_of("1"));
        row("no metric", vector_of(R"({"value":[1,"1"]})"));
        row("label", vector_of(R"({"metric":{"a":1},"value":[1,"1"]})"));
        row("no value", vector_of(R"({"metric":{}})"));
        row("values for a vector", vector_of(R"({"metric":{},"values":[[1,"1"]]})"));
        row("histogram", vector_of(R"({"metric":{},"histogram":[1,{}]})"));
        row("number as value", vector_of(R"({"metric":{},"value":[1,1]})"));
        row("text as time", vector_of(R"({"metric":{},"value":["1","1"]})"));
        row("far time", vector_of(R"({"metric":{},"value":[1e300,"1"]})"));
        row("negative time", vector_of(R"({"metric":{},"value":[-1,"1"]})"));
        row("twice",
            vector_of(R"({"metric":{"a":"1"},"value":[1,"1"]},{"metric":{"a":"1"},"value":[1,"2"]})"));
        row("order", matrix_of(R"({"metric":{},"values":[[2,"1"],[1,"1"]]})"));
        row("same time", matrix_of(R"({"metric":{},"values":[[1,"1"],[1,"1"]]})"));
        row("warnings", R"({"status":"success","warnings":"x","data":{"resultType":"vector","result":[]}})");
    }
    void whatDoesNotFitIsRefused() {
        QFETCH(QByteArray, body);
        const auto answer = decode_answer(body.toStdString());
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, core::Errc::corrupt);
    }

    void sizesAreBounded() {
        AnswerLimits limits;
        limits.series = 2;
        limits.samples = 3;
        limits.labels = 1;
        limits.bytes = 400;
        const std::string one = R"({"metric":{"a":"1"},"values":[[1,"1"],[2,"1"]]})";
        const std::string two = R"({"metric":{"a":"2"},"values":[[1,"1"],[2,"1"]]})";
        QVERIFY(decode_answer(matrix_of(one), limits).has_value());
        const auto code = [&](const std::string& body) { return decode_answer(body, limits).error().code; };
        QCOMPARE(code(matrix_of(one + "," + two)), core::Errc::too_large);
        QCOMPARE(code(vector_of("1,2,3")), core::Errc::too_large);
        QCOMPARE(code(vector_of(R"({"metric":{"a":"1","b":"2"},"value":[1,"1"]})")), core::Errc::too_large);
        QCOMPARE(code(vector_of(std::string(400, ' '))), core::Errc::too_large);
    }

    void errorsKeepTheirMeaning() {
        const auto code = [](const std::string& type) {
            return decode_answer(R"({"status":"error","errorType":")" + type + R"(","error":"parse error"})")
                .error()
                .code;
        };
        QCOMPARE(code("bad_data"), core::Errc::invalid_argument);
        QCOMPARE(code("timeout"), core::Errc::timeout);
        QCOMPARE(code("canceled"), core::Errc::cancelled);
        QCOMPARE(code("execution"), core::Errc::unprocessable);
        QCOMPARE(code("unavailable"), core::Errc::unavailable);
        QCOMPARE(code("internal"), core::Errc::unavailable);
        QVERIFY(decode_answer(R"({"status":"error","error":"parse error"})")
                    .error()
                    .message.find("parse error") != std::string::npos);
    }

    /// Any answer of ours, written as the API writes it, is read back the same.
    void whatIsWrittenIsReadBack() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 300; ++round) {
            json result = json::array();
            std::vector<Series> expected;
            for (std::uint64_t s = random() % 5; s > 0; --s) {
                Series series;
                series.labels = {{"id", std::to_string(s)},
                                 {"odd", std::string(random() % 4, '\n') + "\"\\"}};
                double seconds = double(random() % 2'000'000'000);
                json values = json::array();
                for (std::uint64_t p = 1 + random() % 20; p > 0; --p) {
                    seconds += 0.001 * double(1 + random() % 5'000);
                    const double rounded = double(std::llround(seconds * 1000)) / 1000;
                    double value = std::bit_cast<double>(random());
                    if (random() % 8 == 0) value = std::numeric_limits<double>::infinity();
                    series.samples.push_back({at(rounded), value});
                    values.push_back({rounded, written(value)});
                }
                result.push_back(
                    {{"metric", {{"odd", series.labels[1].second}, {"id", series.labels[0].second}}},
                     {"values", values}});
                expected.push_back(std::move(series));
            }
            const json body{{"status", "success"}, {"data", {{"resultType", "matrix"}, {"result", result}}}};
            const auto answer = decode_answer(core::dump_json(body));
            QVERIFY2(answer.has_value(), answer ? "" : answer.error().message.c_str());
            QCOMPARE(answer->series.size(), expected.size());
            for (std::size_t s = 0; s < expected.size(); ++s) {
                QCOMPARE(answer->series[s].labels, expected[s].labels);
                QCOMPARE(answer->series[s].samples.size(), expected[s].samples.size());
                for (std::size_t p = 0; p < expected[s].samples.size(); ++p) {
                    const Sample& read = answer->series[s].samples[p];
                    const Sample& sent = expected[s].samples[p];
                    QVERIFY(read.at == sent.at);
                    QVERIFY(read.value == sent.value || (std::isnan(read.value) && std::isnan(sent.value)));
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestAnswer)
#include "tst_answer.moc"
