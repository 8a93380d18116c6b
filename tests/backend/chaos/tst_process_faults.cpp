// Faults of a whole process: it dies in time, or answers nothing for a time.

#include "chaos/process_faults.hpp"

#include <QtTest>

#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

using namespace qd;
using namespace std::chrono_literals;
using chaos::Fault;
using chaos::FaultKind;

class TestProcessFaults : public QObject {
    Q_OBJECT

    static Fault fault(FaultKind kind, double amount, double for_s = 60) {
        Fault one;
        one.kind = kind;
        one.amount = amount;
        one.duration = core::Seconds(for_s);
        return one;
    }

private slots:
    void a_crash_comes_when_its_time_has_come() {
        test::FakeClock clock;
        test::ManualExecutor executor;
        int deaths = 0;
        chaos::ProcessFaults faults(clock, executor, [&](const Fault&) { ++deaths; });
        QVERIFY(faults.add(fault(FaultKind::crash, 5)));
        executor.advance(4'999ms);
        QCOMPARE(deaths, 0);
        executor.advance(1ms);
        QCOMPARE(deaths, 1);
    }

    void a_hang_keeps_every_request_and_lets_them_go_at_its_end() {
        test::FakeClock clock;
        test::ManualExecutor executor;
        chaos::ProcessFaults faults(clock, executor, [](const Fault&) {});
        QVERIFY(faults.add(fault(FaultKind::hang, 2, 10)));
        const http::Handler handler = [](http::Request&&, http::Responder&& responder) {
            responder.send(http::Response::empty(200));
        };
        int answered = 0;
        const auto ask = [&] {
            http::Request request;
            request.path = "/-/ready";
            faults.handle(std::move(request), http::Responder([&](http::Response&&) { ++answered; }),
                          handler);
        };
        ask();
        QCOMPARE(answered, 1);
        clock.advance(3s);
        executor.advance(3s);
        ask();
        ask();
        QCOMPARE(answered, 1);
        clock.advance(9s);
        executor.advance(9s);
        QCOMPARE(answered, 3);
        ask();
        QCOMPARE(answered, 4);
    }

    void others_are_refused() {
        test::FakeClock clock;
        test::ManualExecutor executor;
        chaos::ProcessFaults faults(clock, executor, [](const Fault&) {});
        for (const FaultKind kind : {FaultKind::kill, FaultKind::no_start, FaultKind::reset, FaultKind::leak})
            QVERIFY(!faults.add(fault(kind, 0)));
        QVERIFY(!faults.add(fault(FaultKind::crash, -1)));
    }

    void a_refusal_to_start_is_found() {
        const std::vector<Fault> faults{fault(FaultKind::crash, 1), fault(FaultKind::no_start, 0)};
        QCOMPARE(chaos::refusal_to_start(faults), &faults[1]);
        QVERIFY(chaos::refusal_to_start({}) == nullptr);
    }
};

QTEST_GUILESS_MAIN(TestProcessFaults)
#include "tst_process_faults.moc"
