#include "storage/job_queue.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include "support/fake_clock.hpp"

using namespace qd;
using core::Errc;
using storage::JobState;
using namespace std::chrono_literals;

class TstJobQueue : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<test::FakeClock> clock_;

    std::unique_ptr<storage::JobQueue> open() {
        auto queue = storage::open_job_queue((folder_->path() + "/queue.sqlite").toStdString(), *clock_);
        if (!queue) qFatal("%s", queue.error().message.c_str());
        return std::move(*queue);
    }
    static storage::Job claim(storage::JobQueue& queue, const char* worker = "w") {
        const auto job = queue.claim(worker, 10s);
        if (!job || !*job) qFatal("nothing to claim");
        return **job;
    }
    static bool idle(storage::JobQueue& queue) {
        const auto job = queue.claim("w", 10s);
        return job && !*job;
    }

private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        clock_ = std::make_unique<test::FakeClock>();
    }

    void the_same_job_is_one_job() {
        const auto queue = open();
        const auto first = queue->enqueue({.kind = "encode", .key = "a", .payload = "1"});
        QCOMPARE(*queue->enqueue({.kind = "encode", .key = "a", .payload = "2"}), *first);
        const auto job = claim(*queue);
        QCOMPARE(job.payload, std::string("1"));
        QCOMPARE(job.attempt, 1u);
        QVERIFY(queue->complete(job));
        QVERIFY(queue->complete(job));
        QCOMPARE(*queue->enqueue({.kind = "encode", .key = "a"}), *first);
        QVERIFY(idle(*queue));
        QCOMPARE(queue->counts()->at(JobState::done), 1u);
    }

    void urgent_ones_go_first_then_the_oldest() {
        const auto queue = open();
        for (const auto& [key, priority] : {std::pair("a", 0), std::pair("b", 5), std::pair("c", 5)})
            QVERIFY(queue->enqueue({.kind = "k", .key = key, .priority = priority}));
        QCOMPARE(claim(*queue).key, std::string("b"));
        QCOMPARE(claim(*queue).key, std::string("c"));
        QCOMPARE(claim(*queue).key, std::string("a"));
    }

    void a_clock_that_was_set_back_keeps_no_job_waiting() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "new"}));
        clock_->advance(-5min);
        const auto running = claim(*queue);
        QCOMPARE(running.key, std::string("new"));
        QVERIFY(idle(*queue));
        clock_->advance(-3h);  // its worker is never heard of again
        QCOMPARE(queue->counts()->at(JobState::queued), 1u);
        const auto again = claim(*queue);
        QCOMPARE(again.id, running.id);
        QVERIFY(queue->fail(again, "once more"));
        clock_->advance(-1h);
        QCOMPARE(claim(*queue).id, running.id);
    }

    void a_lost_workers_job_goes_to_another_and_the_first_is_refused() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a"}));
        const auto lost = claim(*queue, "first");
        clock_->advance(9s);
        QVERIFY(idle(*queue));
        QVERIFY(queue->heartbeat(lost, 10s));
        clock_->advance(9s);
        QVERIFY(idle(*queue));
        clock_->advance(1s);
        QCOMPARE(queue->counts()->at(JobState::queued), 1u);
        const auto taken = claim(*queue, "second");
        QCOMPARE(taken.attempt, 2u);
        QCOMPARE(queue->heartbeat(lost, 10s).error().code, Errc::conflict);
        QCOMPARE(queue->complete(lost).error().code, Errc::conflict);
        QCOMPARE(queue->fail(lost, "x").error().code, Errc::conflict);
        QVERIFY(queue->complete(taken));
    }

    void a_lease_that_ran_out_unnoticed_is_renewed() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a"}));
        const auto job = claim(*queue);
        clock_->advance(1h);  // the laptop slept
        QVERIFY(queue->heartbeat(job, 10s));
        QVERIFY(idle(*queue));
        QVERIFY(queue->complete(job));
    }

    void failures_wait_longer_each_time_and_end() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a", .max_attempts = 3}));
        QCOMPARE(*queue->fail(claim(*queue), "disk"), JobState::queued);
        QVERIFY(idle(*queue));
        clock_->advance(1s);
        QCOMPARE(*queue->fail(claim(*queue), "disk"), JobState::queued);
        clock_->advance(1s);
        QVERIFY(idle(*queue));
        clock_->advance(1s);
        QCOMPARE(*queue->fail(claim(*queue), "disk"), JobState::dead);
        clock_->advance(1h);
        QVERIFY(idle(*queue));
        QCOMPARE(queue->counts()->at(JobState::dead), 1u);
    }

    void a_job_that_kills_its_workers_is_handed_out_once_more_to_be_buried() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a", .max_attempts = 2}));
        for (int i = 0; i < 2; ++i) {
            QVERIFY(!claim(*queue).exhausted());
            clock_->advance(10s);
        }
        const auto last = claim(*queue);
        QVERIFY(last.exhausted());
        QVERIFY(queue->bury(last, "crashed its worker"));
        clock_->advance(1h);
        QVERIFY(idle(*queue));
    }

    void handing_back_costs_no_attempt() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a", .max_attempts = 1}));
        const auto first = claim(*queue);
        QVERIFY(queue->release(first));
        const auto second = claim(*queue);
        QCOMPARE(second.attempt, 1u);
        QCOMPARE(queue->complete(first).error().code, Errc::conflict);
        QVERIFY(queue->release(second, 30s));
        clock_->advance(29s);
        QVERIFY(idle(*queue));
        clock_->advance(1s);
        QVERIFY(queue->complete(claim(*queue)));
    }

    void a_removed_job_is_lost_to_its_worker() {
        const auto queue = open();
        QVERIFY(queue->enqueue({.kind = "k", .key = "a"}));
        const auto job = claim(*queue);
        QVERIFY(queue->remove("k", "a"));
        QVERIFY(queue->remove("k", "a"));
        QCOMPARE(queue->heartbeat(job, 10s).error().code, Errc::conflict);
        QVERIFY(idle(*queue));
    }

    void bounds() {
        const auto queue = open();
        QCOMPARE(queue->enqueue({.kind = "", .key = "a"}).error().code, Errc::invalid_argument);
        QCOMPARE(queue->enqueue({.kind = "k", .key = ""}).error().code, Errc::invalid_argument);
        QCOMPARE(queue->enqueue({.kind = "k", .key = "a", .payload = std::string(65'537, 'x')}).error().code,
                 Errc::too_large);
    }

    void every_job_is_done_exactly_once_by_many_workers() {
        constexpr int jobs = 60;
        const auto queue = open();
        for (int i = 0; i < jobs; ++i) QVERIFY(queue->enqueue({.kind = "k", .key = std::to_string(i)}));
        std::mutex mutex;
        std::multiset<std::string> done;
        std::vector<std::thread> workers;
        for (int i = 0; i < 3; ++i)
            workers.emplace_back([&] {
                const auto own = open();
                for (;;) {
                    const auto job = own->claim("w", 10s);
                    if (!job) qFatal("%s", job.error().message.c_str());
                    if (!*job) return;
                    if (!own->complete(**job)) qFatal("lost");
                    const std::lock_guard lock(mutex);
                    done.insert((*job)->key);
                }
            });
        for (auto& worker : workers) worker.join();
        QCOMPARE(done.size(), std::size_t(jobs));
        QCOMPARE(std::set(done.begin(), done.end()).size(), std::size_t(jobs));
    }

    // Against a model: any sequence of operations hands a job out only when it is due, never to two live
    // leases.
    void any_sequence_keeps_the_promises() {
        const auto queue = open();
        std::mt19937 random(11);
        std::map<std::uint64_t, std::pair<storage::Job, core::WallTime>> leases;
        std::uint64_t enqueued = 0;
        for (int step = 0; step < 1'500; ++step) {
            switch (random() % 6) {
                case 0:
                    QVERIFY(
                        queue->enqueue({.kind = "k", .key = std::to_string(enqueued++), .max_attempts = 2}));
                    break;
                case 1:
                case 2: {
                    const auto job = queue->claim("w", 10s);
                    QVERIFY(job);
                    if (!*job) break;
                    const auto held = leases.find((*job)->id);
                    if (held != leases.end()) QVERIFY(held->second.second <= clock_->now());
                    leases.insert_or_assign((*job)->id, std::pair(**job, clock_->now() + 10s));
                    break;
                }
                case 3:
                    clock_->advance(std::chrono::milliseconds(random() % 6'000));
                    break;
                default: {
                    if (leases.empty()) break;
                    const auto lease = std::next(leases.begin(), random() % leases.size());
                    const auto job = lease->second.first;
                    const unsigned what = random() % 4;
                    if (what == 0) {
                        if (queue->heartbeat(job, 10s)) lease->second.second = clock_->now() + 10s;
                        break;
                    }
                    if (what == 1) QVERIFY(queue->complete(job));
                    if (what == 2) QVERIFY(queue->fail(job, "no"));
                    if (what == 3) QVERIFY(queue->release(job));
                    leases.erase(lease);
                }
            }
        }
        std::uint64_t total = 0;
        const auto counts = queue->counts();
        for (const auto& [state, count] : *counts) total += count;
        QCOMPARE(total, enqueued);
    }

    void what_was_accepted_survives_kill_9() {
        const auto file = (folder_->path() + "/queue.sqlite").toStdString();
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            core::SystemClock clock;
            auto queue = storage::open_job_queue(file, clock);
            for (int i = 0;; ++i) {
                if (!queue || !(*queue)->enqueue({.kind = "k", .key = std::to_string(i)})) ::_exit(1);
                if (::write(ready[1], "x", 1) != 1) ::_exit(1);
            }
        }
        ::close(ready[1]);
        char byte = 0;
        std::uint64_t accepted = 0;
        while (accepted < 20 && ::read(ready[0], &byte, 1) == 1) ++accepted;
        ::kill(child, SIGKILL);
        while (::read(ready[0], &byte, 1) == 1) ++accepted;
        ::waitpid(child, nullptr, 0);
        ::close(ready[0]);
        QVERIFY(accepted >= 20);
        QVERIFY(open()->counts()->at(JobState::queued) >= accepted);
    }
};

QTEST_GUILESS_MAIN(TstJobQueue)
#include "tst_job_queue.moc"
