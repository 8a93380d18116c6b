// Faults and kills against a supervised site.
#include <fcntl.h>
#include <sys/wait.h>

#include <QTemporaryDir>
#include <QtTest>
#include <future>

#include "opsd/context.hpp"
#include "opsd/fault_desk.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_process.hpp"
#include "support/fake_supervisor.hpp"

using namespace qd;
using namespace qd::opsd;

namespace {

struct Desk {
    Desk()
        : supervisor(socket()),
          context({clock, random, pool, client, telemetry::null_log(), metrics, events, security::Tokens({}),
                   Places{folder.path().toStdString(), "", "Bearer secret"}, nullptr}),
          directory(options(), clock),
          desk(context, directory) {
        desk.on_change([this](const chaos::Fault& fault, const std::string& phase, const std::string&) {
            const std::lock_guard lock(mutex);
            told.push_back(fault.id.value + " " + phase);
        });
    }
    ~Desk() { pool.stop(); }
    std::string socket() const { return folder.filePath("site.sock").toStdString(); }
    Options options() const {
        Options options;
        options.site_socket = socket();
        return options;
    }
    void run(std::vector<site::ProcessInfo> processes) {
        supervisor.list(std::move(processes));
        if (!directory.refresh()) qFatal("no list");
    }
    std::size_t told_count() {
        const std::lock_guard lock(mutex);
        return told.size();
    }

    QTemporaryDir folder;
    test::FakeClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "work"};
    http::Client client;
    telemetry::Metrics metrics;
    http::EventHub events;
    test::FakeSupervisor supervisor;
    Context context;
    SiteDirectory directory;
    FaultDesk desk;
    std::mutex mutex;
    std::vector<std::string> told;
};

site::ProcessInfo process(const std::string& role, const std::string& instance, std::int64_t pid,
                          const std::string& address = {}) {
    site::ProcessInfo info;
    info.role = role;
    info.version = "v2";
    info.instance = instance;
    info.pid = pid;
    info.address = address;
    info.state = site::ProcessState::ready;
    return info;
}

chaos::Fault fault(chaos::FaultKind kind, const std::string& role, const std::string& instance = {}) {
    chaos::Fault made;
    made.kind = kind;
    made.target.role = role;
    made.target.instance = instance;
    made.duration = core::Seconds(60);
    return made;
}

/// A child that only waits; another program by the time it is returned, so that no handler of this one's
/// catches its signals.
pid_t waiting_child() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) qFatal("no pipe");
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::execlp("sleep", "sleep", "600", nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    char byte = 0;
    while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
    }
    ::close(ends[0]);
    return pid;
}

int ended_by(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

class TestFaultDesk : public QObject {
    Q_OBJECT

private slots:
    void aKillEndsTheProcessOfTheSite() {
        Desk desk;
        const pid_t victim = waiting_child();
        desk.run({process("api", "api-1", victim)});
        const auto done = desk.desk.apply(fault(chaos::FaultKind::kill, "api"), "anna");
        QVERIFY2(done.has_value(), done ? "" : done.error().message.c_str());
        QCOMPARE(ended_by(victim), SIGKILL);
        QVERIFY(desk.desk.active().empty());
        // What is over can still be laid over a chart.
        QCOMPARE(desk.desk.past().size(), 1u);
        QCOMPARE(desk.told.size(), std::size_t(2));
    }

    void neitherOpsdNorStrangersAreKilled() {
        Desk desk;
        const pid_t opsd = waiting_child();
        desk.run({process("opsd", "opsd-1", opsd), process("api", "api-1", 0)});
        QCOMPARE(desk.desk.apply(fault(chaos::FaultKind::kill, ""), "anna").error().code,
                 core::Errc::not_found);
        QCOMPARE(::kill(opsd, 0), 0);
        // A process that has left the list meanwhile is nobody's to kill, whoever has its pid now.
        const pid_t gone = waiting_child();
        desk.run({process("api", "api-1", gone)});
        desk.supervisor.list({});
        QCOMPARE(desk.desk.apply(fault(chaos::FaultKind::kill, "api"), "anna").error().code,
                 core::Errc::not_found);
        for (const pid_t pid : {opsd, gone}) {
            ::kill(pid, SIGTERM);
            QCOMPARE(ended_by(pid), SIGTERM);
        }
    }

    void aProcessThatComesBackGetsTheFaultAgain() {
        Desk desk;
        test::FakeProcess first("api", "v2", "api-1", desk.clock), second("api", "v2", "api-1", desk.clock);
        desk.run({process("api", "api-1", 100, first.address())});
        const auto applied = desk.desk.apply(fault(chaos::FaultKind::error, "api"), "anna");
        QVERIFY(applied.has_value());
        QCOMPARE(first.faults().size(), std::size_t(1));
        desk.clock.advance(std::chrono::seconds(20));
        desk.run({process("api", "api-1", 101, second.address())});  // restarted
        const auto catch_up = [&] {
            desk.desk.tick();
            return second.faults().size() == 1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(catch_up(), 20'000);
        QCOMPARE(second.faults()[0].id, applied->id);
        // For the rest of its time only.
        QVERIFY(std::abs(second.faults()[0].duration.count() - 40) < 0.01);
        desk.clock.advance(std::chrono::seconds(41));
        desk.desk.tick();
        QVERIFY(desk.desk.active().empty() && second.faults().empty());
        QCOMPARE(desk.told.back(), applied->id.value + " ended");
    }

    void whatIsBeingHandedOutIsNotHandedOutTwice() {
        Desk desk;
        test::FakeProcess second("api", "v2", "api-2", desk.clock);
        const auto tick_through = [&] {  // the pool has one thread: what was posted before is done before
            const auto done = std::make_shared<std::promise<void>>();
            desk.desk.tick();
            desk.pool.post([done] { done->set_value(); });
            done->get_future().wait();
        };
        http::Server first({});  // slow: a second passes until it has taken the fault
        first.route_blocking(http::Method::get, "/-/faults", [](const http::Request&) {
            return http::Response::json(200, R"({"items":[]})");
        });
        first.route_blocking(http::Method::post, "/-/faults", [&](const http::Request& request) {
            tick_through();
            return http::Response::json(201, request.body);
        });
        first.route_blocking(http::Method::del, "/-/faults/{id}",
                             [](const http::Request&) { return http::Response::empty(204); });
        QVERIFY(first.start());
        desk.run(
            {process("api", "api-1", 100, first.address()), process("api", "api-2", 101, second.address())});
        tick_through();
        const auto applied = desk.desk.apply(fault(chaos::FaultKind::error, "api"), "anna");
        QVERIFY2(applied.has_value(), applied ? "" : applied.error().message.c_str());
        QCOMPARE(second.faults().size(), std::size_t(1));
        QVERIFY(desk.desk.remove(applied->id, "anna"));
        QVERIFY(second.faults().empty());
    }

    void faultsThatAVersionWasBornWithAreLearnt() {
        Desk desk;
        test::FakeProcess canary("api", "v2", "api-9", desk.clock);
        http::ClientRequest born;
        born.method = http::Method::post;
        born.url = "http://" + canary.address() + "/-/faults";
        born.body = R"({"id":"born","kind":"delay","amount":400,"ratio":0.5,"for_s":3600})";
        QCOMPARE(desk.client.fetch(born)->status, 201u);
        desk.run({process("api", "api-9", 200, canary.address())});
        desk.desk.tick();
        QTRY_COMPARE_WITH_TIMEOUT(desk.told_count(), std::size_t(1), 20'000);
        QCOMPARE(desk.desk.active().at(0).id.value, std::string("born"));
    }

    void oneIdOnce() {
        Desk desk;
        test::FakeProcess api("api", "v2", "api-1", desk.clock);
        desk.run({process("api", "api-1", 100, api.address())});
        auto named = fault(chaos::FaultKind::error, "api");
        named.id = chaos::FaultId("mine");
        QVERIFY(desk.desk.apply(named, "anna").has_value());
        QCOMPARE(desk.desk.apply(named, "anna").error().code, core::Errc::conflict);
        named.ratio = 7;
        named.id = chaos::FaultId("other");
        QCOMPARE(desk.desk.apply(named, "anna").error().code, core::Errc::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestFaultDesk)
#include "tst_fault_desk.moc"
