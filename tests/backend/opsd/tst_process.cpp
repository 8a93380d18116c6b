// The program opsd as its supervisor sees it: readiness, exit codes, the lease, and being killed at any time.
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/clock.hpp"
#include "core/files.hpp"
#include "http/client.hpp"
#include "support/fake_process.hpp"

using namespace qd;

namespace {

constexpr const char* token = "0123456789abcdef0123456789abcdef";

struct Folder {
    Folder() {
        if (!core::write_file_atomically(path() / "token", fmt::format("{}\n", token), 0600))
            qFatal("no token");
        config(fmt::format("data: {0}\ntoken_file: {0}/token\n", path().string()));
    }
    std::filesystem::path path() const { return folder.path().toStdString(); }
    void config(const std::string& text) {
        if (!core::write_file_atomically(path() / "opsd.yaml", text)) qFatal("no config");
    }
    QTemporaryDir folder;
};

QString program() {
    return qEnvironmentVariable("QUARTERDECK_BIN") + "/opsd";
}

/// Runs to its end.
struct Ran {
    int code;
    QString said;
};
Ran run(const QStringList& arguments) {
    QProcess process;
    process.start(program(), arguments);
    process.waitForFinished(20'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardError()};
}

/// A started opsd with its ready pipe read to the end.
class Running {
public:
    explicit Running(const Folder& folder, QStringList more = {}) {
        int ready[2];
        if (::pipe(ready) != 0) qFatal("pipe");
        lease_ = std::make_unique<std::array<core::UniqueFd, 2>>();
        int lease[2];
        if (::pipe(lease) != 0) qFatal("pipe");
        (*lease_)[1].reset(lease[1]);
        process_.setStandardErrorFile(QProcess::nullDevice());
        process_.setChildProcessModifier([=] { ::close(lease[1]), ::close(ready[0]); });
        process_.start(program(),
                       QStringList{"--config", QString::fromStdString((folder.path() / "opsd.yaml").string()),
                                   "--listen", "127.0.0.1:0", "--ready-fd", QString::number(ready[1]),
                                   "--lease-fd", QString::number(lease[0])} +
                           more);
        if (!process_.waitForStarted()) qFatal("opsd does not start");
        ::close(ready[1]);
        ::close(lease[0]);
        char byte = 0;
        std::string line;
        while (::read(ready[0], &byte, 1) == 1) line += byte;
        ::close(ready[0]);
        const auto from = line.find("127.0.0.1:");
        if (from != std::string::npos) address = line.substr(from, line.find('"', from) - from);
    }
    ~Running() {
        if (process_.state() != QProcess::NotRunning) kill();
    }
    void kill() {
        process_.kill();
        process_.waitForFinished();
    }
    /// The exit code after the owner has gone.
    int end_lease() {
        (*lease_)[1].reset();
        process_.waitForFinished(20'000);
        return process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
    }
    std::string address;

private:
    QProcess process_;
    std::unique_ptr<std::array<core::UniqueFd, 2>> lease_;
};

std::string get(http::Client& client, const std::string& address, const std::string& path) {
    http::ClientRequest request;
    request.url = fmt::format("http://{}/api/v1{}", address, path);
    request.headers.set("Authorization", fmt::format("Bearer {}", token));
    request.timeout = std::chrono::seconds(5);
    const auto answer = client.fetch(request);
    return answer && answer->status == 200 ? answer->body : std::string();
}

}  // namespace

class TestProcess : public QObject {
    Q_OBJECT

private slots:
    void anUnknownFlagIs64() { QCOMPARE(run({"--nonsense"}).code, 64); }
    void theVersionIs0() { QCOMPARE(run({"--version"}).code, 0); }

    void aBrokenConfigIs78WithItsLine() {
        Folder folder;
        folder.config(fmt::format("data: {}\ncolour: red\n", folder.path().string()));
        const Ran ran = run({"--config", QString::fromStdString((folder.path() / "opsd.yaml").string())});
        QCOMPARE(ran.code, 78);
        QVERIFY2(ran.said.contains(":2:") && ran.said.contains("colour"), qPrintable(ran.said));
        QCOMPARE(run({"--config", "/nonexistent.yaml"}).code, 78);
    }

    void aRouterThatDoesNotAnswerIs69WhenChecked() {
        Folder folder;
        const auto check = [&](const std::string& more) {
            folder.config(fmt::format("data: {0}\ntoken_file: {0}/token\n{1}", folder.path().string(), more));
            return run({"--check", "--config",
                        QString::fromStdString((folder.path() / "opsd.yaml").string())})
                .code;
        };
        QCOMPARE(check(""), 0);
        QCOMPARE(check("routers: [{name: edge, socket: /no/such.sock, backend: b, stable: [s], canary: [c], "
                       "versions: {s: v1, c: v2}}]\n"),
                 69);
    }

    void aBrokenSloFileIs78WithItsLine() {
        Folder folder;
        QVERIFY(core::write_file_atomically(folder.path() / "slos.yaml", "slos:\n  - id: a\n    tittle: A\n")
                    .has_value());
        folder.config(fmt::format("data: {0}\nslos: [{0}/slos.yaml]\n", folder.path().string()));
        const Ran ran = run({"--config", QString::fromStdString((folder.path() / "opsd.yaml").string())});
        QCOMPARE(ran.code, 78);
        QVERIFY2(ran.said.contains("slos.yaml:"), qPrintable(ran.said));
    }

    void aTakenAddressAndATakenFolderAre69() {
        Folder folder, other;
        Running first(folder);
        QVERIFY(!first.address.empty());
        const QString config = QString::fromStdString((other.path() / "opsd.yaml").string());
        QCOMPARE(run({"--config", config, "--listen", QString::fromStdString(first.address)}).code, 69);
        const QString same = QString::fromStdString((folder.path() / "opsd.yaml").string());
        QCOMPARE(run({"--config", same}).code, 69);
    }

    void itEndsWithItsOwner() {
        Folder folder;
        Running running(folder);
        QVERIFY(!running.address.empty());
        QCOMPARE(running.end_lease(), 0);
    }

    void killedAtAnyTimeItGoesOn() {
        const core::SystemClock clock;
        test::FakeProcess gateway("gateway", "v1", "gateway-1", clock);
        Folder folder;
        folder.config(
            fmt::format("data: {0}\ntargets: [{{instance: gateway-1, role: gateway, address: '{1}'}}]\n",
                        folder.path().string(), gateway.address()));
        core::ThreadPool traffic(1, "traffic");
        std::atomic<bool> on{true};
        std::function<void()> send = [&] {
            gateway.answer("stable", 3, 0);
            if (on) traffic.post_after(std::chrono::milliseconds(50), send);
        };
        traffic.post(send);
        http::Client client;
        std::uint64_t counted = 0;
        for (const int life_ms : {150, 700, 6'500, 1'300, 2'500}) {
            Running running(folder);
            QVERIFY2(!running.address.empty(), qPrintable(QString::number(life_ms)));
            QElapsedTimer timer;
            timer.start();
            QTRY_VERIFY_WITH_TIMEOUT(timer.elapsed() >= life_ms, life_ms + 2'000);
            const QByteArray body =
                QByteArray::fromStdString(get(client, running.address, "/slos/playback-availability"));
            running.kill();
            const auto total = QJsonDocument::fromJson(body).object()["total"].toDouble();
            // What was saved stays: figures never fall back by more than the seconds between two saves.
            QVERIFY2(total + 60 * 6 >= double(counted),
                     qPrintable(QString("%1 after %2").arg(total).arg(counted)));
            counted = std::uint64_t(total);
        }
        QVERIFY(counted > 100);
        on = false;
        traffic.stop();
    }
};

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
