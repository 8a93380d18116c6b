#include <QTest>

#include "backend/incidents/journal_builder.hpp"
#include "core/json_fields.hpp"
#include "incidents/codec.hpp"

using namespace qd;
using namespace qd::incidents;
using test::at_second;
using test::JournalBuilder;

class TestCodec : public QObject {
    Q_OBJECT

private slots:
    void anIncidentSurvivesTheWire() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(40).assign("commander", "Änne \"Bo\"", 50);
        journal.machine(EventKind::rollout, "RO-3", "suspect", "v2 had 10 %", 51);
        journal.text(EventKind::status_update, "two\nlines", 55).state(State::resolved, 130);
        journal.state(State::investigating, 140).state(State::merged, 150, "INC-9");
        const Incident incident = journal.incident();
        const auto back = decode_incident(encode(incident));
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == incident);
    }

    void theWiresFieldsAreThere() {
        JournalBuilder journal;
        journal.opened(0, 20);
        const auto json = to_json(journal.incident());
        for (const char* field : {"id", "title", "severity", "state", "roles", "started_at", "detected_at",
                                  "acknowledged_at", "mitigated_at", "resolved_at", "version"})
            QVERIFY2(json.contains(field), field);
        QVERIFY(json["acknowledged_at"].is_null());
        QCOMPARE(json["severity"].get<int>(), 3);
    }

    void everyKindOfEventSurvivesTheWire() {
        JournalBuilder journal;
        journal.opened(0, 20).assign("scribe", "", 30);
        Event evidence = journal.next(EventKind::evidence, 40);
        evidence.body.text = "error ratio";
        evidence.body.query = "sum(rate(x[10s]))";
        evidence.body.unit = "ratio";
        evidence.body.samples = {{at_second(1), 0.25}, {at_second(2), 1e-9}};
        journal.add(evidence);
        Event link = journal.next(EventKind::link, 41);
        link.body.url = "https://x/";
        link.body.purpose = "channel";
        link.supersedes = 1;
        journal.add(link).state(State::merged, 50, "INC-4");
        for (const Event& event : journal.events) {
            const auto back = decode_event(encode(event));
            QVERIFY2(back, back ? "" : back.error().message.c_str());
            QVERIFY(*back == event);
        }
    }

    void requestsSurviveTheWire() {
        EventRequest request;
        request.kind = EventKind::state;
        request.body.state = State::mitigated;
        request.occurred_at = at_second(5);
        request.supersedes = 7;
        request.source = "console";
        QVERIFY(decode_event_request(encode(request)) == core::Result<EventRequest>(request));
        const OpenRequest open{"title", "api", Severity::sev2, "why", at_second(3)};
        QVERIFY(decode_open_request(encode(open)) == core::Result<OpenRequest>(open));
    }

    void whatDoesNotFitIsNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("field");
        QTest::newRow("no JSON") << QByteArray("{") << QByteArray("JSON");
        QTest::newRow("no object") << QByteArray("[]") << QByteArray("object");
        QTest::newRow("no kind") << QByteArray("{}") << QByteArray("kind");
        QTest::newRow("machine's kind") << QByteArray(R"({"kind":"alert"})") << QByteArray("kind");
        QTest::newRow("body") << QByteArray(R"({"kind":"note","body":7})") << QByteArray("body");
        QTest::newRow("severity") << QByteArray(R"({"kind":"severity","body":{"severity":5}})")
                                  << QByteArray("severity");
        QTest::newRow("time") << QByteArray(R"({"kind":"note","occurred_at":"soon","body":{"text":"x"}})")
                              << QByteArray("occurred_at");
    }
    void whatDoesNotFitIsNamed() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, field);
        const auto request = decode_event_request(text.toStdString());
        QVERIFY(!request);
        QCOMPARE(request.error().code, core::Errc::invalid_argument);
        QVERIFY2(request.error().message.find(field.toStdString()) != std::string::npos,
                 request.error().message.c_str());
    }

    void unknownFieldsAreIgnored() {
        QVERIFY(decode_open_request(R"({"title":"t","colour":"red"})"));
        QVERIFY(!decode_open_request(R"({"service":"x"})"));
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
