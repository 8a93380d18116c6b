// One console for each site: real programs that hand over to each other, and what links may say.

#include <QLocalSocket>
#include <QTemporaryDir>
#include <QTest>

#include "app/shell/deep_link.hpp"
#include "app/shell/single_instance.hpp"
#include "core/files.hpp"
#include "fake_opsd.hpp"
#include "support/program.hpp"

using namespace qd;
using test::eventually;
using test::Program;

class TestSingleInstance : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> home_;
    std::unique_ptr<test::FakeOpsd> opsd_;
    const std::string timeline_ = "/api/v1/incidents/inc-1/timeline";

    QString url() const { return QString::fromStdString(opsd_->endpoints().opsd); }
    QStringList here(const QStringList& more = {}) const {
        return QStringList{"--connect", url(), "--token-file", home_->filePath("token")} + more;
    }
    bool connected(std::size_t consoles) const {
        return eventually([&] { return opsd_->streams() == consoles; }, 20'000);
    }
    /// A start that ends by itself.
    QByteArray handOver(const QStringList& arguments, int& code) const {
        Program later("quarterdeck", arguments);
        code = later.process().waitForFinished(15'000) ? later.process().exitCode() : -1;
        return later.process().readAllStandardError();
    }

private slots:
    void init() {
        home_ = std::make_unique<QTemporaryDir>();
        QFile::setPermissions(home_->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        for (const char* variable :
             {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"})
            qputenv(variable, home_->path().toUtf8());
        qputenv("QT_QPA_PLATFORM", "offscreen");
        QVERIFY(core::write_file_atomically(home_->filePath("token").toStdString(), "secret\n", 0600));
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
    }
    void cleanup() {
        opsd_.reset();
        home_.reset();
    }

    void links_name_one_thing_or_are_refused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("id");
        const auto row = [](const char* text, const char* page, const char* id) {
            QTest::newRow(text) << QString(text) << QString(page) << QString(id);
        };
        row("incident/INC-1", "incidents", "INC-1");
        row("slo/playback-availability", "slos", "playback-availability");
        row("rollout/RO-3", "rollouts", "RO-3");
        row("postmortem/INC-1", "postmortems", "INC-1");
        row("runbook/rollback", "oncall", "rollback");
        row("quarterdeck://incident/INC-1", "incidents", "INC-1");
        row("quarterdeck://incident/INC-1/", "incidents", "INC-1");
        row("quarterdeck:slo/a%20b", "slos", "a b");
        row("QUARTERDECK://Incident/INC-1", "incidents", "INC-1");
        for (const char* odd : {"", "incident", "incident/", "INC-1", "shell/rm", "https://x/incident/1",
                                "quarterdeck://", "quarterdeck://incident/a%0Ab", "incident/a\nb"})
            row(odd, "", "");
        QTest::newRow("long") << QString("incident/" + QString(500, 'x')) << QString() << QString();
    }
    void links_name_one_thing_or_are_refused() {
        QFETCH(QString, text);
        QFETCH(QString, page);
        QFETCH(QString, id);
        const auto link = app::parseDeepLink(text);
        QCOMPARE(link.has_value(), !page.isEmpty());
        if (link) QCOMPARE(*link, (app::DeepLink{page, id}));
    }

    void a_link_opens_once_the_site_has_told_of_it() {
        Program console("quarterdeck", here({"--open", "quarterdeck://incident/inc-1"}));
        QVERIFY(eventually([&] { return opsd_->count(timeline_) > 0; }, 20'000));
    }

    void a_later_start_hands_over_and_ends() {
        Program first("quarterdeck", here());
        QVERIFY(connected(1));
        QCOMPARE(opsd_->count(timeline_), 0);
        int code = -1;
        const QByteArray said = handOver(here({"--open", "incident/inc-1"}), code);
        QCOMPARE(code, 0);
        QVERIFY2(said.contains("open already"), said.constData());
        QVERIFY(eventually([&] { return opsd_->count(timeline_) > 0; }, 10'000));
        // Written otherwise it is the same site.
        handOver({"--connect", url() + "/", "--token-file", home_->filePath("token")}, code);
        QCOMPARE(code, 0);
        QVERIFY(first.running());
        QCOMPARE(opsd_->streams(), std::size_t(1));
    }

    void another_site_has_a_window_of_its_own() {
        Program first("quarterdeck", here());
        QVERIFY(connected(1));
        test::FakeOpsd other;
        Program second("quarterdeck", {"--connect", QString::fromStdString(other.endpoints().opsd),
                                       "--token-file", home_->filePath("token")});
        QVERIFY(eventually([&] { return other.streams() == 1; }, 20'000));
        QVERIFY(first.running() && second.running());
    }

    void a_killed_console_is_in_nobodys_way() {
        {
            Program first("quarterdeck", here());
            QVERIFY(connected(1));
            first.process().kill();
            QVERIFY(first.process().waitForFinished(5'000));
        }
        // Whoever has hung up is noticed when something is said.
        QVERIFY(eventually([&] { return opsd_->push("site", "*"), opsd_->streams() == 0; }, 20'000));
        Program second("quarterdeck", here());
        QVERIFY(connected(1));
        int code = -1;
        handOver(here(), code);
        QCOMPARE(code, 0);
    }

    void a_talkative_peer_is_hung_up_on() {
        const auto point = app::MeetingPoint::of(home_->path().toStdString(), url().toStdString());
        auto first = app::SingleInstance::enter(point, "raise");
        QVERIFY(first && *first);
        QStringList heard;
        connect(first->get(), &app::SingleInstance::requested, this,
                [&heard](const QString& request) { heard << request; });
        QLocalSocket socket;
        socket.connectToServer(QString::fromStdString(point.socket.string()));
        QVERIFY(socket.waitForConnected(2'000));
        socket.write(QByteArray(100'000, 'x'));
        QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
        QVERIFY(heard.isEmpty());
        QLocalSocket polite;
        polite.connectToServer(QString::fromStdString(point.socket.string()));
        QVERIFY(polite.waitForConnected(2'000));
        polite.write("open incident/INC-1\n");
        QTRY_COMPARE(heard, QStringList{"open incident/INC-1"});
        QTRY_VERIFY(polite.canReadLine());
        QCOMPARE(polite.readLine(), QByteArray("ok\n"));
        // Nobody but its owner may reach it.
        const auto mode = std::filesystem::status(point.socket).permissions();
        QCOMPARE(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
                 std::filesystem::perms::none);
    }

    void nonsense_is_a_usage_error() {
        int code = -1;
        const QByteArray said = handOver(here({"--open", "shell/rm"}), code);
        QCOMPARE(code, 64);
        QVERIFY2(said.contains("incident/ID"), said.constData());
    }
};

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "tst_single_instance.moc"
