// Alerts on their way from the heartbeat to whoever answers for them.

#include <QTemporaryDir>
#include <QtTest>

#include "opsd/monitor.hpp"
#include "slo/document.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_process.hpp"

using namespace qd;
using namespace qd::opsd;

namespace {

/// A gateway to scrape, and a monitor whose seconds pass when told.
struct Watch {
    Watch() : gateway("gateway", "v1", "gateway-1", clock) {
        monitor.on_alert([this](const slo::Alert& alert) {
            heard.push_back(alert.id.value + (alert.state == slo::AlertState::firing ? " fires" : " ends"));
            return answer;
        });
    }
    ~Watch() { pool.stop(); }
    Options options() const {
        Options options;
        options.targets = {{"gateway-1", "gateway", "v1", "", gateway.address()}};
        return options;
    }
    void pass(int seconds, int bad) {
        for (int i = 0; i < seconds; ++i) {
            gateway.answer("stable", 30, bad);
            clock.advance(std::chrono::seconds(1));
            monitor.tick();
        }
    }

    QTemporaryDir folder;
    test::FakeClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "work"};
    http::Client client;
    telemetry::Metrics metrics;
    http::EventHub events;
    test::FakeProcess gateway;
    Context context{{clock, random, pool, client, telemetry::null_log(), metrics, events,
                     security::Tokens({}), Places{folder.path().toStdString(), "", "Bearer secret"},
                     nullptr}};
    SiteDirectory directory{options(), clock};
    std::unique_ptr<timeseries::Store> store = std::move(*timeseries::Store::open(
        *slo::parse_document(std::string(default_slo_document()), "slos"), {}, clock, telemetry::null_log()));
    Monitor monitor{context, directory, *store, nullptr};
    core::Result<> answer;
    std::vector<std::string> heard;
};

}  // namespace

class TestMonitor : public QObject {
    Q_OBJECT

private slots:
    void whatCannotBeTakenNowIsToldAgainInItsOrder() {
        Watch watch;
        watch.answer = core::fail(core::Errc::no_space, "the disk is full");
        watch.pass(90, 0);
        watch.pass(15, 6);
        QVERIFY(watch.heard.size() > 1);
        watch.answer = {};
        watch.heard.clear();
        watch.pass(120, 0);
        QVERIFY(watch.heard.size() >= 2);
        QVERIFY(watch.heard.front().ends_with(" fires"));
        QVERIFY(watch.heard.back().ends_with(" ends"));
    }

    void whatIsRefusedHoldsUpNothing() {
        Watch watch;
        watch.answer = core::fail(core::Errc::conflict, "no incident can take it");
        watch.pass(90, 0);
        watch.pass(15, 6);
        const auto fired =
            std::ranges::count_if(watch.heard, [](const auto& e) { return e.ends_with(" fires"); });
        QVERIFY(fired > 0);
        QCOMPARE(std::size_t(fired), watch.heard.size());
        watch.pass(120, 0);
        QVERIFY(watch.heard.back().ends_with(" ends"));
        QCOMPARE(watch.heard.size(), std::size_t(2 * fired));  // each once
    }
};

QTEST_GUILESS_MAIN(TestMonitor)
#include "tst_monitor.moc"
