// Our alerts as a real Alertmanager has them.
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "notify/messages.hpp"
#include "notify/notifier.hpp"
#include "support/notices.hpp"
#include "support/peer.hpp"

using namespace qd;
using namespace qd::notify;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// The peer lives by the real time; waits are jumped over.
class JumpingClock final : public core::Clock {
public:
    core::WallTime now() const override { return real_.now() + ahead_.load(); }
    core::SteadyTime steady_now() const override { return real_.steady_now() + ahead_.load(); }
    void jump(std::chrono::milliseconds by) { ahead_ = ahead_.load() + by; }

private:
    core::SystemClock real_;
    std::atomic<std::chrono::milliseconds> ahead_{0ms};
};

}  // namespace

class TestAlertmanager : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    http::Client client_;
    quint16 port_ = 0;

    std::string url(const std::string& path) const {
        return fmt::format("http://127.0.0.1:{}{}", port_, path);
    }
    void start(test::Peer& peer) {
        const std::string config = folder_.path().toStdString() + "/alertmanager.yml";
        QVERIFY(core::write_file_atomically(
            config, "route: {receiver: nobody, group_wait: 1s}\nreceivers: [{name: nobody}]\n"));
        peer.startWithPackageFiles(
            {"--config.file=" + QString::fromStdString(config), "--storage.path=" + folder_.path() + "/am",
             QString("--web.listen-address=127.0.0.1:%1").arg(port_), "--cluster.listen-address="});
        http::ClientRequest ready;
        ready.url = url("/-/ready");
        QVERIFY2(peer.answers(client_, ready), peer.output().constData());
    }
    /// What it holds of us, resolved ones included only as it shows them.
    json alerts() {
        http::ClientRequest request;
        request.url = url("/api/v2/alerts");
        const auto response = client_.fetch(request);
        return response ? json::parse(response->body) : json();
    }

private slots:
    void initTestCase() {
        const QString program = test::peerPath("prometheus-alertmanager");
        if (program.isEmpty())
            QSKIP("prometheus-alertmanager is neither unpacked in build/peers nor installed");
        if (program.startsWith(qEnvironmentVariable("QUARTERDECK_PEERS")) && !test::canShowPackageFiles())
            QSKIP("an unpacked prometheus-alertmanager needs a mount namespace, which is forbidden here");
    }

    void anAlertArrivesThoughItWasDownFirstAndEndsThere() {
        port_ = test::freePort();
        JumpingClock clock;
        core::SystemRandom random;
        core::ThreadPool pool(2, "work");
        const auto outbox = std::move(*Outbox::open(folder_.path().toStdString() + "/outbox.sqlite", clock));
        Destination pager;
        pager.name = "pager";
        pager.kind = Kind::alertmanager;
        pager.access.url = url("");
        Notifier notifier({*outbox, client_, pool, clock, random, telemetry::null_log()}, {pager});
        const auto last = [&] { return outbox->list(std::nullopt, 1)->front(); };
        const auto until = [&](const std::function<bool(const Entry&)>& holds) {
            return test::eventually(
                [&] {
                    notifier.tick();
                    return holds(last());
                },
                20'000);
        };

        auto notice = test::firing("playback.10s-60s.1");
        notice.starts_at = clock.now() - 10s;
        QVERIFY(notifier.notify(notice));
        QVERIFY(until([](const Entry& e) { return e.attempts == 1 && e.state == EntryState::queued; }));
        QVERIFY(!last().last_error.empty() && !last().accepted_at);

        test::Peer alertmanager(test::peerPath("prometheus-alertmanager"));
        start(alertmanager);
        clock.jump(1s);
        QVERIFY(until([](const Entry& e) { return e.state == EntryState::sent; }));
        json held = alerts();
        QCOMPARE(held.size(), std::size_t(1));
        QCOMPARE(held[0]["labels"], (json{{"alertname", "ErrorBudgetBurn"},
                                          {"slo", "playback"},
                                          {"service", "gateway"},
                                          {"severity", "sev2"},
                                          {"row", "10s/60s"}}));
        QCOMPARE(held[0]["annotations"]["summary"], json(notice.summary));
        QCOMPARE(held[0]["annotations"]["description"], json(notice.description));
        QVERIFY(*core::parse_rfc3339(held[0]["startsAt"].get<std::string>()) == notice.starts_at);
        const auto ends_at = [](const json& alert) {
            return *core::parse_rfc3339(alert["endsAt"].get<std::string>());
        };
        const auto first_end = ends_at(held[0]);
        QVERIFY(first_end > clock.now() + 200s);

        clock.jump(60s);
        QVERIFY(until([](const Entry& e) { return e.deliveries == 2; }));
        held = alerts();
        QCOMPARE(held.size(), std::size_t(1));  // the same alert, which ends later
        QVERIFY(ends_at(held[0]) >= first_end + 59s);

        auto end = notice;
        end.phase = Phase::resolved;
        end.ends_at = core::SystemClock().now();
        QVERIFY(notifier.notify(end));
        QVERIFY(until([](const Entry& e) {
            return test::notice_of(e).phase == Phase::resolved && e.state == EntryState::sent;
        }));
        // It shows what fires only.
        QVERIFY(test::eventually([&] { return alerts() == json::array(); }, 10'000));
        notifier.stop();
        pool.stop();
    }

    void whatItRefusesIsNotRepeated() {
        port_ = test::freePort();
        test::Peer alertmanager(test::peerPath("prometheus-alertmanager"));
        start(alertmanager);
        // Its way to refuse a message is one that we do not repeat.
        http::ClientRequest request;
        request.method = http::Method::post;
        request.url = url("/api/v2/alerts");
        request.headers.set("Content-Type", "application/json");
        request.body = R"([{"labels":{"slo":""}}])";
        const auto response = client_.fetch(request);
        QVERIFY(response.has_value());
        QCOMPARE(judge(response).verdict, Verdict::refused);
    }
};

QTEST_GUILESS_MAIN(TestAlertmanager)
#include "tst_alertmanager.moc"
