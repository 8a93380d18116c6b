#include "storage/metadata_store.hpp"

#include <QTemporaryDir>
#include <QTest>
#include <set>
#include <thread>

using namespace qd;
using core::Errc;
using storage::Video;

class TstMetadataStore : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    core::SeededRandom random_{3};

    std::unique_ptr<storage::MetadataStore> open(unsigned shards = 1) {
        auto store = storage::open_metadata_store(folder_->path().toStdString(), storage::ShardMap(shards));
        if (!store) qFatal("%s", store.error().message.c_str());
        return std::move(*store);
    }
    Video video(int age_ms, const std::string& owner = "kim", unsigned shards = 1) {
        Video video;
        video.id = storage::ShardMap(shards).new_id(owner, random_);
        video.owner = owner;
        video.title = "Größe " + std::to_string(age_ms);
        video.created_at = core::WallTime(std::chrono::milliseconds(1'000'000 + age_ms));
        return video;
    }

private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void everything_comes_back() {
        Video before = video(1);
        before.state = storage::VideoState::playable;
        before.error = storage::VideoError{"x", "y"};
        before.progress = 0.25;
        before.duration = core::Seconds(12.5);
        before.width = 1280;
        before.height = 720;
        before.frame_rate = 29.97;
        before.has_audio = true;
        before.has_poster = true;
        before.renditions = {{"240p", 426, 240, 300'000, "avc1.42c00d"},
                             {"480p", 854, 480, 1'200'000, "avc1,mp4a"}};
        const auto inserted = open()->insert(before);
        QVERIFY(inserted);
        before.version = 1;
        QCOMPARE(*inserted, before);
        QCOMPARE(*open()->get(before.id), before);
        QCOMPARE(open()->insert(before).error().code, Errc::conflict);
    }

    void the_second_of_two_hands_is_told() {
        const auto store = open();
        const auto mine = store->insert(video(1));
        auto other = *mine;
        other.title = "other";
        other.renditions = {{"240p", 426, 240, 1, "a"}};
        QCOMPARE(store->update(other)->version, 2u);
        QCOMPARE(store->update(*mine).error().code, Errc::precondition_failed);
        QCOMPARE(store->get(mine->id)->title, std::string("other"));
        QVERIFY(store->remove(mine->id));
        QCOMPARE(store->update(other).error().code, Errc::not_found);
        QCOMPARE(store->remove(mine->id).error().code, Errc::not_found);
        QCOMPARE(store->get(mine->id).error().code, Errc::not_found);
    }

    void modify_loses_no_change() {
        const auto id = open()->insert(video(1))->id;
        std::vector<std::thread> hands;
        for (int i = 0; i < 3; ++i)
            hands.emplace_back([&] {
                const auto store = open();
                for (int n = 0; n < 30; ++n)
                    if (!storage::modify(*store, id, [](Video& v) { v.width += 1; })) qFatal("lost");
            });
        for (auto& hand : hands) hand.join();
        QCOMPARE(open()->get(id)->width, 90u);
    }

    void pages_are_newest_first_across_shards_and_without_gaps() {
        constexpr unsigned shards = 5;
        const auto store = open(shards);
        std::set<std::string> all;
        for (int i = 0; i < 57; ++i) {
            // Several at the same instant: the id decides.
            auto stored = store->insert(video(i / 3, "owner" + std::to_string(i % 11), shards));
            QVERIFY(stored);
            all.insert(stored->id.value);
        }
        std::set<std::string> seen;
        std::string cursor;
        core::WallTime last = core::WallTime::max();
        int pages = 0;
        do {
            const auto page = store->list(cursor, 10);
            QVERIFY(page);
            for (const Video& item : page->items) {
                QVERIFY(item.created_at <= last);
                last = item.created_at;
                QVERIFY(seen.insert(item.id.value).second);
            }
            cursor = page->next;
            ++pages;
        } while (!cursor.empty());
        QCOMPARE(pages, 6);
        QCOMPARE(seen, all);
    }

    void bad_pages_and_ids_are_refused() {
        const auto store = open();
        QCOMPARE(store->list("", 0).error().code, Errc::invalid_argument);
        QCOMPARE(store->list("", 101).error().code, Errc::invalid_argument);
        for (const std::string cursor : {"x", "1", ".a", "99999999999999999999.a", "1 .a"})
            QCOMPARE(store->list(cursor, 1).error().code, Errc::invalid_argument);
        for (const std::string id :
             {"", "x", "../../etc/passwd00", "zz0000000000000000", "000000000000000000"})
            QCOMPARE(store->get(storage::VideoId(id)).error().code, Errc::not_found);
    }
};

QTEST_GUILESS_MAIN(TstMetadataStore)
#include "tst_metadata_store.moc"
