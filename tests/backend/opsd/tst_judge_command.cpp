#include <unistd.h>
#include <QtTest>

#include <nlohmann/json.hpp>

#include "opsd/judge_command.hpp"
#include "opsd/judge_samples.hpp"

using namespace qd;
using nlohmann::json;

class TestJudgeCommand : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString write(const QString& name, const QByteArray& content) {
        QFile file(folder_.filePath(name));
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return file.fileName();
    }

    /// The exit code of `opsd judge <arguments>`, and what it printed.
    int run(const QStringList& arguments, json* said = nullptr) {
        std::vector<std::string> texts{"judge"};
        for (const QString& argument : arguments) texts.push_back(argument.toStdString());
        std::vector<char*> pointers;
        for (std::string& text : texts) pointers.push_back(text.data());
        QFile file(folder_.filePath("stdout"));
        if (!file.open(QIODevice::ReadWrite | QIODevice::Truncate)) return -1;
        std::fflush(stdout);
        const int kept = ::dup(1);
        ::dup2(file.handle(), 1);
        const int code = opsd::judge_command(int(pointers.size()), pointers.data());
        std::fflush(stdout);
        ::dup2(kept, 1);
        ::close(kept);
        file.seek(0);
        if (said != nullptr) *said = json::parse(file.readAll().toStdString(), nullptr, false);
        return code;
    }

    static QByteArray latencies(int count, double base) {
        QByteArray text = "seconds\n";
        for (int i = 0; i < count; ++i) text += QByteArray::number(base + 0.001 * ((i * 37) % 50)) + '\n';
        return text;
    }

private slots:
    void doubledErrorsFailWithTheirNumbers() {
        json said;
        QCOMPARE(run({"--control", write("a", "bad,total\n50,5000\n"), "--experiment",
                      write("b", "100,5000\n"), "--kind", "ratio"},
                     &said),
                 1);
        QCOMPARE(said["outcome"].get<std::string>(), std::string("fail"));
        const json& metric = said["metrics"][0];
        QCOMPARE(metric["canary_ratio"].get<double>(), 0.02);
        QCOMPARE(metric["stable_total"].get<int>(), 5'000);
        QVERIFY(metric["anytime_p"].get<double>() < 0.05);
        QVERIFY(!said["explanation"].get<std::string>().empty());
    }

    void eachOutcomeHasItsExitCode() {
        const QString good = write("good", "0,1000\n");
        QCOMPARE(run({"--control", good, "--experiment", good, "--kind", "ratio"}), 0);
        QCOMPARE(run({"--control", good, "--experiment", write("m", "7,1000\n"), "--kind", "ratio",
                      "--confidence", "0.999"}),
                 2);
        QCOMPARE(
            run({"--control", good, "--experiment", write("few", "1\n0\nbad\ngood\n"), "--kind", "ratio"}),
            3);
    }

    void aBaselineIsWhatIsComparedWith() {
        const QString stable = write("s", "10,10000\n"), warm = write("w", "58,2000\n"),
                      canary = write("c", "60,2000\n");
        json said;
        QCOMPARE(run({"--control", stable, "--experiment", canary, "--kind", "ratio"}), 1);
        QCOMPARE(
            run({"--control", stable, "--baseline", warm, "--experiment", canary, "--kind", "ratio"}, &said),
            0);
        QCOMPARE(said["metrics"][0]["reference"].get<std::string>(), std::string("baseline"));
        QCOMPARE(said["metrics"][0]["baseline_bad"].get<int>(), 58);
        QCOMPARE(said["metrics"][0]["stable_bad"].get<int>(), 10);
    }

    void latenciesByRanksAndByKayenta() {
        const QString fast = write("fast", latencies(200, 0.1)), slow = write("slow", latencies(200, 0.3));
        json said;
        QCOMPARE(run({"--control", fast, "--experiment", slow, "--kind", "latency"}, &said), 1);
        QVERIFY(qAbs(said["metrics"][0]["difference"].get<double>() - 0.2) < 0.001);
        QCOMPARE(said["metrics"][0]["test"].get<std::string>(), std::string("rank"));
        QCOMPARE(said["kayenta"]["classification"].get<std::string>(), std::string("High"));
        QCOMPARE(run({"--control", slow, "--experiment", fast, "--kind", "latency"}), 0);
        QCOMPARE(run({"--control", fast, "--experiment", slow, "--kind", "latency", "--any-time"}), 1);
        QCOMPARE(run({"--control", fast, "--experiment", slow, "--kind", "latency", "--min-sample", "201"}),
                 3);
    }

    void wrongUseAndBadFilesAreTold() {
        const QString good = write("good", "0,1000\n");
        QCOMPARE(run({}), 64);
        QCOMPARE(run({"--control", good, "--experiment", good, "--kind", "colour"}), 64);
        QCOMPARE(run({"--control", good, "--experiment", good, "--kind", "ratio", "--confidence", "2"}), 64);
        QCOMPARE(run({"--help"}), 0);
        QCOMPARE(run({"--control", good, "--experiment", write("bad", "1\n2\n"), "--kind", "ratio"}), 65);
        QCOMPARE(run({"--control", good, "--experiment", folder_.filePath("none"), "--kind", "ratio"}), 65);
    }

    void badRowsAreNamedByFileAndLine() {
        const auto message = [](const char* text) {
            const auto read = opsd::parse_ratio_samples(text, "x.csv");
            return read ? QString() : QString::fromStdString(read.error().message);
        };
        QVERIFY(message("bad,total\n\n# night\n1,10\n11,10\n").startsWith("x.csv:5: '11,10' has more bad"));
        QVERIFY(message("0\n1\nmaybe\n").startsWith("x.csv:3: 'maybe' is neither"));
        QVERIFY(message("1,1.5\n").startsWith("x.csv:1:"));
        QVERIFY(message("-1,5\n").startsWith("x.csv:1:"));
        QVERIFY(message("0,9e13\n").startsWith("x.csv:1:"));
        const auto latency = opsd::parse_latency_samples("seconds\r\n0.5\r\nnan\r\n", "y.csv");
        QVERIFY(!latency && latency.error().message.starts_with("y.csv:3: 'nan' is no number"));
        QVERIFY(!opsd::parse_latency_samples("0.5\n-0.1\n", "y.csv"));
        QCOMPARE(opsd::parse_latency_samples("\xEF\xBB\xBF"
                                             "0.5\n\"0.25\"\n",
                                             "y.csv")
                     ->size(),
                 std::size_t(2));
        const auto words = opsd::parse_ratio_samples("bad\ngood\n1\n", "x.csv");
        QVERIFY(words);
        QCOMPARE(words->bad, 2.0);
        QCOMPARE(words->total, 3.0);
        std::string rows;
        for (int i = 0; i <= 1'000'000; ++i) rows += "0\n";
        QCOMPARE(opsd::parse_ratio_samples(rows, "x.csv").error().code, core::Errc::too_large);
    }
};

QTEST_GUILESS_MAIN(TestJudgeCommand)
#include "tst_judge_command.moc"
