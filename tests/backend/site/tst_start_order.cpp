// The order to start a further version: what it may say, and what is refused by its member.

#include "site/start_order.hpp"

#include <QTest>
#include <nlohmann/json.hpp>

using namespace qd;
using nlohmann::json;

class TestStartOrder : public QObject {
    Q_OBJECT

    const site::Builds builds_{{"next", "/builds/next/streamd"}};

private slots:
    void a_version_is_a_build_with_flags_and_faults() {
        const auto order = site::read_start_order(
            {{"op", "start"},
             {"arm", "baseline"},
             {"version", "v2"},
             {"count", 2},
             {"program", "next"},
             {"flags", {{"new-packager", "on"}}},
             {"faults", json::array({{{"kind", "crash"}, {"amount", 5}, {"for_s", 60}}})}},
            builds_);
        QVERIFY(order.has_value());
        QCOMPARE(order->count, 2u);
        const auto line = site::command_line({.data = "/d", .programs = "/p"}, order->spec, {}, 0);
        QCOMPARE(line.front(), std::string("/builds/next/streamd"));
        const auto follows = [&](const char* option, const std::string& value) {
            const auto at = std::find(line.begin(), line.end(), option);
            return at != line.end() && std::next(at) != line.end() && *std::next(at) == value;
        };
        QVERIFY(follows("--arm", "baseline"));
        QVERIFY(follows("--version-label", "v2"));
        QVERIFY(follows("--flag", "new-packager=on"));
        QVERIFY(follows("--faults", order->spec.faults_json));
        QCOMPARE(json::parse(order->spec.faults_json)[0]["kind"].get<std::string>(), std::string("crash"));
    }

    void without_more_it_is_the_sites_own_build_as_a_canary() {
        const auto order = site::read_start_order({{"version", "v2"}}, builds_);
        QVERIFY(order.has_value());
        QCOMPARE(order->spec.arm, std::string("canary"));
        QVERIFY(order->spec.program.empty());
        QCOMPARE(order->count, 1u);
    }

    void what_does_not_fit_is_named_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("word");
        const auto row = [](const char* request, const char* word) {
            QTest::newRow(request) << QByteArray(request) << QByteArray(word);
        };
        row(R"({})", "label");
        row(R"({"version":"../x"})", "label");
        row(R"({"version":"--data"})", "label");
        row(R"({"version":7})", "version");
        row(R"({"version":"v2","role":"worker"})", "api");
        row(R"({"version":"v2","arm":"blue"})", "arm");
        row(R"({"version":"v2","count":0})", "instances");
        row(R"({"version":"v2","count":9})", "instances");
        row(R"({"version":"v2","count":-1})", "count");
        row(R"({"version":"v2","program":"other"})", "it names next");
        row(R"({"version":"v2","program":"/bin/sh"})", "no build");
        row(R"({"version":"v2","flags":{"a=b":"on"}})", "flags");
        row(R"({"version":"v2","flags":{"a":1}})", "flags");
        row(R"({"version":"v2","flags":["a"]})", "flags");
        row(R"({"version":"v2","faults":{}})", "faults");
        row(R"({"version":"v2","faults":[1,2,3,4,5,6,7,8,9]})", "faults");
    }
    void what_does_not_fit_is_named() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, word);
        const auto order = site::read_start_order(json::parse(request.toStdString()), builds_);
        QVERIFY(!order.has_value());
        QVERIFY2(order.error().message.find(word.toStdString()) != std::string::npos,
                 order.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestStartOrder)
#include "tst_start_order.moc"
