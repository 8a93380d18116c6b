// An encode that fails or is called off leaves nothing behind.

#include <sys/resource.h>

#include <QtTest>
#include <csignal>

#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;
using core::Errc;

class TestFailures : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        TitleSpec spec;
        spec.duration_s = 8;
        spec.width = 640;
        spec.height = 480;
        spec.fps = 25;
        title_ = test::make_title(folder_, "title.mp4", spec);
        QVERIFY(!title_.empty());
    }
    void init() { output_ = folder_.path("out"); }

    void cancelled_after_it_was_playable() {
        std::stop_source stop;
        EncodeHooks hooks;
        bool playable = false;
        hooks.on_playable = [&](const hls::MultivariantPlaylist&) {
            playable = std::filesystem::exists(output_ / "master.m3u8");
            stop.request_stop();
        };
        const auto title = encode(test::make_job(title_, output_, {240, 480}), hooks, stop.get_token());
        QVERIFY(playable);
        QVERIFY(!title);
        QVERIFY(title.error().code == Errc::cancelled);
        QVERIFY(!std::filesystem::exists(output_));
    }

    void cancelled_before_it_began() {
        std::stop_source stop;
        stop.request_stop();
        const auto title = encode(test::make_job(title_, output_), {}, stop.get_token());
        QVERIFY(title.error().code == Errc::cancelled);
        QVERIFY(!std::filesystem::exists(output_));
    }

    void pictures_that_end_early_are_a_truncation() {
        // The index is whole and within the file, but the second half of what it points to is gone.
        std::string bytes = core::read_file(title_).value();
        std::fill(bytes.begin() + std::ptrdiff_t(bytes.size() / 2), bytes.end(), '\0');
        const auto path = folder_.path("hollow.mp4");
        QVERIFY(core::write_file_atomically(path, bytes));
        bool playable = false;
        EncodeHooks hooks;
        hooks.on_playable = [&](const hls::MultivariantPlaylist&) { playable = true; };
        const auto title = encode(test::make_job(path, output_), hooks);
        QVERIFY(!title);
        QVERIFY2(title.error().code == Errc::unprocessable, title.error().message.c_str());
        QVERIFY2(QString::fromStdString(title.error().message).contains("truncated"),
                 title.error().message.c_str());
        QVERIFY(!std::filesystem::exists(output_));
    }

    void a_file_that_is_no_video_makes_no_folder() {
        const auto path = folder_.path("text.mp4");
        QVERIFY(core::write_file_atomically(path, "no video"));
        QVERIFY(encode(test::make_job(path, output_)).error().code == Errc::unprocessable);
        QVERIFY(!std::filesystem::exists(output_));
    }

    void a_folder_that_cannot_be_made_says_so() {
        const auto file = folder_.path("file");
        QVERIFY(core::write_file_atomically(file, "in the way"));
        const auto title = encode(test::make_job(title_, file / "out"));
        QVERIFY(!title);
        QVERIFY(title.error().code != Errc::unprocessable);
        QVERIFY(std::filesystem::exists(file));
    }

    void a_disk_that_takes_no_more_fails_the_encode() {
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 20'000;
        setrlimit(RLIMIT_FSIZE, &small);
        const auto title = encode(test::make_job(title_, output_, {240, 480}));
        setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!title);
        QVERIFY2(QString::fromStdString(title.error().message).contains("writing"),
                 title.error().message.c_str());
        QVERIFY(!std::filesystem::exists(output_));
    }

    void what_a_killed_run_left_is_swept_away() {
        QVERIFY(core::make_directories(output_ / "720p"));
        QVERIFY(core::write_file_atomically(output_ / "720p" / "seg-00001.m4s", "left over"));
        const auto title = encode(test::make_job(title_, output_));
        QVERIFY(title);
        QVERIFY(!std::filesystem::exists(output_ / "720p"));
        QVERIFY(std::filesystem::exists(output_ / "240p" / "index.m3u8"));
        std::filesystem::remove_all(output_);
    }

    void impossible_jobs_are_refused() {
        auto job = test::make_job(title_, output_);
        job.segment_duration = core::Seconds(0.1);
        QVERIFY(encode(job).error().code == Errc::invalid_argument);
        job = test::make_job(title_, output_);
        job.threads = 0;
        QVERIFY(encode(job).error().code == Errc::invalid_argument);
    }

private:
    test::Folder folder_;
    std::filesystem::path title_, output_;
};

QTEST_GUILESS_MAIN(TestFailures)
#include "tst_failures.moc"
