#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "backend/decode/stream_maker.hpp"
#include "decode/pipeline.hpp"
#include "hls/playlist.hpp"

using namespace qd;
using core::Seconds;
using test::StreamMaker;

namespace {

struct Shown {
    double at = 0;             // in pictures: streams with B pictures need not begin at 0
    std::uint64_t pixels = 0;  // a checksum

    bool operator==(const Shown&) const = default;
};

std::uint64_t checksum(const AVFrame& frame) {
    std::uint64_t sum = 0;
    for (int plane = 0; plane < 3; ++plane)
        for (int y = 0; y < frame.height >> (plane > 0); ++y) {
            const auto* row = reinterpret_cast<const char*>(frame.data[plane] + y * frame.linesize[plane]);
            sum = sum * 1'099'511'628'211u +
                  std::hash<std::string_view>{}({row, std::size_t(frame.width >> (plane > 0))});
        }
    return sum;
}

/// A stream in memory, and a pipeline that is fed from it.
class Reel {
public:
    explicit Reel(const StreamMaker::Wanted& wanted)
        : pipeline_(
              {3, false, false},
              {[this](player::Track track) { return pull(track); },
               [this](const decode::DecodedPicture& picture) { shown.push_back(shown_of(picture)); },
               {},
               {},
               {},
               [this](const decode::DecodedPicture& picture) { before.push_back(shown_of(picture)); }}) {
        const StreamMaker made(wanted);
        const auto list = hls::parse_media(test::read_text(wanted.folder / (wanted.name + ".m3u8")));
        if (!list) qFatal("the list");
        Seconds start{};
        for (const hls::Segment& listed : list->segments) {
            player::MediaSegment segment;
            segment.sequence = segments_.size();
            segment.start = start;
            segment.duration = listed.duration;
            segment.data = std::make_shared<const std::string>(test::read_text(wanted.folder / listed.uri));
            if (wanted.fragmented)
                segment.init = std::make_shared<const std::string>(
                    test::read_text(wanted.folder / (wanted.name + "-init.mp4")));
            start += listed.duration;
            segments_.push_back(segment);
        }
    }

    /// Goes on at the target, from the given segment, until so many pictures have come (all: 0).
    void go(const decode::Pipeline::Start& start, std::size_t segment, std::size_t count) {
        shown.clear();
        before.clear();
        next_ = segment;
        pipeline_.reset(start);
        for (int i = 0; i < 10'000 && (count == 0 || shown.size() < count); ++i) {
            const auto step = pipeline_.step({true, false, true});
            if (!step || *step == decode::Pipeline::Step::ended) return;
        }
    }
    const decode::StreamDecoder& decoder() const { return pipeline_.video_decoder(); }
    std::size_t pulled() const { return next_; }

    std::vector<Shown> shown, before;

private:
    static Shown shown_of(const decode::DecodedPicture& picture) {
        return {std::round(picture.at.count() * StreamMaker::fps), checksum(*picture.frame)};
    }
    player::Pull pull(player::Track track) {
        player::Pull pull;
        pull.state = player::PullState::ended;
        if (track == player::Track::audio || next_ >= segments_.size()) return pull;
        pull.state = player::PullState::segment;
        pull.segment = segments_[next_++];
        return pull;
    }

    std::vector<player::MediaSegment> segments_;
    std::size_t next_ = 0;
    decode::Pipeline pipeline_;
};

Seconds inside(const Shown& picture) {
    return Seconds((picture.at + 0.6) / StreamMaker::fps);
}

StreamMaker::Wanted wanted(const QTemporaryDir& folder, const std::string& video, const std::string& params,
                           bool fragmented) {
    StreamMaker::Wanted result;
    result.folder = folder.path().toStdString();
    result.name = "reel";
    result.video = video;
    result.video_params = params;
    result.fragmented = fragmented;
    result.seconds = 2;
    return result;
}

const std::string pyramid = "bframes=3:b-adapt=0:b-pyramid=normal:ref=4";

}  // namespace

class TestSeekExact : public QObject {
    Q_OBJECT
private slots:
    void a_seek_shows_the_very_pixels_that_playing_shows_data() {
        QTest::addColumn<QString>("video");
        QTest::addColumn<QString>("params");
        QTest::addColumn<bool>("fragmented");
        const auto row = [](const char* name, const char* video, const std::string& params, bool mp4) {
            QTest::newRow(name) << QString(video) << QString::fromStdString(params) << mp4;
        };
        row("pyramid, MP4", "libx264", pyramid, true);
        row("pyramid, MPEG-TS", "libx264", pyramid, false);
        row("plain B pictures", "libx264", "bframes=2:b-adapt=0:b-pyramid=none:ref=1", true);
        row("no B pictures", "libx264", "bframes=0", true);
        row("open groups", "libx264", pyramid + ":open-gop=1", true);
        row("fields", "libx264", pyramid + ":tff=1", true);
        row("slices", "libx264", pyramid + ":slices=4", true);
        row("HEVC", "libx265", "bframes=4:b-adapt=0:b-pyramid=1:open-gop=0", true);
        row("HEVC, open groups", "libx265", "bframes=4:b-adapt=0:b-pyramid=1:open-gop=1", true);
        row("VP9", "libvpx-vp9", "", true);
    }
    void a_seek_shows_the_very_pixels_that_playing_shows() {
        QFETCH(QString, video);
        QFETCH(QString, params);
        QFETCH(bool, fragmented);
        if (!StreamMaker::can(video.toStdString())) QSKIP("this FFmpeg does not encode it");
        const QTemporaryDir folder;
        Reel reel(wanted(folder, video.toStdString(), params.toStdString(), fragmented));
        reel.go({}, 0, 0);
        const std::vector<Shown> all = reel.shown;
        QCOMPARE(all.size(), std::size_t(2 * StreamMaker::fps));
        // Where a group is open, the pictures before its key picture need the group before: not in the
        // segment.
        const bool open = params.contains("open-gop=1");
        for (std::size_t i = 0; i < StreamMaker::fps + 5; ++i) {
            if (open && i % StreamMaker::fps > 19) continue;
            for (const std::uint64_t keep : {0u, 100'000u}) {
                if (keep > 0 && i % 3 != 0) continue;
                decode::Pipeline::Start start;
                start.target = inside(all[i]);
                start.before_bytes = keep;
                reel.go(start, i / StreamMaker::fps, 3);
                for (std::size_t k = 0; k < std::min<std::size_t>(all.size() - i, open ? 1 : 3); ++k)
                    QVERIFY2(k < reel.shown.size() && reel.shown[k] == all[i + k],
                             qPrintable(QString("target %1, picture %2").arg(i).arg(i + k)));
                const std::size_t in_group = i % StreamMaker::fps;
                if (keep > 0 && in_group > 0 && !open) QVERIFY(!reel.before.empty());
                for (std::size_t k = 0; k < reel.before.size(); ++k)
                    QCOMPARE(reel.before[k], all[i - reel.before.size() + k]);
            }
        }
    }

    void pictures_that_no_other_needs_are_left_out_up_to_the_last_of_a_segment() {
        const QTemporaryDir folder;
        Reel reel(wanted(folder, "libx264", pyramid, true));
        reel.go({}, 0, 0);
        const std::vector<Shown> all = reel.shown;
        for (const int target : {12, 23, 24}) {
            const auto before = reel.decoder().left_out_packets();
            decode::Pipeline::Start start;
            start.target = inside(all[std::size_t(target)]);
            reel.go(start, 0, 1);
            // Of each four pictures two are needed: one of three in a row of B pictures, and the next P.
            const auto left_out = double(reel.decoder().left_out_packets() - before);
            QVERIFY2(left_out >= target / 2.0 - 3 && left_out <= target / 2.0 + 1,
                     qPrintable(QString("target %1: %2 left out").arg(target).arg(left_out)));
        }
        const auto before = reel.decoder().left_out_packets();
        reel.go({}, 0, 0);
        QCOMPARE(reel.decoder().left_out_packets(), before);  // nothing of what is played
    }

    void the_last_picture_of_a_closed_group_does_not_wait_for_the_next_group() {
        const QTemporaryDir folder;
        Reel reel(wanted(folder, "libx264", pyramid, true));
        reel.go({}, 0, 0);
        const Shown last = reel.shown[24];
        const auto needed = [&] {
            return reel.decoder().decoded_packets() + reel.decoder().left_out_packets();
        };
        const auto before = needed();
        decode::Pipeline::Start start;
        start.target = inside(last);
        reel.go(start, 0, 1);
        QCOMPARE(reel.shown, std::vector<Shown>{last});
        QVERIFY2(needed() - before <= 26, qPrintable(QString::number(needed() - before)));
        QCOMPARE(reel.pulled(), std::size_t(2));
    }

    void behind_the_last_picture_that_one_stands() {
        const QTemporaryDir folder;
        Reel reel(wanted(folder, "libx264", pyramid, true));
        reel.go({}, 0, 0);
        const Shown last = reel.shown.back();
        const auto before = reel.decoder().left_out_packets();
        decode::Pipeline::Start start;
        start.target = Seconds(2.5);
        reel.go(start, 1, 1);
        QCOMPARE(reel.shown, std::vector<Shown>{last});
        QVERIFY(reel.decoder().left_out_packets() > before + 8);
    }
};

QTEST_GUILESS_MAIN(TestSeekExact)
#include "tst_seek_exact.moc"
