#include "services/video_json.hpp"

#include <QTest>
#include <nlohmann/json.hpp>

using namespace qd;
using nlohmann::json;

class TstVideoJson : public QObject {
    Q_OBJECT

private slots:
    void a_video_looks_as_on_the_wire() {
        storage::Video video;
        video.id = storage::VideoId("00abc");
        video.title = "Größe \"1\"";
        video.owner = "kim";
        video.created_at = core::WallTime(std::chrono::milliseconds(1'700'000'000'123));
        const json queued = json::parse(services::to_json(video));
        QCOMPARE(queued["state"].get<std::string>(), std::string("queued"));
        QVERIFY(queued["error"].is_null());
        QVERIFY(queued["poster"].is_null());
        QVERIFY(queued["renditions"].is_array());
        for (const char* field :
             {"id", "title", "owner", "progress", "duration_s", "width", "height", "frame_rate", "has_audio"})
            QVERIFY2(queued.contains(field), field);

        video.state = storage::VideoState::failed;
        video.error = {"unprocessable", "it is truncated"};
        video.has_poster = true;
        video.progress = 1.0 / 3;
        video.renditions = {{"240p", 426, 240, 300'000, "avc1.42c00d"}};
        const json failed = json::parse(services::to_json(video));
        QCOMPARE(failed["title"].get<std::string>(), std::string("Größe \"1\""));
        QCOMPARE(failed["error"]["code"].get<std::string>(), std::string("unprocessable"));
        QCOMPARE(failed["poster"].get<std::string>(), std::string("/media/00abc/poster.jpg"));
        QCOMPARE(failed["created_at"].get<std::string>(), std::string("2023-11-14T22:13:20.123Z"));
        QCOMPARE(failed["progress"].get<double>(), 0.333);
        QCOMPARE(failed["renditions"][0]["bandwidth"].get<int>(), 300'000);
    }

    void a_page_says_whether_there_is_more() {
        storage::VideoPage page;
        QVERIFY(json::parse(services::to_json(page))["next"].is_null());
        page.items.resize(2);
        page.next = "1.a";
        const json value = json::parse(services::to_json(page));
        QCOMPARE(value["items"].size(), 2u);
        QCOMPARE(value["next"].get<std::string>(), std::string("1.a"));
    }
};

QTEST_GUILESS_MAIN(TstVideoJson)
#include "tst_video_json.moc"
