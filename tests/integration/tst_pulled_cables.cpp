// What happens when processes of a running site are killed, its folder is taken, or its owner dies.

#include <QTest>

#include <csignal>

#include "support/site.hpp"

using namespace qd;
using http::Method;
using test::eventually;

class TestPulledCables : public QObject {
    Q_OBJECT

    test::Site site_{{"--viewers", "4"}};

    bool gateway_answers() { return site_.gateway(Method::get, "/api/v1/videos").status == 200; }

    /// Kills the instance and waits until another process has taken its place at the same address.
    bool comes_back(const std::string& instance) {
        const auto before = site_.process(instance);
        if (!before || before->pid <= 1) return false;
        ::kill(pid_t(before->pid), SIGKILL);
        return eventually(
            [&] {
                const auto now = site_.process(instance);
                return now && now->pid > 1 && now->pid != before->pid &&
                       now->state == site::ProcessState::ready && now->address == before->address;
            },
            30'000);
    }

private slots:
    void initTestCase() { QVERIFY(site_.up()); }

    void aKilledApiIsNoOutage() {
        const auto before = site_.process("api-1");
        QVERIFY(before.has_value());
        QVERIFY(eventually([this] { return gateway_answers(); }, 10'000));
        ::kill(pid_t(before->pid), SIGKILL);
        // The retry inside the arm finds the other instance: nobody notices.
        for (int i = 0; i < 20; ++i) QVERIFY(gateway_answers());
        QVERIFY(eventually([&] { return site_.process("api-1")->pid != before->pid; }, 30'000));
    }

    void aKilledGatewayComesBackWhereItWas() {
        QVERIFY(comes_back("gateway-1"));
        QVERIFY(eventually([this] { return gateway_answers(); }, 10'000));
    }

    void aKilledOpsdComesBackAndTheDataPlaneRunsOn() {
        const auto before = site_.process("opsd-1");
        ::kill(pid_t(before->pid), SIGKILL);
        QVERIFY(gateway_answers());
        QVERIFY(eventually([this] { return site_.opsd(Method::get, "/api/v1/slos").status == 200; }, 30'000));
    }

    void aKilledWorkerAndAudienceComeBack() {
        QVERIFY(comes_back("worker-1"));
        QVERIFY(comes_back("viewers-1"));
    }

    void aSecondOwnerIsKeptOut() {
        test::Program second("quarterdeck-site",
                             {"up", "--data", QString::fromStdString(site_.data().string())});
        QVERIFY(second.process().waitForFinished(10'000));
        QCOMPARE(second.process().exitCode(), 69);
        QVERIFY(second.process().readAllStandardError().contains(
            QByteArray::number(site_.supervisor().process().processId())));
    }

    void readingOpsdWantsAToken() {
        http::Client client;
        http::ClientRequest request;
        request.url = site_.endpoints().opsd + "/api/v1/slos";
        QCOMPARE(client.fetch(request)->status, 401u);
        request.headers = {{"Authorization", "Bearer " + site_.token()}, {"Host", "elsewhere.example"}};
        QCOMPARE(client.fetch(request)->status, 421u);
    }

    void nothingSurvivesAKilledSupervisor() {
        std::vector<std::int64_t> pids;
        for (const char* instance : {"gateway-1", "api-1", "api-2", "worker-1", "opsd-1", "viewers-1"})
            pids.push_back(site_.process(instance)->pid);
        site_.supervisor().process().kill();
        QVERIFY(eventually(
            [&] {
                for (const std::int64_t pid : pids) {
                    const auto status = core::read_file("/proc/" + std::to_string(pid) + "/status");
                    if (status && status->find("State:\tZ") == std::string::npos) return false;
                }
                return true;
            },
            10'000));
    }
};

QTEST_GUILESS_MAIN(TestPulledCables)
#include "tst_pulled_cables.moc"
