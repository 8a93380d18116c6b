#include "streamd/options.hpp"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace qd;
using streamd::Options;

class TstOptions : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    static std::variant<Options, int> parse(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "streamd");
        std::vector<char*> argv;
        for (std::string& argument : arguments) argv.push_back(argument.data());
        return streamd::parse_options(int(argv.size()), argv.data());
    }
    static int code(std::vector<std::string> arguments) {
        const auto parsed = parse(std::move(arguments));
        const int* exit_code = std::get_if<int>(&parsed);
        return exit_code ? *exit_code : -1;
    }
    std::string config(const QByteArray& text) const {
        QFile file(folder_.filePath("f.yaml"));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
        file.write(text);
        return file.fileName().toStdString();
    }

private slots:
    void a_role_and_its_place() {
        const auto parsed =
            parse({"api", "--data", "/d", "--listen", "127.0.0.1:4242", "--version-label", "v2", "--arm",
                   "canary", "--instance", "api-3", "--lease-fd", "5", "--ready-fd", "6", "--faults",
                   R"([{"kind":"delay","amount":400,"ratio":0.5,"for_s":60}])"});
        const auto* options = std::get_if<Options>(&parsed);
        QVERIFY(options);
        QCOMPARE(options->role, std::string("api"));
        QCOMPARE(options->port, 4242);
        QCOMPARE(options->arm, std::string("canary"));
        QCOMPARE(options->instance, std::string("api-3"));
        QCOMPARE(options->lease_fd, 5);
        QCOMPARE(options->config.faults.at(0).amount, 400.0);
        const auto plain = parse({"worker", "--data", "/d"});
        QCOMPARE(std::get<Options>(plain).instance, std::string("worker-1"));
        QCOMPARE(std::get<Options>(plain).port, 0);
        // Flags stand before the role as well.
        QCOMPARE(std::get<Options>(parse({"--data", "/d", "all"})).role, std::string("all"));
    }

    void pins_of_flags_may_be_many() {
        const auto parsed = parse({"--flag", "a.b=x", "api", "--data", "/d", "--flag", "c=y=z"});
        const auto* options = std::get_if<Options>(&parsed);
        QVERIFY(options);
        QCOMPARE(options->role, std::string("api"));
        QCOMPARE(options->pins.size(), 2u);
        QCOMPARE(options->pins.at(0).flag + " " + options->pins.at(0).variant, std::string("a.b x"));
        QCOMPARE(options->pins.at(1).variant, std::string("y=z"));
        for (const char* wrong : {"a", "=x", "a=", ""})
            QCOMPARE(code({"api", "--data", "/d", "--flag", wrong}), 64);
    }

    void upstreams_by_arm() {
        const auto parsed =
            parse({"gateway", "--data", "/d", "--upstreams", "127.0.0.1:1,canary=127.0.0.1:2"});
        const auto& upstreams = std::get<Options>(parsed).config.upstreams;
        QCOMPARE(upstreams.size(), 2u);
        QCOMPARE(upstreams.at(0).arm, gateway::Arm::stable);
        QCOMPARE(upstreams.at(1).arm, gateway::Arm::canary);
        QCOMPARE(upstreams.at(1).address, std::string("127.0.0.1:2"));
    }

    void wrong_usage_is_64_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"", "--data /d", "api", "api --data", "api --data /d --nonsense", "nobody --data /d",
              "api worker --data /d", "api --data /d --listen nowhere",
              "api --data /d --listen 127.0.0.1:99999", "api --data /d --arm purple",
              "api --data /d --instance ../x", "api --data /d --version-label a/b",
              "api --data /d --faults {", "api --data /d --faults 7",
              "api --data /d --faults [{\"kind\":\"nap\"}]",
              "gateway --data /d --upstreams purple=127.0.0.1:1", "gateway --data /d --upstreams x"})
            QTest::addRow("%s", line) << line;
    }
    void wrong_usage_is_64() {
        QFETCH(QString, line);
        std::vector<std::string> arguments;
        for (const QString& word : line.split(' ', Qt::SkipEmptyParts))
            arguments.push_back(word.toStdString());
        QCOMPARE(code(arguments), 64);
    }

    void help_is_no_error() { QCOMPARE(code({"--help"}), 0); }

    void the_configuration() {
        const auto read =
            streamd::read_config(config("upload_limit_mb: 10\nladder: [240, 720]\nlease_s: 2.5\n"
                                        "upstreams:\n  - address: 127.0.0.1:5\n    arm: canary\n"
                                        "faults:\n  - kind: error\n    amount: 503\n    ratio: 0.1\n"
                                        "signing_keys:\n  - id: k1\n    secret: 0123456789abcdef\n"));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->upload_limit_bytes, 10u << 20);
        QCOMPARE(read->ladder_heights, (std::vector<int>{240, 720}));
        QCOMPARE(read->lease.count(), 2.5);
        QCOMPARE(read->upstreams.at(0).arm, gateway::Arm::canary);
        QCOMPARE(read->faults.at(0).kind, chaos::FaultKind::error);
        QCOMPARE(read->signing_key, std::string("k1"));
        QVERIFY(streamd::read_config(config("")));
    }

    void a_wrong_configuration_is_78_with_line_and_reason_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        const auto row = [](const QByteArray& text, int line) {
            QTest::addRow("%s", text.constData()) << text << line;
        };
        row("lease_s: 2\nsurprise: 1\n", 2);
        row("upload_limit_mb: many\n", 1);
        row("upload_limit_mb: 0\n", 1);
        row("segment_s: 60\n", 1);
        row("ladder: [100]\n", 1);
        row("ladder: []\n", 1);
        row("upstreams: 5\n", 1);
        row("upstreams:\n  - address: 127.0.0.1:1\n    colour: red\n", 3);
        row("upstreams:\n  - arm: stable\n", 2);
        row("upstreams:\n  - address: nowhere\n", 2);
        row("faults:\n  - kind: delay\n    ratio: 7\n", 2);
        row("signing_keys:\n  - id: k\n    secret: short\n", 3);
        row("a: [\n", 2);
    }
    void a_wrong_configuration_is_78_with_line_and_reason() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        const std::string file = config(text);
        const auto read = streamd::read_config(file);
        QVERIFY(!read);
        const std::string expected = file + ":" + std::to_string(line) + ":";
        QVERIFY2(read.error().message.starts_with(expected), read.error().message.c_str());
        QCOMPARE(code({"api", "--data", "/d", "--config", file}), 78);
    }

    void a_missing_configuration_is_78() { QCOMPARE(code({"api", "--data", "/d", "--config", "/none"}), 78); }
};

QTEST_GUILESS_MAIN(TstOptions)
#include "tst_options.moc"
