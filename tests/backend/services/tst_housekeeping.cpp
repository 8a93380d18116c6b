#include "services/housekeeping.hpp"

#include <QTest>

#include "origin_fixture.hpp"
#include "services/work_folder.hpp"

using namespace qd;
using storage::JobState;
using storage::VideoState;
using namespace std::chrono_literals;

class TstHousekeeping : public QObject {
    Q_OBJECT

private slots:
    void an_interrupted_upload_is_queued_but_not_one_under_way() {
        test::OriginFixture site;
        site.add();
        site.add(VideoState::ready);
        site.add(VideoState::failed);
        services::tidy_up(site.origin);
        QCOMPARE(site.jobs->counts()->at(JobState::queued), 0u);
        site.clock.advance(2min);
        services::tidy_up(site.origin);
        services::tidy_up(site.origin);
        QCOMPARE(site.jobs->counts()->at(JobState::queued), 1u);
    }

    void files_of_nobody_go_and_the_others_stay() {
        test::OriginFixture site;
        const auto id = site.add(VideoState::ready);
        site.put(services::media_key(id, "master.m3u8"), "x");
        const auto gone = site.shards.new_id("kim", site.random);
        site.put(services::source_key(gone), "x");
        site.put(services::media_key(gone, "240p/seg-00001.m4s"), "x");
        services::tidy_up(site.origin);
        QCOMPARE(site.files("source"), 1u);
        QCOMPARE(site.files("media"), 1u);
        QVERIFY(site.objects->open(services::source_key(id)));
    }

    void removing_a_video_removes_all_of_it() {
        test::OriginFixture site;
        const auto id = site.add();
        const auto other = site.add();
        site.put(services::media_key(id, "240p/seg-00001.m4s"), "x");
        QVERIFY(services::enqueue_encode(*site.jobs, id));
        QVERIFY(services::remove_video(site.origin, id));
        QCOMPARE(services::remove_video(site.origin, id).error().code, core::Errc::not_found);
        QCOMPARE(site.files("media"), 0u);
        QCOMPARE(site.files("source"), 1u);
        QVERIFY(site.videos->get(other));
        QCOMPARE(site.jobs->counts()->at(JobState::queued), 0u);
    }

    void a_work_folder_begins_empty_ends_with_its_owner_and_is_nobody_elses() {
        test::OriginFixture site;
        const auto parent = site.path("work");
        site.write("work/worker-9/left", "by a process that was killed");
        site.write("work/worker-9.lock", "1");
        site.write("work/worker-1/old", "ours, of an earlier life");
        std::filesystem::path path;
        {
            auto folder = services::WorkFolder::acquire(parent, "worker-1");
            QVERIFY(folder);
            path = folder->path();
            QVERIFY(std::filesystem::is_empty(path));
            QVERIFY(!std::filesystem::exists(parent / "worker-9"));
            QCOMPARE(services::WorkFolder::acquire(parent, "worker-1").error().code, core::Errc::unavailable);
            site.write("work/worker-1/file", "x");
            QVERIFY(services::WorkFolder::acquire(parent, "worker-2"));
            QVERIFY(std::filesystem::exists(path / "file"));
        }
        QVERIFY(!std::filesystem::exists(path));
    }
};

QTEST_GUILESS_MAIN(TstHousekeeping)
#include "tst_housekeeping.moc"
