// What recordings do, one peculiarity at a time: made by the ffmpeg command line out of a title of ours,
// encoded, and compared by frame code and time with what went in.

#include <QtTest>
#include <cmath>

#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;

namespace {

constexpr int fps = 25;
constexpr double title_s = 2.4;
constexpr int title_frames = 60;

}  // namespace

class TestInputs : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        if (!test::have_ffmpeg()) QSKIP("no ffmpeg here");
        TitleSpec spec;
        spec.duration_s = title_s;
        spec.width = 320;
        spec.height = 240;
        spec.fps = fps;
        base_ = test::make_title(folder_, "base.mp4", spec).string();
        QVERIFY(!base_.empty());
    }

    void as_it_is() { expect_all_frames({"-c", "copy"}, "a.mp4"); }

    void rotated() {
        make({"-c", "copy", "-metadata:s:v:0", "rotate=90"}, "rotated.mp4");
        QCOMPARE(title_.source.rotation_deg, 270);  // clockwise; the tag counts the other way
        QCOMPARE(title_.source.width, 240);
        QCOMPARE(title_.source.height, 320);
        std::vector<std::optional<std::uint32_t>> codes;
        // Turned back, the code is along the top edge again.
        const auto rung = test::read_rung(output(), [&codes](const AVFrame& frame) {
            std::vector<std::uint8_t> upright(std::size_t(frame.width) * std::size_t(frame.height));
            for (int y = 0; y < frame.width; ++y)
                for (int x = 0; x < frame.height; ++x)
                    upright[std::size_t(y * frame.height + x)] =
                        frame.data[0][(frame.height - 1 - x) * frame.linesize[0] + y];
            codes.push_back(read_frame_code({upright.data(), frame.height, frame.width, frame.height}));
        });
        QCOMPARE(rung.width, 180);
        QCOMPARE(rung.height, 240);
        QCOMPARE(codes.size(), std::size_t(title_frames));
        for (std::size_t i = 0; i < codes.size(); ++i) QCOMPARE(codes[i].value_or(999), std::uint32_t(i));
    }

    void variable_frame_rate() {
        make({"-vf", "select='not(eq(mod(n,5),3))*not(between(n,20,27))'", "-vsync", "vfr"}, "vfr.mp4");
        std::vector<std::uint32_t> kept;
        for (std::uint32_t n = 0; n < title_frames; ++n)
            if (n % 5 != 3 && !(n >= 20 && n <= 27)) kept.push_back(n);
        const auto frames = seen().frames();
        QCOMPARE(frames.size(), kept.size());
        for (std::size_t i = 0; i < kept.size(); ++i) {
            QCOMPARE(frames[i].code.value_or(999), kept[i]);
            QVERIFY(std::abs(frames[i].at_s - double(kept[i]) / fps) < 0.002);
        }
        QVERIFY(title_.frame_rate < 22);
    }

    void odd_sizes() {
        expect_all_frames({"-vf", "scale=321:243", "-c:v", "ffv1", "-c:a", "copy"}, "odd.mkv");
        QCOMPARE(title_.rungs[0].rung.width % 2, 0);
        QCOMPARE(title_.rungs[0].rung.height, 240);
    }

    void no_sound() {
        expect_all_frames({"-c:v", "copy", "-an"}, "silent.mp4", false);
        QVERIFY(!title_.source.has_audio);
        QVERIFY(title_.rungs[0].codecs.find("mp4a") == std::string::npos);
    }

    void mono_and_slow() {
        expect_all_frames({"-c:v", "copy", "-ac", "1", "-ar", "22050", "-c:a", "aac"}, "mono.mp4");
    }

    void surround() {
        expect_all_frames({"-c:v", "copy", "-ac", "6", "-c:a", "aac"}, "surround.mp4");
        QCOMPARE(title_.source.audio_channels, 6);
    }

    void ten_bits() {
        expect_all_frames(
            {"-pix_fmt", "yuv420p10le", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy"}, "10.mp4");
        QCOMPARE(title_.source.bit_depth, 10);
        QCOMPARE(seen().pixel_format, AV_PIX_FMT_YUV420P);
    }

    void pixels_that_are_not_square() {
        expect_all_frames({"-vf", "setsar=16/11", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy"},
                          "sar.mp4");
        QCOMPARE(title_.source.width, 465);
        QCOMPARE(title_.rungs[0].rung.width, 466);
    }

    void interlaced() {
        expect_all_frames({"-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ilme+ildct", "-x264-params",
                           "tff=1", "-c:a", "copy"},
                          "interlaced.mp4");
    }

    void timestamps_that_begin_late() {
        expect_all_frames(
            {"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-output_ts_offset", "3600"},
            "late.ts");
    }

    void faster_than_sixty() {
        make({"-vf", "setpts=PTS/5", "-r", "125", "-af", "atempo=2,atempo=2,atempo=1.25",
              "-video_track_timescale", "16000"},
             "fast.mp4");
        QVERIFY(title_.source.frame_rate > 120);
        const auto frames = seen().frames();
        QVERIFY(frames.size() >= 28 && frames.size() <= 31);
        QVERIFY(title_.frame_rate <= 60);
    }

    void one_frame() {
        make({"-frames:v", "1", "-an", "-c:v", "copy"}, "one.mp4");
        QCOMPARE(seen().frames().size(), std::size_t(1));
        QCOMPARE(seen().segments.size(), std::size_t(1));
    }

    void sound_that_goes_on_is_heard_over_the_last_picture() {
        const auto path = folder_.path("goes-on.mp4").string();
        QVERIFY(test::ffmpeg({"-i", base_, "-f", "lavfi", "-i", "sine=duration=4.7:sample_rate=44100", "-map",
                              "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", path}));
        encode_it(path);
        QVERIFY(std::abs(title_.duration_s - 4.7) < 0.06);
        const auto rung = seen();
        QCOMPARE(rung.segments.size(), std::size_t(5));
        QCOMPARE(rung.segments[3].front().code.value_or(0), std::uint32_t(title_frames - 1));
        QVERIFY(std::abs(rung.sound.back().end_s - 4.7) < 0.06);
    }

    void sound_that_ends_early_or_begins_late_is_silence_there() {
        const auto path = folder_.path("late-sound.mp4").string();
        QVERIFY(test::ffmpeg({"-i", base_, "-itsoffset", "0.7", "-f", "lavfi", "-i", "sine=duration=0.8",
                              "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", path}));
        encode_it(path);
        check_all_frames(true);
    }

    void a_recorder_that_began_anew_with_another_size() {
        const auto first = folder_.path("first.ts").string();
        const auto second = folder_.path("second.ts").string();
        QVERIFY(test::ffmpeg({"-i", base_, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", first}));
        QVERIFY(test::ffmpeg({"-i", base_, "-vf", "scale=640:360", "-c:v", "libx264", "-preset", "ultrafast",
                              "-c:a", "aac", second}));
        const auto both = folder_.path("both.ts");
        const std::string bytes = core::read_file(first).value_or("") + core::read_file(second).value_or("");
        QVERIFY(core::write_file_atomically(both, bytes));
        encode_it(both.string());
        QVERIFY(std::abs(title_.duration_s - 2 * title_s) < 0.3);
        const auto rung = seen();
        QCOMPARE(rung.error, std::string());
        QVERIFY(rung.frames().size() >= 2 * title_frames - 4);
        QCOMPARE(rung.height, 240);
    }

    void a_browser_recording_has_no_duration() {
        expect_all_frames({"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-live", "1"},
                          "live.mkv");
        QVERIFY(std::abs(title_.source.duration_s - title_s) < 0.1);
    }

    void a_few_damaged_packets_are_tolerated() {
        const auto path = folder_.path("damaged.ts");
        QVERIFY(test::ffmpeg({"-i", base_, "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-c:a",
                              "aac", path.string()}));
        std::string bytes = core::read_file(path).value_or("");
        for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3'000; i += 7) bytes[i] = char(i);
        QVERIFY(core::write_file_atomically(path, bytes));
        encode_it(path.string());
        QVERIFY(std::abs(title_.duration_s - title_s) < 0.3);
    }

private:
    std::filesystem::path output() const { return folder_.path("out") / title_.rungs.at(0).rung.name; }
    test::SeenRung seen() const { return test::read_rung(output()); }

    void encode_it(const std::string& path) {
        auto title = encode(test::make_job(path, folder_.path("out")));
        QVERIFY2(title, title ? "" : title.error().message.c_str());
        title_ = std::move(*title);
    }

    void make(std::vector<std::string> arguments, const std::string& name) {
        const auto path = folder_.path(name).string();
        arguments.insert(arguments.begin(), {"-i", base_});
        arguments.push_back(path);
        QVERIFY(test::ffmpeg(arguments));
        encode_it(path);
    }

    void check_all_frames(bool sound) {
        const auto rung = seen();
        QCOMPARE(rung.error, std::string());
        const auto frames = rung.frames();
        QCOMPARE(frames.size(), std::size_t(title_frames));
        for (std::size_t i = 0; i < frames.size(); ++i) {
            QCOMPARE(frames[i].code.value_or(999), std::uint32_t(i));
            QVERIFY2(std::abs(frames[i].at_s - double(i) / fps) < 0.025,
                     qPrintable(QString::number(frames[i].at_s)));
        }
        QCOMPARE(rung.segments.size(), std::size_t(3));
        QVERIFY(std::abs(title_.duration_s - title_s) < 0.07);
        if (sound)
            QVERIFY(std::abs(rung.sound.back().end_s - title_.duration_s) < 0.03);
        else
            QCOMPARE(rung.sound.back().begin_s, -1.0);
    }

    void expect_all_frames(std::vector<std::string> arguments, const std::string& name, bool sound = true) {
        make(std::move(arguments), name);
        if (!QTest::currentTestFailed()) check_all_frames(sound);
    }

    test::Folder folder_;
    std::string base_;
    EncodedTitle title_;
};

QTEST_GUILESS_MAIN(TestInputs)
#include "tst_inputs.moc"
