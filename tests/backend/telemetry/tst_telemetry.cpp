// Logs, metrics and trace ids as their readers meet them: JSON parsers, Prometheus, other services.

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "core/clock.hpp"
#include "telemetry/json_text.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/trace.hpp"

using namespace qd;

namespace {

std::vector<nlohmann::json> lines_of(const std::string& path) {
    std::vector<nlohmann::json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

}  // namespace

class TestTelemetry : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

private slots:
    void log_lines_are_json_objects_with_their_fields() {
        const std::string path = folder_.filePath("a.log").toStdString();
        {
            telemetry::Log log("gateway", "gateway-1", path);
            log.info("it's \"quoted\"\n", {{"bytes", 12345678901ull},
                                           {"ratio", 0.25},
                                           {"ok", true},
                                           {"delta", -3},
                                           {"path", std::string("/a\\b\x01")}});
            log.debug("not shown");
            log.set_level(telemetry::LogLevel::debug);
            log.debug("shown");
        }
        const auto lines = lines_of(path);
        QCOMPARE(lines.size(), std::size_t(2));
        QCOMPARE(lines[0]["level"], "info");
        QCOMPARE(lines[0]["service"], "gateway");
        QCOMPARE(lines[0]["instance"], "gateway-1");
        QCOMPARE(lines[0]["message"], "it's \"quoted\"\n");
        QCOMPARE(lines[0]["bytes"], 12345678901ull);
        QCOMPARE(lines[0]["ratio"], 0.25);
        QCOMPARE(lines[0]["ok"], true);
        QCOMPARE(lines[0]["delta"], -3);
        QCOMPARE(lines[0]["path"], "/a\\b\x01");
        QVERIFY(core::parse_rfc3339(lines[0]["at"].get<std::string>()));
        QCOMPARE(lines[1]["message"], "shown");
    }

    void lines_of_many_threads_stay_whole_and_in_each_threads_order() {
        const std::string path = folder_.filePath("b.log").toStdString();
        {
            telemetry::Log log("s", "i", path);
            std::vector<std::thread> threads;
            for (int t = 0; t < 4; ++t)
                threads.emplace_back([&log, t] {
                    for (int i = 0; i < 2'000; ++i) log.info("line", {{"thread", t}, {"number", i}});
                });
            for (auto& thread : threads) thread.join();
        }
        std::map<int, int> next;
        for (const auto& line : lines_of(path))
            QCOMPARE(line["number"].get<int>(), next[line["thread"].get<int>()]++);
        for (int t = 0; t < 4; ++t) QCOMPARE(next[t], 2'000);
    }

    void a_log_that_cannot_be_opened_does_not_end_the_program() {
        telemetry::Log log("s", "i", "/proc/nothing/here.log");
        telemetry::null_log().error("dropped");
    }

    void any_bytes_become_valid_json() {
        core::SeededRandom random(3);
        for (int i = 0; i < 5'000; ++i) {
            std::string bytes(random.below(20), '\0');
            for (char& c : bytes) c = char(random.below(256));
            std::string text;
            telemetry::append_json_string(text, bytes);
            QVERIFY(nlohmann::json::accept(text));
        }
        std::string text;
        telemetry::append_json_string(text, "grüß 😀");
        QCOMPARE(nlohmann::json::parse(text).get<std::string>(), std::string("grüß 😀"));
        std::string number;
        telemetry::append_json_number(number, std::numeric_limits<double>::infinity());
        QCOMPARE(number, std::string("null"));
    }

    void metrics_are_exposed_with_process_figures() {
        telemetry::Metrics metrics;
        metrics.counter("a_total", "Things.", {{"kind", "x\"y"}}).Increment(3);
        metrics.counter("a_total", "Things.", {{"kind", "x\"y"}}).Increment();
        metrics.histogram("d_seconds", "How long.", telemetry::latency_buckets()).Observe(0.12);
        auto& gauge = metrics.gauge("g", "Looked up.");
        metrics.on_collect([&gauge] { gauge.Set(7); });
        telemetry::publish_build_info(metrics, "streamd", "v2");
        const std::string text = metrics.expose();
        const auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
        QVERIFY(has("# TYPE a_total counter\na_total{kind=\"x\\\"y\"} 4\n"));
        QVERIFY(has("d_seconds_bucket{le=\"0.15\"} 1\n"));
        QVERIFY(has("d_seconds_bucket{le=\"0.1\"} 0\n"));
        QVERIFY(has("\ng 7\n"));
        QVERIFY(has("version=\"v2\""));
        for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                                 "process_open_fds", "process_start_time_seconds"}) {
            const auto at = text.find(std::string("\n") + name + " ");
            QVERIFY2(at != std::string::npos, name);
            QVERIFY2(std::stod(text.substr(at + 2 + std::strlen(name))) > 0, name);
        }
        const auto at = text.find("\nprocess_start_time_seconds ");
        const double started = std::stod(text.substr(at + 28));
        QVERIFY(std::abs(started - double(QDateTime::currentSecsSinceEpoch())) < 120);
    }

    void traceparents_go_round_and_children_keep_the_trace() {
        core::SeededRandom random(1);
        for (int i = 0; i < 200; ++i) {
            const auto trace = telemetry::new_trace(random);
            QCOMPARE(telemetry::parse_traceparent(telemetry::format_traceparent(trace)),
                     std::optional(trace));
            const auto child = telemetry::child_of(trace, random);
            QCOMPARE(child.trace_id, trace.trace_id);
            QVERIFY(child.span_id != trace.span_id);
        }
    }

    void invalid_traceparents_are_nothing_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<bool>("valid");
        const QByteArray id = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331";
        QTest::newRow("good") << "00-" + id + "-" + span + "-01" << true;
        QTest::newRow("later version with more") << "01-" + id + "-" + span + "-01-what" << true;
        QTest::newRow("version 00 with more") << "00-" + id + "-" + span + "-01-what" << false;
        QTest::newRow("version ff") << "ff-" + id + "-" + span + "-01" << false;
        QTest::newRow("capitals") << "00-" + id.toUpper() + "-" + span + "-01" << false;
        QTest::newRow("zero trace") << "00-" + QByteArray(32, '0') + "-" + span + "-01" << false;
        QTest::newRow("zero span") << "00-" + id + "-" + QByteArray(16, '0') + "-01" << false;
        QTest::newRow("short") << "00-" + id.mid(1) + "-" + span + "-01" << false;
        QTest::newRow("empty") << QByteArray() << false;
    }
    void invalid_traceparents_are_nothing() {
        QFETCH(QByteArray, header);
        QFETCH(bool, valid);
        QCOMPARE(telemetry::parse_traceparent(header.toStdString()).has_value(), valid);
    }
};

QTEST_GUILESS_MAIN(TestTelemetry)
#include "tst_telemetry.moc"
