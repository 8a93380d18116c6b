#include <QTest>

#include <nlohmann/json.hpp>

#include "site/process_info.hpp"

using namespace qd::site;

namespace {

ProcessInfo sample() {
    return {"api",
            "v2",
            "canary",
            "api-3",
            4711,
            "127.0.0.1:4242",
            "http://127.0.0.1:4242/metrics",
            ProcessState::ready,
            2,
            qd::core::WallTime(std::chrono::milliseconds(1'700'000'000'123))};
}

}  // namespace

class TestProcessInfo : public QObject {
    Q_OBJECT

private slots:
    void endpointsReadBackWhatTheyWrote() {
        const Endpoints endpoints{12,
                                  qd::core::WallTime(std::chrono::milliseconds(5)),
                                  "http://127.0.0.1:1",
                                  "http://127.0.0.1:2",
                                  "/data/token",
                                  {sample()}};
        const auto back = decode_endpoints(encode(endpoints));
        QVERIFY(back.has_value());
        QCOMPARE(back->pid, endpoints.pid);
        QCOMPARE(back->gateway, endpoints.gateway);
        QCOMPARE(back->opsd, endpoints.opsd);
        QCOMPARE(back->token_file, endpoints.token_file);
        QVERIFY(back->processes == endpoints.processes);
    }

    void nonsenseIsRefused_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "{", "[]", "{\"schema\":2}", "{\"schema\":1}",
                                 R"({"schema":1,"pid":"x","gateway":"","processes":[]})",
                                 R"({"schema":1,"pid":1,"gateway":"","processes":[{}]})"})
            QTest::newRow(text) << text;
    }
    void nonsenseIsRefused() {
        QFETCH(QString, text);
        QVERIFY(!decode_endpoints(text.toStdString()).has_value());
    }

    void unknownStateIsRefused() {
        auto value = to_json(sample());
        value["state"] = "dancing";
        QVERIFY(!process_from_json(value).has_value());
    }
};

QTEST_GUILESS_MAIN(TestProcessInfo)
#include "tst_process_info.moc"
