// Bad versions as real processes: each misbehaves as its fault says, and no other way.

#include <QElapsedTimer>
#include <QTest>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/files.hpp"
#include "http/client.hpp"
#include "site/control_client.hpp"
#include "site/supervisor.hpp"
#include "support/program.hpp"

using namespace qd;
using namespace std::chrono_literals;
using nlohmann::json;
using test::eventually;
namespace fs = std::filesystem;

namespace {

/// "VmRSS" of a process in MiB.
double resident_mib(std::int64_t pid) {
    const auto text = core::read_file(fs::path("/proc") / std::to_string(pid) / "statm");
    if (!text) return 0;
    return double(std::stoull(text->substr(text->find(' ')))) * double(::getpagesize()) / (1 << 20);
}

}  // namespace

class TestBornFaults : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<site::Supervisor> supervisor_;
    std::thread thread_;
    http::Client client_;

    fs::path data() const { return folder_.path().toStdString(); }
    site::ControlClient control() const { return site::ControlClient(site::Layout{data()}.socket()); }
    core::Result<site::ProcessInfo> start(const json& fault) const {
        const auto started = control().start({.version = "v2", .faults_json = json::array({fault}).dump()});
        if (!started) return core::Failure(started.error());
        return started->front();
    }
    std::optional<site::ProcessInfo> process(const std::string& instance) const {
        const auto all = control().list();
        if (all)
            for (const site::ProcessInfo& one : *all)
                if (one.instance == instance) return one;
        return std::nullopt;
    }
    core::Result<http::ClientResponse> get(const site::ProcessInfo& from, const std::string& path,
                                           std::chrono::milliseconds timeout = 5s) {
        http::ClientRequest request;
        request.url = "http://" + from.address + path;
        request.timeout = timeout;
        return client_.fetch(std::move(request));
    }
    /// A version that is not needed any more makes room for the next.
    void end(const site::ProcessInfo& one) const { QVERIFY(control().stop(one.instance).has_value()); }

private slots:
    void initTestCase() {
        site::SiteOptions options;
        options.data = data();
        options.programs = qEnvironmentVariable("QUARTERDECK_BIN").toStdString();
        options.api_instances = 1;
        options.viewers = 0;
        supervisor_ = std::make_unique<site::Supervisor>(
            std::move(options), "0123456789abcdef0123456789abcdef", site::SiteEvents{});
        thread_ = std::thread([this] { (void)supervisor_->run(); });
        QVERIFY(eventually(
            [this] {
                const auto stable = process("api-1");
                return stable && stable->state == site::ProcessState::ready;
            },
            20'000));
    }
    void cleanupTestCase() {
        supervisor_->stop();
        thread_.join();
    }

    void no_start_says_why_and_is_given_up() {
        const auto started = start({{"kind", "no_start"}, {"for_s", 60}});
        QVERIFY(!started.has_value());
        for (const char* word : {"ended with code 78", "does not start: a fault on purpose"})
            QVERIFY2(started.error().message.find(word) != std::string::npos,
                     started.error().message.c_str());
    }

    void crash_ends_the_process_again_and_again() {
        const auto bad = start({{"kind", "crash"}, {"amount", 0.3}, {"for_s", 60}});
        QVERIFY2(bad.has_value(), bad ? "" : bad.error().message.c_str());
        QVERIFY(eventually(
            [&] {
                const auto now = process(bad->instance);
                return now && now->restarts >= 2;
            },
            20'000));
        end(*bad);
    }

    void hang_answers_nothing_not_even_health_until_it_ends() {
        const auto bad = start({{"kind", "hang"}, {"amount", 1}, {"for_s", 3}});
        QVERIFY2(bad.has_value(), bad ? "" : bad.error().message.c_str());
        QVERIFY(eventually(
            [&] {
                const auto ready = get(*bad, "/-/ready", 300ms), healthy = get(*bad, "/-/healthy", 300ms);
                return !ready && ready.error().code == core::Errc::timeout && !healthy;
            },
            10'000));
        QVERIFY(eventually([&] { return get(*bad, "/-/ready", 500ms).has_value(); }, 10'000));
        end(*bad);
    }

    void leak_takes_real_memory_with_each_request_and_gives_it_back() {
        const auto bad = start({{"kind", "leak"}, {"amount", 2'048}, {"for_s", 6}});
        QVERIFY2(bad.has_value(), bad ? "" : bad.error().message.c_str());
        const double before = resident_mib(bad->pid);
        QElapsedTimer since;
        since.start();
        for (int i = 0; i < 40; ++i) QCOMPARE(get(*bad, "/api/v1/videos")->status, 200u);
        const double after = resident_mib(bad->pid);
        QVERIFY2(after - before > 70, qPrintable(QString("%1 MiB -> %2 MiB").arg(before).arg(after)));
#ifdef __SANITIZE_ADDRESS__
        const bool gives_back = false;  // the sanitizer keeps what was freed, to see it used
#else
        const bool gives_back = true;
#endif
        QVERIFY(eventually(
            [&] {
                return get(*bad, "/api/v1/videos").has_value() && since.elapsed() > 6'000 &&
                       (!gives_back || resident_mib(bad->pid) < before + 30);
            },
            15'000));
        end(*bad);
    }

    void the_filters_of_a_bad_version_are_its_own() {
        const auto bad =
            start({{"kind", "error"}, {"amount", 500}, {"for_s", 60}, {"route", "/api/v1/videos"}});
        QVERIFY2(bad.has_value(), bad ? "" : bad.error().message.c_str());
        QCOMPARE(get(*bad, "/api/v1/videos")->status, 500u);
        QCOMPARE(get(*bad, "/api/v1/stream/none")->status, 404u);  // another route
        QCOMPARE(get(*bad, "/-/ready")->status, 200u);  // it passes its health checks while it fails requests
        QCOMPARE(get(*process("api-1"), "/api/v1/videos")->status, 200u);
        end(*bad);
    }

    void a_request_under_way_is_completed_when_its_version_is_stopped() {
        const auto slow = start({{"kind", "delay"}, {"amount", 2'500}, {"for_s", 60}});
        QVERIFY2(slow.has_value(), slow ? "" : slow.error().message.c_str());
        std::atomic<unsigned> status{0};
        http::ClientRequest request;
        request.url = "http://" + slow->address + "/api/v1/videos";
        client_.send(std::move(request), [&](auto answer) { status = answer ? answer->status : 1; });
        QTest::qWait(300);  // it is under way
        QCOMPARE(status.load(), 0u);
        end(*slow);
        QTRY_COMPARE(status.load(), 200u);
        const auto refused = get(*slow, "/api/v1/videos");
        QVERIFY(!refused.has_value());  // new ones find another instance or none
    }
};

QTEST_GUILESS_MAIN(TestBornFaults)
#include "tst_born_faults.moc"
