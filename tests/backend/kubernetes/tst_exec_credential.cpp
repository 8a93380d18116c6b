// Credential plugins: what they are told, what they print, and those that hang, babble, fail or expire.

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>
#include <filesystem>

#include "core/files.hpp"
#include "kubernetes/command.hpp"
#include "kubernetes/credentials.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::kubernetes;
using namespace std::chrono_literals;
using core::Errc;

class TestExecCredential : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    std::string path(const std::string& name) const { return folder_.path().toStdString() + "/" + name; }
    /// Access through a plugin that is this script.
    ClusterAccess access(const std::string& script) const {
        const std::string lines = "#!/bin/sh\n" + script;
        if (!core::write_file_atomically(path("plugin"), lines, 0755)) qFatal("no file");
        ClusterAccess access;
        access.server = "https://east:6443";
        access.exec = ExecPlugin{
            "client.authentication.k8s.io/v1", path("plugin"), {}, {}, "Install kube-login.", true};
        return access;
    }
    static std::string credential(const std::string& status) {
        return R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)" +
               status + "}";
    }
    static std::string printing(const std::string& text) { return "cat <<'END'\n" + text + "\nEND\n"; }

private slots:
    void a_token_is_got_and_the_plugin_is_told_about_the_cluster() {
        auto one =
            access("printf '%s' \"$KUBERNETES_EXEC_INFO\" > " + path("info") +
                   "\nprintf '%s' \"$PROFILE$1\" > " + path("args") + "\n" +
                   printing(credential(R"({"token":"abc","expirationTimestamp":"2027-01-01T00:00:00Z"})")));
        one.exec->args = {"; touch " + path("shell")};
        one.exec->env["PROFILE"] = "ops";
        const auto got = run_exec_plugin(one, 20s);
        QVERIFY2(got, got ? "" : got.error().message.c_str());
        QCOMPARE(got->token, std::string("abc"));
        QVERIFY(got->expires_at);
        QVERIFY(core::read_file(path("info"))->find("https://east:6443") != std::string::npos);
        QCOMPARE(*core::read_file(path("args")), "ops; touch " + path("shell"));
        QVERIFY(!std::filesystem::exists(path("shell")));
    }

    void one_that_hangs_is_killed_with_what_it_started() {
        const auto got =
            run_exec_plugin(access("sleep 600 & echo $! > " + path("child") + "; wait\n"), 700ms);
        QVERIFY(!got);
        QVERIFY(got.error().message.find("did not end within 700 ms") != std::string::npos);
        QVERIFY(got.error().message.find("Install kube-login.") != std::string::npos);
        const std::string child = *core::read_file(path("child"));
        QTRY_VERIFY_WITH_TIMEOUT(::kill(std::stoi(child), 0) != 0, 5'000);
    }

    void stopping_ends_it() {
        std::stop_source stop;
        stop.request_stop();
        const auto got = run_exec_plugin(access("sleep 600\n"), 60s, stop.get_token());
        QVERIFY(!got);
        QCOMPARE(got.error().code, Errc::cancelled);
    }

    void garbage_is_refused_without_showing_it() {
        for (
            const std::string& text :
            {std::string("hunter2"), credential("{}"), credential(R"({"token":7})"),
             credential(R"({"clientKeyData":"hunter2"})"),
             std::string(
                 R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"hunter2"}})")}) {
            const auto got = run_exec_plugin(access(printing(text)), 20s);
            QVERIFY2(!got, text.c_str());
            QCOMPARE(got.error().code, Errc::unauthenticated);
            QVERIFY(got.error().message.find("hunter2") == std::string::npos);
        }
    }

    void endless_output_is_cut_off() {
        const auto got = run_exec_plugin(access("exec yes\n"), 20s);
        QVERIFY(!got);
        QVERIFY(got.error().message.find("more than 1048576 bytes") != std::string::npos);
    }

    void a_failure_is_told_in_its_own_words() {
        const auto got = run_exec_plugin(access("echo 'your session is over' >&2; exit 3\n"), 20s);
        QVERIFY(!got);
        QVERIFY(got.error().message.find("code 3: your session is over. Install kube-login.") !=
                std::string::npos);
        auto none = access("");
        none.exec->command = "quarterdeck-no-such-program";
        const auto missing = run_exec_plugin(none, 20s);
        QVERIFY(!missing);
        QVERIFY(missing.error().message.find("Install kube-login.") != std::string::npos);
    }

    void credentials_are_kept_until_they_expire_or_are_refused() {
        test::FakeClock clock;
        const std::string until = core::format_rfc3339(clock.now() + 60s);
        Credentials credentials(
            access("echo run >> " + path("runs") + "\n" +
                   printing(credential("{\"token\":\"abc\",\"expirationTimestamp\":\"" + until + "\"}"))),
            clock);
        const auto runs = [&] { return core::read_file(path("runs"))->size() / 4; };
        QCOMPARE(credentials.current()->token, std::string("abc"));
        clock.advance(59s);
        const auto second = credentials.current();
        QVERIFY(second);
        QCOMPARE(runs(), 1u);
        QVERIFY(credentials.forget(*second));
        QVERIFY(credentials.current());
        QCOMPARE(runs(), 2u);
        QVERIFY(credentials.forget(*second));  // that one is replaced already
        QVERIFY(credentials.current());
        QCOMPARE(runs(), 2u);
        clock.advance(1s);
        QVERIFY(credentials.current());
        QCOMPARE(runs(), 3u);
    }

    void a_token_file_is_read_again() {
        test::FakeClock clock;
        ClusterAccess access;
        access.token_file = path("token");
        Credentials credentials(access, clock);
        QVERIFY(!credentials.current());
        QVERIFY(core::write_file_atomically(path("token"), "one\n"));
        QCOMPARE(credentials.current()->token, std::string("one"));
        QVERIFY(core::write_file_atomically(path("token"), "two\n"));
        QCOMPARE(credentials.current()->token, std::string("two"));
        QVERIFY(!credentials.forget(*credentials.current()));
    }
};

QTEST_GUILESS_MAIN(TestExecCredential)
#include "tst_exec_credential.moc"
