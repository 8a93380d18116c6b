// What is turned away before anybody waits for it, and why.

#include <QtTest>
#include <random>

#include "media/probe.hpp"
#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;
using core::Errc;

class TestProbe : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        TitleSpec spec;
        spec.duration_s = 6;
        spec.width = 320;
        spec.height = 240;
        spec.fps = 25;
        title_ = test::make_title(folder_, "title.mp4", spec);
        QVERIFY(!title_.empty());
        bytes_ = core::read_file(title_).value();
    }

    void describes_a_title() {
        const auto info = probe(title_);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->duration_s, 6.0);
        QCOMPARE(info->width, 320);
        QCOMPARE(info->height, 240);
        QCOMPARE(info->frame_rate, 25.0);
        QCOMPARE(info->video_codec, std::string("h264"));
        QCOMPARE(info->audio_codec, std::string("aac"));
        QCOMPARE(info->audio_channels, 2);
        QCOMPARE(info->audio_rate_hz, 48'000);
        QCOMPARE(info->pixel_format, std::string("yuv420p"));
        QCOMPARE(info->bit_depth, 8);
        QCOMPARE(info->size_bytes, std::uint64_t(bytes_.size()));
    }

    void what_is_no_video_is_refused_with_a_reason_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("reason");
        QTest::newRow("empty") << QByteArray() << "the file is empty";
        QTest::newRow("text") << QByteArray("This is not a film.\n").repeated(100) << "not a video file";
        QTest::newRow("zeros") << QByteArray(100'000, '\0') << "not a video file";
        QTest::newRow("playlist that names other files")
            << QByteArray("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/etc/passwd\n#EXT-X-ENDLIST\n")
            << "not a video file";
        QTest::newRow("script that names other files")
            << QByteArray("ffconcat version 1.0\nfile /etc/passwd\n") << "not a video file";
        QTest::newRow("a header alone")
            << QByteArray::fromStdString(bytes_.substr(0, 40)) << "cut off before its index";
        QTest::newRow("cut off at 40 %")
            << QByteArray::fromStdString(bytes_.substr(0, bytes_.size() * 2 / 5)) << "the file is truncated";
        QTest::newRow("cut off at 80 %")
            << QByteArray::fromStdString(bytes_.substr(0, bytes_.size() * 4 / 5)) << "the file is truncated";
    }
    void what_is_no_video_is_refused_with_a_reason() {
        QFETCH(QByteArray, content);
        QFETCH(QString, reason);
        const auto path = folder_.path("upload");
        QVERIFY(core::write_file_atomically(path, content.toStdString()));
        const auto info = probe(path);
        QVERIFY(!info);
        QVERIFY2(info.error().code == Errc::unprocessable, info.error().message.c_str());
        QVERIFY2(QString::fromStdString(info.error().message).contains(reason), info.error().message.c_str());
    }

    void what_ffmpeg_makes_but_nobody_can_watch_data() {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("reason");
        QTest::newRow("sound alone") << "-f lavfi -i sine=duration=1"
                                     << "sound.m4a"
                                     << "sound but no moving picture";
        QTest::newRow("sound with a cover")
            << "-f lavfi -i sine=duration=1 -f lavfi -i color=size=64x64:duration=0.04 "
               "-map 0 -map 1 -c:v mjpeg -disposition:v attached_pic"
            << "cover.m4a"
            << "sound but no moving picture";
        QTest::newRow("a picture") << "-f lavfi -i color=size=64x64 -frames:v 1"
                                   << "still.png"
                                   << "not a video file";
        QTest::newRow("too wide") << "-f lavfi -i color=size=8400x16 -frames:v 2 -c:v ffv1"
                                  << "wide.mkv"
                                  << "larger than 8192";
        QTest::newRow("too small") << "-f lavfi -i color=size=8x8 -frames:v 2 -c:v ffv1"
                                   << "small.mkv"
                                   << "too small";
        QTest::newRow("too long")
            << "-f lavfi -i color=size=64x64:rate=1:duration=2 -vf setpts=PTS*50000 -vsync vfr"
            << "long.mkv"
            << "beyond the limit";
    }
    void what_ffmpeg_makes_but_nobody_can_watch() {
        if (!test::have_ffmpeg()) QSKIP("no ffmpeg here");
        QFETCH(QString, arguments);
        QFETCH(QString, name);
        QFETCH(QString, reason);
        const auto path = folder_.path(name.toStdString());
        std::vector<std::string> list;
        for (const auto& argument : arguments.split(' ')) list.push_back(argument.toStdString());
        list.push_back(path.string());
        QVERIFY(test::ffmpeg(list));
        const auto info = probe(path);
        QVERIFY(!info);
        QVERIFY2(info.error().code == Errc::unprocessable, info.error().message.c_str());
        QVERIFY2(QString::fromStdString(info.error().message).contains(reason), info.error().message.c_str());
    }

    void a_cut_off_matroska_is_noticed() {
        if (!test::have_ffmpeg()) QSKIP("no ffmpeg here");
        const auto path = folder_.path("whole.mkv");
        QVERIFY(test::ffmpeg({"-i", title_.string(), "-c", "copy", path.string()}));
        QVERIFY(probe(path));
        const std::string whole = core::read_file(path).value();
        QVERIFY(core::write_file_atomically(path, std::string_view(whole).substr(0, whole.size() / 2)));
        const auto info = probe(path);
        QVERIFY(!info);
        QVERIFY2(QString::fromStdString(info.error().message).contains("truncated"),
                 info.error().message.c_str());
    }

    void what_cannot_be_read_is_another_matter() {
        QVERIFY(probe(folder_.path("nowhere.mp4")).error().code == Errc::not_found);
        QVERIFY(probe(folder_.path("")).error().code == Errc::unprocessable);  // a folder
    }

    void limits_are_the_callers() {
        ProbeLimits limits;
        limits.max_duration_s = 5;
        QVERIFY(probe(title_, limits).error().code == Errc::unprocessable);
        limits = {};
        limits.time = core::Seconds(0);
        const auto hurried = probe(title_, limits);
        QVERIFY(!hurried);
        QVERIFY(hurried.error().code == Errc::unprocessable);
    }

    void damaged_bytes_anywhere_never_do_harm() {
        std::mt19937_64 random(11);
        const auto path = folder_.path("mutated");
        for (int round = 0; round < 150; ++round) {
            std::string mutated = bytes_;
            // Half of the damage goes where the structure is.
            for (int edit = 0; edit < 30; ++edit) {
                const std::size_t within =
                    round % 2 ? mutated.size() : std::min<std::size_t>(mutated.size(), 6'000);
                mutated[random() % within] = char(random());
            }
            QVERIFY(core::write_file_atomically(path, mutated));
            const auto info = probe(path);
            if (info) {
                QVERIFY(info->width > 0 && info->width <= 8192 && info->duration_s > 0);
            } else {
                QVERIFY2(info.error().code == Errc::unprocessable, info.error().message.c_str());
                QVERIFY(!info.error().message.empty());
            }
        }
    }

private:
    test::Folder folder_;
    std::filesystem::path title_;
    std::string bytes_;
};

QTEST_GUILESS_MAIN(TestProbe)
#include "tst_probe.moc"
