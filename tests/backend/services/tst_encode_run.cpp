// The worker around an encoder that does as it is told.

#include "services/encode_run.hpp"

#include <sched.h>

#include <QTest>

#include "origin_fixture.hpp"
#include "services/encode_worker.hpp"

using namespace qd;
using core::Errc;
using storage::JobState;
using storage::VideoState;
using namespace std::chrono_literals;

namespace {

media::EncodedTitle title_of(const media::EncodeJob& job) {
    media::EncodedTitle title;
    title.duration_s = 12;
    title.frame_rate = 25;
    title.source.has_audio = true;
    media::EncodedRung rung;
    rung.rung = {"240p", 426, 240, 300'000};
    rung.codecs = "avc1.42c00d,mp4a.40.2";
    rung.bandwidth = {400'000, 300'000};
    title.rungs = {rung};
    hls::Variant variant;
    variant.uri = job.public_uri_prefix + "240p/index.m3u8";
    variant.bandwidth = 500'000;
    title.master.variants = {variant};
    return title;
}

/// Metadata that cannot be written for a while.
class FullStore final : public storage::MetadataStore {
public:
    explicit FullStore(storage::MetadataStore& store) : store_(store) {}
    bool full = false;

    core::Result<storage::Video> insert(storage::Video video) override { return store_.insert(video); }
    core::Result<storage::Video> get(const storage::VideoId& id) const override { return store_.get(id); }
    core::Result<storage::Video> update(storage::Video video) override {
        if (full) return core::fail(Errc::no_space, "the disk is full");
        return store_.update(std::move(video));
    }
    core::Result<storage::VideoPage> list(std::string_view cursor, std::size_t limit) const override {
        return store_.list(cursor, limit);
    }
    core::Result<> remove(const storage::VideoId& id) override { return store_.remove(id); }

private:
    storage::MetadataStore& store_;
};

}  // namespace

class TstEncodeRun : public QObject {
    Q_OBJECT

    std::unique_ptr<test::OriginFixture> site_;
    services::EncodeOptions options_;
    telemetry::Metrics metrics_;
    telemetry::Counter* seconds_ = nullptr;

    storage::Job claim(const storage::VideoId& id) {
        if (!services::enqueue_encode(*site_->jobs, id)) qFatal("cannot enqueue");
        const auto job = site_->jobs->claim("w", options_.lease);
        if (!job || !*job) qFatal("nothing to claim");
        return **job;
    }
    void run(const storage::Job& job, std::stop_token stop = {}) {
        services::EncodeRun(site_->origin, options_, *seconds_, job).run(stop);
    }
    JobState job_state() const {
        const auto counts = *site_->jobs->counts();
        for (const auto& [state, count] : counts)
            if (count > 0) return state;
        qFatal("the job is gone");
    }
    void produce(const media::EncodeJob& job, const media::EncodeHooks& hooks, const std::string& file,
                 const std::string& content) const {
        site_->write("work/title/" + file, content);
        QCOMPARE(job.output_folder, site_->path("work/title"));
        hooks.on_file(file);
    }

private slots:
    void init() {
        site_ = std::make_unique<test::OriginFixture>();
        options_ = {};
        options_.worker = "w";
        options_.work_folder = site_->path("work");
        options_.stall_limit = 3600s;
        std::filesystem::create_directories(options_.work_folder);
        seconds_ = &metrics_.counter("s", "s");
    }

    void a_title_is_playable_before_it_is_ready() {
        const auto id = site_->add();
        bool played_early = false;
        options_.encoder = [&](const auto& job, const auto& hooks,
                               auto) -> core::Result<media::EncodedTitle> {
            const auto source = core::read_file(job.source);
            if (!source || *source != "the source") return core::fail(Errc::internal, "no source");
            produce(job, hooks, "240p/seg-00001.m4s", "one");
            produce(job, hooks, "240p/index.m3u8", "lists one");
            // Written anew before the first was published: both must arrive, in order.
            produce(job, hooks, "240p/index.m3u8", "lists more");
            produce(job, hooks, "poster.jpg", "jpeg");
            produce(job, hooks, "master.m3u8", "master");
            hooks.on_progress(0.5);
            hooks.on_playable(title_of(job).master);
            // Progress arrives in order behind it: once it is through, so is the state.
            while (site_->state(id) == VideoState::processing) std::this_thread::yield();
            const auto video = *site_->videos->get(id);
            played_early = video.state == VideoState::playable && video.renditions.at(0).name == "240p" &&
                           video.has_poster && site_->objects->open(services::media_key(id, "master.m3u8"));
            return title_of(job);
        };
        run(claim(id));
        QVERIFY(played_early);
        const auto video = *site_->videos->get(id);
        QCOMPARE(video.state, VideoState::ready);
        QCOMPARE(video.progress, 1.0);
        QCOMPARE(video.duration.count(), 12.0);
        QCOMPARE(video.renditions.at(0).bandwidth, 400'000u);
        QVERIFY(!video.error);
        QCOMPARE(job_state(), JobState::done);
        const auto playlist = site_->objects->open(services::media_key(id, "240p/index.m3u8"));
        QCOMPARE(playlist->size, std::string("lists more").size());
        QCOMPARE(site_->files("media"), 4u);
        QCOMPARE(site_->files("source"), 1u);
    }

    void a_slow_encode_is_playable_once_its_viewers_cannot_catch_it_up() {
        const auto id = site_->add();
        QVERIFY(storage::modify(*site_->videos, id, [](auto& v) { v.duration = core::Seconds(100); }));
        // A second of the title each two seconds; two segments of four are in the making.
        std::map<int, VideoState> after;
        options_.lease = 1h;
        options_.encoder = [&](const auto& job, const auto& hooks,
                               auto) -> core::Result<media::EncodedTitle> {
            hooks.on_playable(title_of(job).master);
            for (int percent = 10; percent <= 90; percent += 10) {
                site_->clock.advance(20s);
                hooks.on_progress(percent / 100.0);
                // Published behind it: once it is there, the progress has been weighed.
                const std::string mark = fmt::format("mark-{}", percent);
                produce(job, hooks, mark, "x");
                while (!site_->objects->open(services::media_key(id, mark))) std::this_thread::yield();
                after[percent] = site_->state(id);
            }
            return title_of(job);
        };
        run(claim(id));
        QCOMPARE(after.at(10), VideoState::processing);
        QCOMPARE(after.at(60), VideoState::processing);
        QCOMPARE(after.at(90), VideoState::playable);
    }

    void only_the_first_title_of_a_site_is_not_encoded_idly() {
        std::vector<int> policies;
        options_.encoder = [&](const auto& job, const auto&, auto) {
            policies.push_back(sched_getscheduler(0));
            return title_of(job);
        };
        run(claim(site_->add()));
        run(claim(site_->add()));
        QCOMPARE(policies, (std::vector<int>{SCHED_OTHER, SCHED_IDLE}));
    }

    void a_bad_source_fails_for_good_and_leaves_nothing() {
        const auto id = site_->add();
        options_.encoder = [&](const auto& job, const auto& hooks,
                               auto) -> core::Result<media::EncodedTitle> {
            produce(job, hooks, "240p/seg-00001.m4s", "one");
            return core::fail(Errc::unprocessable, "it is truncated");
        };
        run(claim(id));
        const auto video = *site_->videos->get(id);
        QCOMPARE(video.state, VideoState::failed);
        QCOMPARE(video.error->code, std::string("unprocessable"));
        QCOMPARE(video.error->message, std::string("it is truncated"));
        QCOMPARE(job_state(), JobState::dead);
        QCOMPARE(site_->files("media") + site_->files("source"), 0u);
    }

    void a_failure_that_cannot_be_told_yet_is_told_later() {
        const auto id = site_->add();
        FullStore videos(*site_->videos);
        const services::Origin origin{videos,        *site_->objects, *site_->jobs,  site_->tokens,
                                      site_->shards, site_->clock,    site_->random, telemetry::null_log()};
        options_.encoder = [&](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            videos.full = true;
            return core::fail(Errc::unprocessable, "it is truncated");
        };
        services::EncodeRun(origin, options_, *seconds_, claim(id)).run({});
        QCOMPARE(job_state(), JobState::queued);
        QCOMPARE(site_->files("source"), 1u);
        videos.full = false;
        site_->clock.advance(1min);
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            return core::fail(Errc::unprocessable, "it is truncated");
        };
        services::EncodeRun(origin, options_, *seconds_, claim(id)).run({});
        QCOMPARE(site_->state(id), VideoState::failed);
        QCOMPARE(job_state(), JobState::dead);
        QCOMPARE(site_->files("source"), 0u);
    }

    void what_a_crash_left_of_a_failure_is_removed() {
        const auto id = site_->add(VideoState::failed);
        site_->put(services::media_key(id, "240p/seg-00001.m4s"), "one");
        run(claim(id));
        QCOMPARE(site_->files("media") + site_->files("source"), 0u);
        QCOMPARE(job_state(), JobState::dead);
    }

    void infrastructure_is_tried_again_until_the_attempts_are_used() {
        const auto id = site_->add();
        unsigned attempts = 0;
        options_.encoder = [&](const auto& job, const auto& hooks,
                               auto) -> core::Result<media::EncodedTitle> {
            ++attempts;
            produce(job, hooks, "240p/seg-00001.m4s", "one");
            return core::fail(Errc::io, "the disk hiccuped");
        };
        for (int i = 0; i < 3; ++i) {
            if (i > 0) QCOMPARE(site_->state(id), VideoState::queued);
            run(claim(id));
            QCOMPARE(site_->files("media"), 0u);
            site_->clock.advance(1min);
        }
        QCOMPARE(attempts, 3u);
        QCOMPARE(site_->state(id), VideoState::failed);
        QCOMPARE(job_state(), JobState::dead);
    }

    void a_full_disk_is_waited_for_and_said() {
        const auto id = site_->add();
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            return core::fail(Errc::no_space, "no space left");
        };
        for (int i = 0; i < 6; ++i) {  // more often than there are attempts
            run(claim(id));
            site_->clock.advance(1min);
        }
        auto video = *site_->videos->get(id);
        QCOMPARE(video.state, VideoState::queued);
        QCOMPARE(video.error->code, std::string("no_space"));
        options_.encoder = [](const auto& job, const auto&, auto) { return title_of(job); };
        run(claim(id));
        video = *site_->videos->get(id);
        QCOMPARE(video.state, VideoState::ready);
        QVERIFY(!video.error);
    }

    void nothing_is_begun_that_cannot_fit() {
        const auto id = site_->add();
        QVERIFY(storage::modify(*site_->videos, id, [](auto& v) {
            v.width = 1280, v.height = 720, v.duration = core::Seconds(1e9);
        }));
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            qFatal("there is no room for that");
        };
        run(claim(id));
        const auto video = *site_->videos->get(id);
        QCOMPARE(video.state, VideoState::queued);
        QCOMPARE(video.error->code, std::string("no_space"));
        QCOMPARE(job_state(), JobState::queued);
    }

    void a_crash_loop_ends_with_a_failed_video() {
        const auto id = site_->add();
        for (int i = 0; i < 3; ++i) {
            static_cast<void>(claim(id));  // and never heard of again
            site_->clock.advance(options_.lease);
        }
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            qFatal("must not be tried again");
        };
        run(claim(id));
        QCOMPARE(site_->state(id), VideoState::failed);
        QCOMPARE(job_state(), JobState::dead);
    }

    void a_removed_video_cancels_its_encode() {
        const auto id = site_->add();
        options_.encoder = [&](const auto& job, const auto& hooks,
                               std::stop_token stop) -> core::Result<media::EncodedTitle> {
            if (!services::remove_video(site_->origin, id)) qFatal("cannot remove");
            site_->clock.advance(options_.lease / 2);  // the next heartbeat is due
            for (int i = 0; !stop.stop_requested(); ++i)
                produce(job, hooks, "240p/seg-" + std::to_string(i) + ".m4s", "late");
            return core::fail(Errc::cancelled, "cancelled");
        };
        run(claim(id));
        QCOMPARE(site_->files("media") + site_->files("source"), 0u);
        QCOMPARE(site_->videos->get(id).error().code, Errc::not_found);
    }

    void a_worker_that_lost_its_lease_touches_nothing_any_more() {
        const auto id = site_->add();
        const auto job = claim(id);
        options_.encoder = [&](const auto& what, const auto&,
                               std::stop_token stop) -> core::Result<media::EncodedTitle> {
            site_->clock.advance(options_.lease);
            const auto other = site_->jobs->claim("other", options_.lease);
            if (!other || !*other) qFatal("not handed on");
            site_->put(services::media_key(id, "master.m3u8"), "of the other");
            while (!stop.stop_requested()) std::this_thread::yield();
            return title_of(what);  // too late to be cancelled
        };
        run(job);
        QCOMPARE(site_->state(id), VideoState::processing);
        QCOMPARE(job_state(), JobState::running);
        QCOMPARE(site_->files("media"), 1u);
    }

    void a_stop_hands_the_job_back_at_once() {
        const auto id = site_->add();
        std::stop_source stop;
        options_.encoder = [&](const auto& job, const auto& hooks,
                               std::stop_token cancelled) -> core::Result<media::EncodedTitle> {
            produce(job, hooks, "240p/seg-00001.m4s", "one");
            stop.request_stop();
            while (!cancelled.stop_requested()) std::this_thread::yield();
            return core::fail(Errc::cancelled, "cancelled");
        };
        run(claim(id), stop.get_token());
        QCOMPARE(site_->state(id), VideoState::queued);
        QCOMPARE(site_->files("media"), 0u);
        const auto again = claim(id);
        QCOMPARE(again.attempt, 1u);
    }

    void an_encoder_without_progress_is_stopped() {
        const auto id = site_->add();
        options_.stall_limit = 10s;
        options_.encoder = [&](const auto&, const auto&,
                               std::stop_token stop) -> core::Result<media::EncodedTitle> {
            site_->clock.advance(11s);
            while (!stop.stop_requested()) std::this_thread::yield();
            return core::fail(Errc::cancelled, "cancelled");
        };
        options_.lease = 1h;
        run(claim(id));
        QCOMPARE(site_->state(id), VideoState::queued);
        QCOMPARE(job_state(), JobState::queued);
    }

    void an_encoder_that_does_not_come_back_is_reported() {
        const auto id = site_->add();
        std::atomic<bool> hung{false};
        options_.stall_limit = 10s;
        options_.lease = 1h;
        options_.on_hung = [&] { hung = true; };
        options_.encoder = [&](const auto&, const auto&,
                               std::stop_token stop) -> core::Result<media::EncodedTitle> {
            site_->clock.advance(11s);
            while (!stop.stop_requested()) std::this_thread::yield();
            site_->clock.advance(31s);
            while (!hung) std::this_thread::yield();
            return core::fail(Errc::cancelled, "at last");
        };
        run(claim(id));
        QVERIFY(hung);
    }

    void a_missing_source_fails_the_video() {
        const auto id = site_->add();
        QVERIFY(site_->objects->remove(services::source_key(id)));
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            qFatal("there is nothing to encode");
        };
        run(claim(id));
        QCOMPARE(site_->state(id), VideoState::failed);
    }

    void what_a_crash_left_is_completed_without_encoding_again() {
        const auto id = site_->add(VideoState::ready);
        options_.encoder = [](const auto&, const auto&, auto) -> core::Result<media::EncodedTitle> {
            qFatal("it is ready");
        };
        run(claim(id));
        QCOMPARE(job_state(), JobState::done);
        QCOMPARE(site_->state(id), VideoState::ready);
    }

    void the_worker_takes_what_is_queued_and_tells_its_counts() {
        telemetry::Metrics metrics;
        const auto id = site_->add();
        QVERIFY(services::enqueue_encode(*site_->jobs, id));
        options_.encoder = [](const auto& job, const auto&, auto) { return title_of(job); };
        services::EncodeWorker worker(site_->origin, options_, metrics);
        worker.start();
        QTRY_COMPARE_WITH_TIMEOUT(job_state(), JobState::done, 10'000);
        QVERIFY(worker.ready());
        worker.stop();
        QVERIFY(metrics.expose().find("media_jobs{state=\"done\"} 1") != std::string::npos);
        QVERIFY(metrics.expose().find("media_encode_seconds_total") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TstEncodeRun)
#include "tst_encode_run.moc"
