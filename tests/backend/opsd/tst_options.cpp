#include <QtTest>

#include "core/files.hpp"
#include "opsd/context.hpp"
#include "opsd/options.hpp"

using namespace qd;
using namespace qd::opsd;

class TestOptions : public QObject {
    Q_OBJECT

private slots:
    void theBuiltInObjectivesNeedNoFile() {
        const auto options = parse_options("data: /d\ngateway: http://127.0.0.1:1/\n", "x");
        QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
        QVERIFY(options->objectives.size() >= 6);
        QCOMPARE(options->gateway, std::string("http://127.0.0.1:1"));
        QCOMPARE(options->token_file.string(), std::string("/d/token"));
        QCOMPARE(options->dashboards.string(), std::string("/d/dashboards"));
        QCOMPARE(parse_options("data: /d\ndashboards: /etc/boards\n", "x")->dashboards.string(),
                 std::string("/etc/boards"));
    }

    void mistakesAreToldWithTheirLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("nothing") << ""
                                 << "data";
        QTest::newRow("unknown") << "data: /d\nfoo: 1"
                                 << "x:2: 'foo'";
        QTest::newRow("listen") << "data: /d\nlisten: nowhere"
                                << "x:2: 'listen'";
        QTest::newRow("gateway") << "data: /d\ngateway: ':'"
                                 << "x:2: 'gateway'";
        QTest::newRow("target") << "data: /d\ntargets:\n  - {instance: a, role: api}"
                                << "x:3: 'address'";
        QTest::newRow("target key")
            << "data: /d\ntargets:\n  - {instance: a, role: api, address: 'h:1', z: 1}"
            << "x:3: 'z'";
        QTest::newRow("notify") << "data: /d\nnotify:\n  - {name: a, kind: webhook, url: 'http://h', z: 1}"
                                << "x:3: 'z'";
        QTest::newRow("source") << "data: /d\nsources:\n  - {name: a, url: 'http://h', poll_s: 16}"
                                << "x:3: 'poll_s'";
        QTest::newRow("site") << "data: /d\nsources:\n  - {name: site, url: 'http://h'}"
                              << "'site'";
        QTest::newRow("freeze without an end")
            << "data: /d\nrollouts:\n  freeze:\n  - {name: a, reason: r, from: '2026-01-01T00:00:00Z'}"
            << "x:4: 'to'";
        QTest::newRow("freeze backwards") << "data: /d\nrollouts:\n  freeze:\n  - {name: a, reason: r, from: "
                                             "'2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z'}"
                                          << "x:4: 'to'";
        QTest::newRow("freeze in no time")
            << "data: /d\nrollouts:\n  freeze:\n  - {name: a, reason: r, from: soon, to: later}"
            << "x:4: 'from'";
        QTest::newRow("calendar of no day") << "data: /d\nrollouts:\n  calendar:\n  - {name: a, days: []}"
                                            << "x:4: 'days'";
        QTest::newRow("calendar of a strange day")
            << "data: /d\nrollouts:\n  calendar:\n  - {name: a, days: [someday]}"
            << "x:4: 'days'";
        QTest::newRow("calendar in no zone")
            << "data: /d\nrollouts:\n  calendar:\n  - {name: a, days: [sat], timezone: Mars/Base}"
            << "x:4: 'timezone'";
        QTest::newRow("calendar at no hour")
            << "data: /d\nrollouts:\n  calendar:\n  - {name: a, days: [sat], from: '25:00'}"
            << "x:4: 'from'";
        QTest::newRow("calendar file") << "data: /d\nrollouts:\n  calendar_files: [/nonexistent.ics]"
                                       << "x:3: 'calendar_files'";
        QTest::newRow("router without a socket")
            << "data: /d\nrouters:\n  - {name: edge, backend: b, stable: [s], canary: [c], versions: {s: v1, "
               "c: v2}}"
            << "x:3: 'socket'";
        QTest::newRow("router of nothing")
            << "data: /d\nrouters:\n  - {name: edge, socket: /s, backend: b, stable: [s], canary: [c]}"
            << "x:3: 'versions'";
        QTest::newRow("router called gateway")
            << "data: /d\nrouters:\n  - {name: gateway, socket: /s, backend: b, stable: [s], canary: [c], "
               "versions: {s: v1, c: v2}}"
            << "'gateway' is taken";
        QTest::newRow("router key") << "data: /d\nrouters:\n  - {name: edge, socket: /s, backend: b, stable: "
                                       "[s], canary: [c], versions: {s: v1, c: v2}, z: 1}"
                                    << "x:3: 'z'";
        QTest::newRow("cluster") << "data: /d\nargo: {namespaces: [Shop]}"
                                 << "x:2: 'namespaces'";
        QTest::newRow("rollouts key") << "data: /d\nrollouts: {colour: red}"
                                      << "x:2: 'colour'";
        QTest::newRow("slos") << "data: /d\nslos: [/nonexistent.yaml]"
                              << "/nonexistent.yaml";
    }
    void mistakesAreToldWithTheirLine() {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const auto options = parse_options(text.toStdString(), "x");
        QVERIFY(!options);
        QCOMPARE(options.error().code, core::Errc::config);
        QVERIFY2(QString::fromStdString(options.error().message).contains(said),
                 options.error().message.c_str());
    }

    void aPersonsSettingsStandInTheirOwnFile() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("opsd.yaml").toStdString();
        const std::string machine = "data: /d\nsettings: " + file.string() + "\n";
        const auto missing = parse_options(machine, "x");
        QVERIFY2(missing.has_value(), missing ? "" : missing.error().message.c_str());
        QCOMPARE(missing->rotas, std::vector<std::filesystem::path>{"/d/rotas"});

        QVERIFY(core::write_file_atomically(file, "# nothing yet\n"));
        QVERIFY(parse_options(machine, "x").has_value());

        QVERIFY(core::write_file_atomically(file,
                                            "rotas: [/etc/rotas]\nrunbooks: [/etc/runbooks]\n"
                                            "postmortem_templates: /etc/words\nsilence_warning_s: 20\n"
                                            "status_templates: {customers: 'We look into it.'}\n"
                                            "notify:\n  - {name: a, kind: webhook, url: 'http://h'}\n"
                                            "alertmanagers:\n  - {name: b, url: 'http://h'}\n"));
        const auto options = parse_options(machine, "x");
        QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
        QCOMPARE(options->rotas, std::vector<std::filesystem::path>{"/etc/rotas"});
        QCOMPARE(options->runbooks, std::vector<std::filesystem::path>{"/etc/runbooks"});
        QCOMPARE(options->postmortem_templates.string(), std::string("/etc/words"));
        QCOMPARE(options->silence_warning.count(), 20);
        QCOMPARE(options->status.templates.size(), 1u);
        QCOMPARE(options->destinations.size(), 1u);
        QCOMPARE(options->alertmanagers.size(), 1u);

        const auto said = [&](const std::string& text) {
            const auto written = core::write_file_atomically(file, text);
            const auto refused = parse_options(machine, "x");
            return written && !refused ? QString::fromStdString(refused.error().message) : QString();
        };
        QVERIFY(said("\nnotfy: []\n").startsWith(QString::fromStdString(file.string() + ":2: 'notfy'")));
        // Where this opsd runs is not for that file to say.
        QVERIFY(said("data: /elsewhere\n").contains(":1: 'data'"));
        QVERIFY(said("slos: [/nonexistent.yaml]\n").contains("/nonexistent.yaml"));
    }

    void ifMatchIsAVersionInQuotes() {
        http::Request request;
        QVERIFY(!*if_match(request));
        request.headers.set("If-Match", "*");
        QVERIFY(!*if_match(request));
        request.headers.set("If-Match", "\"12\"");
        QCOMPARE(**if_match(request), std::uint64_t(12));
        for (const char* wrong : {"12", "\"\"", "\"x\"", "\"1\", \"2\"", "W/\"1\""}) {
            request.headers.set("If-Match", wrong);
            QVERIFY2(!if_match(request), wrong);
        }
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
