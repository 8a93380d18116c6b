// A generated title through the whole encode, looked at as a player would.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <cmath>
#include <mutex>
#include <set>

#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;

namespace {

constexpr double title_s = 4.52;
constexpr int fps = 25;

}  // namespace

class TestEncode : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        TitleSpec spec;
        spec.duration_s = title_s;
        spec.width = 854;
        spec.height = 480;
        spec.fps = fps;
        source_ = test::make_title(folder_, "title.mp4", spec);
        QVERIFY(!source_.empty());
        output_ = folder_.path("out");
        auto job = test::make_job(source_, output_, {240, 360, 480, 720});
        EncodeHooks hooks;
        hooks.on_progress = [this](double share) { progress_.push_back(share); };
        hooks.on_playable = [this](const hls::MultivariantPlaylist& master) {
            ++playable_;
            early_ = master;
            // What is promised at this moment is there, and says that more will come.
            for (const char* rung : {"240p", "360p", "480p"}) {
                const auto text = core::read_file(output_ / rung / "index.m3u8");
                const auto playlist = hls::parse_media(text.value_or(""));
                early_ok_ = early_ok_ && playlist && playlist->type == hls::PlaylistType::event &&
                            !playlist->end_list && playlist->segments.size() >= 2 &&
                            playlist->start_offset == core::Seconds(0) &&
                            std::filesystem::exists(output_ / rung / "init.mp4") &&
                            std::filesystem::exists(output_ / rung / playlist->segments.back().uri);
            }
        };
        hooks.on_file = [this](const std::string& path) {
            announced_.insert(path);
            announced_ok_ = announced_ok_ && std::filesystem::exists(output_ / path);
        };
        auto title = encode(job, hooks);
        QVERIFY2(title, title ? "" : title.error().message.c_str());
        title_ = std::move(*title);
        for (const auto& rung : title_.rungs) seen_.push_back(test::read_rung(output_ / rung.rung.name));
    }

    void never_above_the_source() {
        QCOMPARE(title_.rungs.size(), std::size_t(3));
        QCOMPARE(title_.rungs[0].rung.name, std::string("240p"));
        QCOMPARE(title_.rungs[2].rung.name, std::string("480p"));
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            QCOMPARE(seen_[i].error, std::string());
            QCOMPARE(seen_[i].width, title_.rungs[i].rung.width);
            QCOMPARE(seen_[i].height, title_.rungs[i].rung.height);
        }
    }

    void every_frame_is_there_once_and_in_its_place() {
        for (const auto& rung : seen_) {
            const auto frames = rung.frames();
            QCOMPARE(frames.size(), std::size_t(std::lround(title_s * fps)));
            for (std::size_t i = 0; i < frames.size(); ++i) {
                QVERIFY2(frames[i].code,
                         qPrintable(QString("no code in frame %1 at %2p").arg(i).arg(rung.height)));
                QCOMPARE(*frames[i].code, std::uint32_t(i));
                QVERIFY(std::abs(frames[i].at_s - double(i) / fps) < 0.001);
            }
        }
    }

    void segments_begin_with_idr_pictures_at_the_same_times_in_all_rungs() {
        for (const auto& rung : seen_) {
            QCOMPARE(rung.segments.size(), std::size_t(5));
            double at_s = 0;
            for (std::size_t k = 0; k < rung.segments.size(); ++k) {
                const auto& frames = rung.segments[k];
                QVERIFY(!frames.empty());
                QVERIFY(frames.front().key);
                QCOMPARE(std::count_if(frames.begin(), frames.end(), [](const auto& f) { return f.key; }), 1);
                QVERIFY(std::abs(frames.front().at_s - at_s) < 0.001);
                QCOMPARE(rung.playlist.segments[k].duration, seen_[0].playlist.segments[k].duration);
                QVERIFY(std::lround(rung.playlist.segments[k].duration.count()) <=
                        long(rung.playlist.target_duration_s));
                at_s += rung.playlist.segments[k].duration.count();
            }
            QVERIFY(std::abs(at_s - title_s) < 0.03);
        }
    }

    void long_segments_can_be_entered_every_second() {
        const auto output = folder_.path("long");
        auto job = test::make_job(source_, output, {240, 360});
        job.segment_duration = core::Seconds(4);
        const auto title = encode(job, {});
        QVERIFY2(title, title ? "" : title.error().message.c_str());
        QCOMPARE(title->rungs.size(), std::size_t(2));
        for (const auto& rung : title->rungs) {
            const auto seen = test::read_rung(output / rung.rung.name);
            QCOMPARE(seen.error, std::string());
            QCOMPARE(seen.segments.size(), std::size_t(2));
            std::vector<double> keys;
            for (const auto& frame : seen.frames())
                if (frame.key) keys.push_back(frame.at_s);
            QCOMPARE(keys, (std::vector<double>{0, 1, 2, 3, 4}));
        }
    }

    void sound_runs_beside_the_picture() {
        for (const auto& rung : seen_) {
            QVERIFY(std::abs(rung.sound.front().begin_s) < 0.001);
            QVERIFY(std::abs(rung.sound.back().end_s - title_s) < 0.03);
            for (std::size_t k = 0; k < rung.sound.size(); ++k) {
                QVERIFY(std::abs(rung.sound[k].begin_s - double(k)) < 0.0225);
                if (k > 0) QVERIFY(std::abs(rung.sound[k].begin_s - rung.sound[k - 1].end_s) < 0.001);
            }
        }
    }

    void the_final_playlists_are_complete() {
        for (const auto& rung : seen_) {
            QVERIFY(rung.playlist.type == hls::PlaylistType::vod);
            QVERIFY(rung.playlist.end_list && rung.playlist.independent_segments);
            QVERIFY(!rung.playlist.start_offset);
        }
        const auto master = hls::parse_multivariant(core::read_file(output_ / "master.m3u8").value_or(""));
        QVERIFY(master);
        QVERIFY(master->independent_segments);
        QCOMPARE(master->variants.size(), std::size_t(3));
        QCOMPARE(master->variants[0].uri, std::string("/media/x/240p/index.m3u8"));
        for (std::size_t i = 0; i < master->variants.size(); ++i) {
            const auto& variant = master->variants[i];
            QCOMPARE(variant.bandwidth, title_.rungs[i].bandwidth.peak);
            QCOMPARE(variant.average_bandwidth.value(), title_.rungs[i].bandwidth.average);
            QVERIFY(variant.bandwidth >= *variant.average_bandwidth);
            QCOMPARE(variant.frame_rate.value(), 25.0);
            QVERIFY(variant.codecs.starts_with("avc1.64") && variant.codecs.ends_with(",mp4a.40.2"));
        }
    }

    void bandwidths_are_those_of_the_files() {
        for (const auto& rung : title_.rungs) {
            double bytes = 0;
            double peak = 0;
            for (const auto& segment : seen_[std::size_t(&rung - title_.rungs.data())].playlist.segments) {
                const double size =
                    double(std::filesystem::file_size(output_ / rung.rung.name / segment.uri));
                bytes += size;
                if (segment.duration.count() >= 0.5)
                    peak = std::max(peak, 8 * size / segment.duration.count());
            }
            QVERIFY(std::abs(double(rung.bandwidth.average) - 8 * bytes / title_.duration_s) < 2);
            QVERIFY(std::abs(double(rung.bandwidth.peak) - peak) < 2);
        }
    }

    void it_was_playable_before_it_was_complete() {
        QCOMPARE(playable_, 1);
        QVERIFY(early_ok_);
        QCOMPARE(early_.variants.size(), std::size_t(3));
        QVERIFY(!early_.variants[0].average_bandwidth);
        QVERIFY(early_.variants[0].bandwidth >= 450'000);
        QCOMPARE(early_.variants[0].codecs, title_.master.variants[0].codecs);
        QVERIFY(progress_.size() > 5);
        QVERIFY(std::is_sorted(progress_.begin(), progress_.end()));
        QCOMPARE(progress_.back(), 1.0);
    }

    void every_file_was_announced_once_complete() {
        QVERIFY(announced_ok_);
        QCOMPARE(announced_.size(), test::count_files(output_));
        QVERIFY(announced_.contains("poster.jpg"));
    }

    void the_poster_is_a_picture() {
        const auto poster = probe(output_ / "poster.jpg");
        QVERIFY(!poster);  // no video container: ours would refuse it as an upload
        const std::string bytes = core::read_file(output_ / "poster.jpg").value_or("");
        QVERIFY(bytes.starts_with("\xff\xd8\xff") && bytes.ends_with("\xff\xd9"));
        QVERIFY(bytes.size() > 2'000);
    }

    void another_reader_agrees() {
        if (QStandardPaths::findExecutable("ffprobe").isEmpty()) QSKIP("no ffprobe here");
        QProcess probe;
        probe.start("ffprobe", {"-v", "error", "-count_frames", "-show_streams", "-of", "json",
                                QString::fromStdString((output_ / "480p" / "index.m3u8").string())});
        QVERIFY(probe.waitForFinished(30'000));
        QCOMPARE(QString::fromUtf8(probe.readAllStandardError()), QString());
        const auto streams = QJsonDocument::fromJson(probe.readAllStandardOutput())["streams"].toArray();
        QCOMPARE(streams.size(), 2);
        const auto video = streams[0].toObject();
        QCOMPARE(video["codec_name"].toString(), QString("h264"));
        QCOMPARE(video["nb_read_frames"].toString().toInt(), int(std::lround(title_s * fps)));
        QVERIFY(std::abs(video["start_time"].toString().toDouble()) < 0.001);
        const auto audio = streams[1].toObject();
        QCOMPARE(audio["codec_name"].toString(), QString("aac"));
        QCOMPARE(audio["sample_rate"].toString(), QString("48000"));
        QVERIFY(std::abs(audio["start_time"].toString().toDouble()) < 0.001);
    }

private:
    test::Folder folder_;
    std::filesystem::path source_, output_;
    EncodedTitle title_;
    std::vector<test::SeenRung> seen_;
    std::vector<double> progress_;
    hls::MultivariantPlaylist early_;
    std::set<std::string> announced_;
    int playable_ = 0;
    bool early_ok_ = true;
    bool announced_ok_ = true;
};

QTEST_GUILESS_MAIN(TestEncode)
#include "tst_encode.moc"
