#include <QTest>

#include <atomic>
#include <future>

#include "core/executor.hpp"
#include "support/manual_executor.hpp"

using namespace qd::core;
using namespace std::chrono_literals;

class TestExecutor : public QObject {
    Q_OBJECT

private slots:
    void runsInOrderOfDueTime() {
        qd::test::ManualExecutor executor;
        std::string order;
        executor.post_after(20ms, [&] { order += "c"; });
        executor.post_after(10ms, [&] { order += "b"; });
        executor.post([&] { order += "a"; });
        executor.advance(15ms);
        QCOMPARE(order, std::string("ab"));
        executor.advance(5ms);
        QCOMPARE(order, std::string("abc"));
    }

    void poolRunsEverythingItTook() {
        std::atomic<int> sum = 0;
        std::promise<void> last;
        ThreadPool pool(3, "test");
        for (int i = 1; i <= 100; ++i)
            pool.post([&] {
                if (++sum == 100) last.set_value();
            });
        last.get_future().wait();
        QCOMPARE(sum.load(), 100);
    }

    void stopDropsWhatIsNotDue() {
        std::atomic<bool> ran = false;
        {
            ThreadPool pool(1, "test");
            pool.post_after(1h, [&] { ran = true; });
        }
        QVERIFY(!ran);
    }

    void periodicEndsAtOnce() {
        std::promise<void> once;
        std::atomic<int> runs = 0;
        Periodic periodic(1ms, "test", [&] {
            if (++runs == 1) once.set_value();
        });
        once.get_future().wait();
        Periodic idle(1h, "test", [] {});  // its end does not wait for the hour
        QVERIFY(runs >= 1);
    }
};

QTEST_GUILESS_MAIN(TestExecutor)
#include "tst_executor.moc"
