// Faults as values: what is valid, and their JSON.

#include <QtTest>
#include <cmath>

#include "chaos/fault.hpp"
#include "core/random.hpp"

using namespace qd;
using chaos::Fault;
using chaos::FaultKind;

class TestFault : public QObject {
    Q_OBJECT

    static Fault valid() {
        Fault fault;
        fault.kind = FaultKind::delay;
        fault.amount = 100;
        return fault;
    }

private slots:
    void what_is_out_of_range_is_refused_and_named_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("field");
        const auto row = [](const char* json, const char* field) {
            QTest::newRow(json) << QByteArray(json) << QByteArray(field);
        };
        row("", "object");
        row("[]", "object");
        row("{\"kind\":\"delay\",\"amount\":5}", "for_s");
        row("{\"kind\":\"fire\",\"amount\":5,\"for_s\":1}", "kind");
        row("{\"kind\":\"delay\",\"for_s\":1}", "amount");
        row("{\"kind\":\"delay\",\"amount\":\"5\",\"for_s\":1}", "amount");
        row("{\"kind\":\"delay\",\"amount\":600001,\"for_s\":1}", "amount");
        row("{\"kind\":\"delay\",\"amount\":5,\"for_s\":0}", "for_s");
        row("{\"kind\":\"delay\",\"amount\":5,\"for_s\":86401}", "for_s");
        row("{\"kind\":\"delay\",\"amount\":5,\"for_s\":1,\"ratio\":0}", "ratio");
        row("{\"kind\":\"delay\",\"amount\":5,\"for_s\":1,\"ratio\":1.1}", "ratio");
        row("{\"kind\":\"error\",\"amount\":200,\"for_s\":1}", "amount");
        row("{\"kind\":\"error\",\"amount\":503.5,\"for_s\":1}", "amount");
        row("{\"kind\":\"reset\",\"amount\":1,\"for_s\":1}", "amount");
        row("{\"kind\":\"reset\",\"for_s\":1,\"target\":[]}", "target");
        row("{\"kind\":\"reset\",\"for_s\":1,\"target\":{\"route\":\"media\"}}", "route");
        row("{\"kind\":\"reset\",\"for_s\":1,\"target\":{\"role\":1}}", "role");
        row("{\"kind\":\"reset\",\"for_s\":1,\"started_at\":\"yesterday\"}", "started_at");
    }
    void what_is_out_of_range_is_refused_and_named() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, field);
        const auto fault = chaos::parse_fault(json.toStdString());
        QVERIFY(!fault);
        QVERIFY2(fault.error().message.find(field.toStdString()) != std::string::npos,
                 fault.error().message.c_str());
    }

    void numbers_that_are_none_are_refused() {
        for (double Fault::*field : {&Fault::amount, &Fault::ratio}) {
            for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
                Fault fault = valid();
                fault.*field = value;
                QVERIFY(!chaos::validate(fault));
            }
        }
        Fault fault = valid();
        fault.duration = core::Seconds(std::nan(""));
        QVERIFY(!chaos::validate(fault));
        QVERIFY(chaos::validate(valid()));
    }

    void defaults_are_the_wires() {
        const auto fault = chaos::parse_fault("{\"kind\":\"error\",\"for_s\":30}");
        QVERIFY(fault);
        QCOMPARE(fault->ratio, 1.0);
        QCOMPARE(fault->amount, 0.0);
        QVERIFY(fault->target == chaos::FaultTarget{});
        QVERIFY(fault->id.empty());
    }

    void json_goes_round() {
        core::SeededRandom random(4);
        constexpr FaultKind kinds[] = {FaultKind::delay,   FaultKind::error, FaultKind::reset,
                                       FaultKind::corrupt, FaultKind::kill,  FaultKind::partition};
        for (int i = 0; i < 2'000; ++i) {
            Fault fault;
            fault.id = chaos::FaultId(random.hex(random.below(5)));
            fault.kind = kinds[random.below(6)];
            if (fault.kind == FaultKind::delay) fault.amount = 1 + double(random.below(600'000));
            if (fault.kind == FaultKind::error) fault.amount = 400 + double(random.below(200));
            if (fault.kind == FaultKind::corrupt) fault.amount = double(random.below(1000));
            fault.ratio = 1 - random.uniform();
            fault.duration = core::Seconds(0.001 + random.uniform() * 86'000);
            fault.target = {random.hex(2), random.hex(1), "api \"1\"", "/media/" + random.hex(1)};
            fault.started_at = core::WallTime(
                std::chrono::milliseconds(1'700'000'000'000 + std::int64_t(random.below(1'000'000'000))));
            fault.ends_at = fault.started_at + std::chrono::milliseconds(1);
            const auto read = chaos::parse_fault(chaos::to_json(fault));
            QVERIFY2(read, read ? "" : read.error().message.c_str());
            QVERIFY(*read == fault);
        }
        for (const FaultKind kind : kinds)
            QCOMPARE(chaos::parse_fault_kind(chaos::to_string(kind)), std::optional(kind));
    }
};

QTEST_GUILESS_MAIN(TestFault)
#include "tst_fault.moc"
