#include "storage/object_store.hpp"

#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <fstream>

using namespace qd;
using core::Errc;
namespace fs = std::filesystem;

class TstObjectStore : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    core::SeededRandom random_{1};
    std::unique_ptr<storage::ObjectStore> store_;

    fs::path root() const { return fs::path(folder_.path().toStdString()) / "objects"; }
    fs::path write(const fs::path& path, const std::string& content) const {
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    fs::path incoming(const std::string& content) const {
        return write(fs::path(folder_.path().toStdString()) / "incoming", content);
    }
    static std::string content(const storage::StoredObject& object) {
        std::string bytes(object.size, '\0');
        if (::pread(object.file->get(), bytes.data(), bytes.size(), 0) != ssize_t(bytes.size())) return "?";
        return bytes;
    }

private slots:
    void init() {
        fs::remove_all(root());
        auto store = storage::open_file_object_store(root(), random_);
        QVERIFY(store);
        store_ = std::move(*store);
    }

    void a_file_is_taken_over_and_read_back() {
        const auto from = incoming("hello");
        QVERIFY(store_->put("media/a/seg.m4s", from));
        QVERIFY(!fs::exists(from));
        const auto object = store_->open("media/a/seg.m4s");
        QVERIFY(object);
        QCOMPARE(content(*object), std::string("hello"));
        QCOMPARE(store_->open("media/a/none").error().code, Errc::not_found);
        QCOMPARE(store_->open("media/a").error().code, Errc::not_found);
    }

    void a_file_from_another_file_system_is_copied() {
        const fs::path elsewhere = "/dev/shm";
        if (!fs::exists(elsewhere)) QSKIP("there is no second file system");
        const auto from = write(elsewhere / ("qd-object-" + random_.hex(8)), std::string(3 << 20, 'x'));
        const auto stored = store_->put("source/b", from);
        const bool left = fs::remove(from);
        QVERIFY(stored);
        QVERIFY(!left);
        QCOMPARE(store_->open("source/b")->size, std::uint64_t(3 << 20));
    }

    void readers_keep_what_they_opened() {
        QVERIFY(store_->put("a/b", incoming("old")));
        const auto old = store_->open("a/b");
        QVERIFY(store_->put("a/b", incoming("newer")));
        const auto newer = store_->open("a/b");
        QVERIFY(store_->remove("a"));
        QCOMPARE(content(*old), std::string("old"));
        QCOMPARE(content(*newer), std::string("newer"));
        QVERIFY(old->version != newer->version);
        QCOMPARE(store_->open("a/b").error().code, Errc::not_found);
    }

    void what_was_put_for_later_is_there_at_once() {
        QVERIFY(store_->put("media/a/1", incoming("one"), storage::Durability::later));
        QCOMPARE(content(*store_->open("media/a/1")), std::string("one"));
        QVERIFY(store_->sync("media/a"));
        QVERIFY(store_->sync("media/a/1"));
        QVERIFY(store_->sync("nothing"));
    }

    void a_prefix_is_listed_and_removed_without_its_neighbours() {
        for (const char* key : {"media/a/1", "media/a/x/2", "media/ab/3"})
            QVERIFY(store_->put(key, incoming("123")));
        const auto found = store_->list("media/a");
        QVERIFY(found);
        QCOMPARE(found->size(), 2u);
        QCOMPARE(found->at(0).key, std::string("media/a/1"));
        QCOMPARE(found->at(1).key, std::string("media/a/x/2"));
        QCOMPARE(found->at(1).size, 3u);
        QCOMPARE(store_->list("media", 1)->size(), 1u);
        QCOMPARE(*store_->children("media"), (std::vector<std::string>{"a", "ab"}));
        QCOMPARE(store_->children("media", 1)->size(), 1u);
        QCOMPARE(store_->children("nothing")->size(), 0u);
        QVERIFY(store_->remove("media/a"));
        QVERIFY(store_->remove("media/a"));
        QCOMPARE(store_->list("media")->size(), 1u);
        QCOMPARE(store_->list("nothing")->size(), 0u);
    }

    void what_cannot_be_stored_stays_where_it_was() {
        QVERIFY(store_->put("a", incoming("a file, not a folder")));
        const auto from = incoming("kept");
        QVERIFY(!store_->put("a/b", from));
        QVERIFY(fs::exists(from));
        QVERIFY(!store_->put("c", from.string() + "-missing"));
        QCOMPARE(store_->open("c").error().code, Errc::not_found);
    }

    void keys_that_lead_elsewhere_are_refused_data() {
        QTest::addColumn<QByteArray>("key");
        for (const char* key : {"", "/", "/a", "a/", "a//b", "..", "a/../b", "a/.b", ".incoming/x", "a b",
                                "a\\b", "ä", "1/2/3/4/5/6/7/8/9"})
            QTest::addRow("%s", key) << QByteArray(key);
        QTest::addRow("zero byte") << QByteArray("a\0b", 3);
        QTest::addRow("long") << QByteArray(257, 'a');
    }
    void keys_that_lead_elsewhere_are_refused() {
        QFETCH(QByteArray, key);
        const std::string text = key.toStdString();
        QCOMPARE(storage::check_object_key(text).error().code, Errc::invalid_argument);
        QCOMPARE(store_->open(text).error().code, Errc::invalid_argument);
        QCOMPARE(store_->remove(text).error().code, Errc::invalid_argument);
        QVERIFY(storage::check_object_key("media/00abc/720p/seg_00001.m4s"));
    }
};

QTEST_GUILESS_MAIN(TstObjectStore)
#include "tst_object_store.moc"
