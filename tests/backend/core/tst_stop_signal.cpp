// What ends a process: signals, its owner's lease, and a request from within.

#include <fcntl.h>
#include <unistd.h>

#include <QTest>
#include <csignal>

#include "core/stop_signal.hpp"

using namespace qd;
using core::StopReason;

class TstStopSignal : public QObject {
    Q_OBJECT

private slots:
    void signals_are_reasons_data() {
        QTest::addColumn<int>("number");
        QTest::addColumn<int>("reason");
        QTest::newRow("interrupt") << SIGINT << int(StopReason::interrupt);
        QTest::newRow("terminate") << SIGTERM << int(StopReason::terminate);
        QTest::newRow("the terminal was closed") << SIGHUP << int(StopReason::terminate);
    }
    void signals_are_reasons() {
        QFETCH(int, number);
        QFETCH(int, reason);
        core::StopSignal stop;
        QVERIFY(!stop.wait_for(0));
        ::raise(number);
        StopReason found{};
        QVERIFY(stop.wait_for(5'000, &found));
        QCOMPARE(int(found), reason);
    }

    void the_end_of_the_lease_and_a_request_are_reasons() {
        int ends[2];
        QVERIFY(::pipe2(ends, O_CLOEXEC) == 0);
        core::StopSignal stop(ends[0]);
        QVERIFY(!stop.wait_for(0));
        ::close(ends[1]);
        QCOMPARE(stop.wait(), StopReason::owner_gone);
        core::StopSignal other;
        other.request();
        QCOMPARE(other.wait(), StopReason::requested);
    }
};

QTEST_GUILESS_MAIN(TstStopSignal)
#include "tst_stop_signal.moc"
