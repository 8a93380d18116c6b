#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include "site/backoff.hpp"
#include "site/child.hpp"
#include "site/plan.hpp"
#include "site/poll_loop.hpp"

using namespace qd::site;
using namespace std::chrono_literals;

namespace {

/// A program that is ready and then lives until it is told to end.
const char* const ready_script =
    "fd=${@: -1}; echo '{\"address\":\"127.0.0.1:1\"}' >&$fd; eval \"exec $fd>&-\"; exec cat /dev/zero > "
    "/dev/null";

}  // namespace

class TestSupervision : public QObject {
    Q_OBJECT

private slots:
    void backoffDoublesToALimitAndForgets() {
        Backoff backoff;
        QVERIFY(backoff.after_end(0ms) == 250ms);
        QVERIFY(backoff.after_end(0ms) == 500ms);
        for (int i = 0; i < 50; ++i) QVERIFY(backoff.after_end(100ms) <= Backoff::longest);
        QVERIFY(backoff.after_end(100ms) == Backoff::longest);
        QVERIFY(backoff.after_end(Backoff::steady) == 250ms);
    }

    void opsdAndTheAudienceWaitForWhatTheyNeed() {
        QCOMPARE(prerequisites("opsd"), std::vector<std::string>{"gateway"});
        QVERIFY(prerequisites("gateway").empty());
        const auto initial = initial_processes({.api_instances = 2});
        QCOMPARE(initial.size(), std::size_t(6));
        QCOMPARE(initial[2].instance, std::string("api-2"));
    }

    void aRestartKeepsItsAddress() {
        const SiteOptions options{.data = "/d", .programs = "/p"};
        const auto line =
            command_line(options, {"gateway", "", "v1", "gateway-1", ""}, {"", "127.0.0.1:8080"}, 0);
        const auto at = std::find(line.begin(), line.end(), "--listen");
        QVERIFY(at != line.end());
        QCOMPARE(*std::next(at), std::string("127.0.0.1:8080"));
    }

    void aBrokenConfigIsRefusedWithItsLine() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("site.yaml").toStdString();
        QVERIFY(qd::core::write_file_atomically(file, "viewers: 10\ntitels: 3\n").has_value());
        const auto options = read_site_config(file, {});
        QVERIFY(!options.has_value());
        QVERIFY(options.error().message.find(":2: 'titels' is not a known key") != std::string::npos);
        QVERIFY(qd::core::write_file_atomically(file, "viewers: -1\n").has_value());
        QVERIFY(!read_site_config(file, {}).has_value());
    }

    void aChildSaysReadyAndEndsWhenTold() {
        QTemporaryDir folder;
        auto child =
            Child::spawn({"/bin/bash", "-c", ready_script, "child"}, folder.filePath("log").toStdString());
        QVERIFY(child.has_value());
        PollLoop loop;
        std::string address;
        std::string end;
        const int ready_fd = child->ready_fd();
        loop.watch(ready_fd, [&] {
            const auto line = child->read_ready();
            if (!line) return;
            loop.forget(ready_fd);
            address = line->value_or("nothing");
            child->signal(SIGTERM);
        });
        loop.watch(child->pid_fd(), [&] {
            end = child->reap();
            loop.quit();
            loop.forget(child->pid_fd());
        });
        loop.run();
        QCOMPARE(address, std::string("127.0.0.1:1"));
        QCOMPARE(end, std::string("was killed by signal 15"));
    }

    void aChildThatDiesBeforeItIsReadyIsAnError() {
        QTemporaryDir folder;
        auto child =
            Child::spawn({"/bin/bash", "-c", "exit 69", "child"}, folder.filePath("log").toStdString());
        QVERIFY(child.has_value());
        PollLoop loop;
        bool failed = false;
        const int ready_fd = child->ready_fd();
        loop.watch(ready_fd, [&] {
            const auto line = child->read_ready();
            if (!line) return;
            loop.forget(ready_fd);
            failed = !line->has_value();
        });
        loop.watch(child->pid_fd(), [&] {
            QCOMPARE(child->reap(), std::string("ended with code 69"));
            loop.forget(child->pid_fd());
            loop.quit();
        });
        loop.run();
        if (child->ready_fd() >= 0) failed = !child->read_ready()->has_value();
        QVERIFY(failed);
    }

    void aMissingProgramIsNamed() {
        QTemporaryDir folder;
        const auto child = Child::spawn({"/nowhere/streamd"}, folder.filePath("log").toStdString());
        QVERIFY(!child.has_value());
        QVERIFY(child.error().message.find("/nowhere/streamd") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSupervision)
#include "tst_supervision.moc"
