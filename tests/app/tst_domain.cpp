#include <QSignalSpy>
#include <QTest>
#include <thread>

#include "app/adapters/async.hpp"
#include "app/adapters/domain.hpp"
#include "app/shell/actions.hpp"

using namespace qd;
using namespace qd::app;

namespace {

class Counted : public Domain {
public:
    explicit Counted(int period) : Domain(period) {}
    int asked = 0;
    void answer() { arrived(); }
    void refuse() { failed({core::Errc::unavailable, "nobody there"}); }

protected:
    void fetch() override { ++asked; }
};

}  // namespace

class TestDomain : public QObject {
    Q_OBJECT

private slots:
    void nothing_is_asked_while_nobody_looks() {
        Counted domain(50);
        domain.setOnline(true);
        domain.touch();
        QTest::qWait(150);
        QCOMPARE(domain.asked, 0);
        QObject page;
        domain.setWanted(&page, true);
        QTRY_COMPARE(domain.asked, 1);
        domain.answer();
        domain.setWanted(&page, false);
        const int before = domain.asked;
        QTest::qWait(400);
        QCOMPARE(domain.asked, before);
    }
    void a_page_that_is_gone_wants_nothing() {
        Counted domain(0);
        domain.setOnline(true);
        {
            QObject page;
            domain.setWanted(&page, true);
            QTRY_COMPARE(domain.asked, 1);
            domain.answer();
        }
        domain.touch();
        QTest::qWait(350);
        QCOMPARE(domain.asked, 1);
    }
    void bursts_become_at_most_four_questions_a_second() {
        Counted domain(0);
        QObject page;
        domain.setOnline(true);
        domain.setWanted(&page, true);
        QTRY_COMPARE(domain.asked, 1);
        domain.answer();
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 900) {
            domain.touch();
            QTest::qWait(10);
            if (domain.asked > 0) domain.answer();
        }
        QVERIFY2(domain.asked <= 6, qPrintable(QString::number(domain.asked)));
        QVERIFY(domain.asked >= 3);
    }
    void a_lost_connection_is_stale_at_once_and_what_was_read_stays() {
        Counted domain(0);
        QObject page;
        domain.setOnline(true);
        domain.setWanted(&page, true);
        QTRY_COMPARE(domain.asked, 1);
        domain.answer();
        QVERIFY(!domain.isStale());
        const qint64 readAt = domain.asOfMs();
        QSignalSpy freshness(&domain, &Domain::freshnessChanged);
        domain.setOnline(false);
        QVERIFY(domain.isStale());
        QCOMPARE(domain.asOfMs(), readAt);
        QCOMPARE(freshness.count(), 1);
        domain.setOnline(true);
        QTRY_COMPARE(domain.asked, 2);
        domain.refuse();
        QVERIFY(domain.isStale());
        QCOMPARE(domain.problem(), QStringLiteral("nobody there"));
    }
    void answers_come_on_the_ui_thread_and_only_to_the_living() {
        QThread* where = nullptr;
        auto object = std::make_unique<QObject>();
        const auto first =
            deliver<int>(object.get(), [&](core::Result<int>) { where = QThread::currentThread(); });
        std::thread([first] { first(1); }).join();
        QTRY_VERIFY(where != nullptr);
        QCOMPARE(where, QThread::currentThread());
        bool reached = false;
        const auto second = deliver<int>(object.get(), [&](core::Result<int>) { reached = true; });
        std::thread([second] { second(1); }).join();
        object.reset();
        QTest::qWait(50);
        QVERIFY(!reached);
    }
    void only_the_newest_question_is_answered() {
        QObject object;
        Latest latest;
        QVector<int> got;
        const auto first = latest.ask<int>(&object, [&](core::Result<int> n) { got << *n; });
        const auto second = latest.ask<int>(&object, [&](core::Result<int> n) { got << *n; });
        second(2);
        first(1);
        QTRY_COMPARE(got, QVector<int>{2});
        const auto third = latest.ask<int>(&object, [&](core::Result<int> n) { got << *n; });
        latest.cancel();
        third(3);
        QTest::qWait(50);
        QCOMPARE(got, QVector<int>{2});
    }
    void actions_say_why_they_cannot() {
        ActionRegistry actions;
        bool blocked = true, ran = false;
        actions.add({.id = "x.do",
                     .title = "Do",
                     .group = "X",
                     .shortcut = {},
                     .run =
                         [&](const QVariantMap&, Done done) {
                             ran = true;
                             done(QVariantMap{});
                         },
                     .ask = {},
                     .blocked = [&] { return blocked ? QStringLiteral("not now") : QString(); },
                     .page = {},
                     .parameters = {}});
        actions.updateEnabled();
        QVERIFY(!actions.action("x.do")->isEnabled());
        QCOMPARE(actions.action("x.do")->toolTip(), QStringLiteral("not now"));
        QString why;
        actions.invoke("x.do", {}, [&](Outcome outcome) {
            if (!outcome) why = QString::fromStdString(outcome.error().message);
        });
        QCOMPARE(why, QStringLiteral("not now"));
        QVERIFY(!ran);
        blocked = false;
        actions.updateEnabled();
        actions.action("x.do")->trigger();
        QVERIFY(ran);
        core::Errc code = core::Errc::internal;
        actions.invoke("nothing", {}, [&](Outcome outcome) {
            if (!outcome) code = outcome.error().code;
        });
        QCOMPARE(code, core::Errc::not_found);
    }
};

QTEST_MAIN(TestDomain)
#include "tst_domain.moc"
