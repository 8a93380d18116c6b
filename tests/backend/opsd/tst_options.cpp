#include <QtTest>

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
