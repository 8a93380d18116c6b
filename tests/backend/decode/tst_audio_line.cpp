#include <QtTest>

#include "decode/audio_line.hpp"
#include "decode/media_clock.hpp"
#include "decode/picture.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::decode;

namespace {
core::SteadyTime at(double seconds) {
    return core::SteadyTime(std::chrono::duration_cast<core::SteadyTime::duration>(Seconds(1000 + seconds)));
}

class Device final : public AudioSink {
public:
    bool start() override { return there; }
    std::size_t write(std::span<const std::int16_t> samples) override {
        const std::size_t frames = std::min(room, samples.size() / 2);
        heard.insert(heard.end(), samples.begin(), samples.begin() + std::ptrdiff_t(frames * 2));
        room -= frames;
        return frames;
    }
    std::optional<Seconds> played() const override { return position; }
    void pause() override { paused = true; }
    void resume() override { paused = false; }
    void flush() override { heard.clear(); }
    void stop() override {}

    bool there = true, paused = false;
    std::size_t room = 1'000'000;
    std::vector<std::int16_t> heard;
    std::optional<Seconds> position;
};

SoundChunk chunk(double from, double duration, std::int16_t value) {
    return {Seconds(from), std::vector<std::int16_t>(std::size_t(duration * audio_rate_hz + 0.5) * 2, value)};
}
SoundChunk tone(double from, double duration, double hz) {
    SoundChunk sound = chunk(from, duration, 0);
    for (std::size_t i = 0; i < sound.samples.size() / 2; ++i) {
        const double at = from + double(i) / audio_rate_hz;
        sound.samples[2 * i] = sound.samples[2 * i + 1] =
            std::int16_t(10'000 * std::sin(6.283185307 * hz * at));
    }
    return sound;
}
double length(const Device& device) {
    return double(device.heard.size() / 2) / audio_rate_hz;
}
}  // namespace

class TestAudioLine : public QObject {
    Q_OBJECT
private slots:
    void holes_are_silent_and_overlaps_are_cut() {
        Device device;
        AudioLine line(&device);
        line.begin_at(Seconds(10));
        line.push(chunk(9.5, 1, 1));     // half of it lies before
        line.push(chunk(10.7, 0.3, 2));  // a hole of 0.2 s
        line.push(chunk(10.9, 0.2, 3));  // 0.1 s twice
        line.feed(at(0));
        QVERIFY(qAbs(length(device) - 1.1) < 1e-3);
        const auto value = [&](double position) {
            return device.heard[std::size_t((position - 10) * audio_rate_hz) * 2];
        };
        QCOMPARE(value(10.2), std::int16_t(1));
        QCOMPARE(value(10.6), std::int16_t(0));
        QCOMPARE(value(10.8), std::int16_t(2));
        QCOMPARE(value(11.05), std::int16_t(3));
        QVERIFY(line.empty() && line.queued() == Seconds(0));
    }

    void a_full_device_gets_the_rest_later() {
        Device device;
        device.room = 1000;
        AudioLine line(&device);
        line.begin_at(Seconds(0));
        line.push(chunk(0, 0.1, 5));
        line.feed(at(0));
        QCOMPARE(device.heard.size(), std::size_t(2000));
        QVERIFY(line.queued() > Seconds(0.07));
        device.room = 100'000;
        line.feed(at(0.02));
        QVERIFY(qAbs(length(device) - 0.1) < 1e-4);
    }

    void what_is_heard_is_where_we_are() {
        Device device;
        AudioLine line(&device);
        line.begin_at(Seconds(5));
        QVERIFY(!line.heard(at(0)));
        line.push(chunk(5, 2, 1));
        line.feed(at(0));
        QVERIFY(!line.heard(at(0)));  // the device has not begun
        device.position = Seconds(0.25);
        QCOMPARE(line.heard(at(0.3))->at.count(), 5.25);
        device.position = Seconds(0.5);
        QCOMPARE(line.heard(at(0.6))->at.count(), 5.5);
        QVERIFY(line.heard(at(1.5)));   // still believed
        QVERIFY(!line.heard(at(1.7)));  // it stands still with something to play: dead
        device.position = Seconds(0.6);
        QVERIFY(line.heard(at(1.8)));  // alive again
        device.position = Seconds(9);
        line.heard(at(2));
        QVERIFY(!line.heard(at(2.1)));  // nothing left to play
    }

    void no_device_takes_nothing() {
        Device device;
        device.there = false;
        AudioLine line(&device), none(nullptr);
        QVERIFY(line.usable() && !none.usable());
        line.push(chunk(0, 1, 1));
        line.feed(at(0));
        QVERIFY(!line.usable());
        line.push(chunk(1, 1, 1));
        QVERIFY(line.empty());
    }

    void the_clock_follows_the_sound_within_reason() {
        MediaClock clock;
        clock.set(Seconds(100), at(0));
        QCOMPARE(clock.at(at(5)).count(), 100.0);
        clock.run(at(5));
        QVERIFY(qAbs(clock.at(at(6)).count() - 101) < 1e-9);
        QVERIFY(qAbs(Seconds(clock.when(Seconds(103)) - at(8)).count()) < 1e-6);
        clock.discipline(Seconds(100.8), at(6));  // apart: it jumps
        QVERIFY(qAbs(clock.at(at(6)).count() - 100.8) < 1e-9);
        clock.discipline(Seconds(500), at(6));  // nonsense
        QVERIFY(qAbs(clock.at(at(6)).count() - 100.8) < 1e-9);
        clock.halt(at(7));
        QVERIFY(qAbs(clock.at(at(70)).count() - 101.8) < 1e-9);
    }

    void the_clock_stays_with_a_device_that_runs_fast_and_reports_in_steps() {
        MediaClock clock;
        clock.set(Seconds(0), at(0));
        clock.run(at(0));
        double worst = 0, before = 0;
        for (int i = 1; i < 3000; ++i) {  // a minute of looks, 20 ms apart
            const double now = i * 0.02;
            const double device = now * 1.001;
            clock.discipline(Seconds(std::floor(device / 0.01) * 0.01), at(now));
            const double reading = clock.at(at(now)).count();
            QVERIFY(reading > before);  // never back
            before = reading;
            if (now > 2) worst = std::max(worst, qAbs(reading - device));
        }
        QVERIFY2(worst < 0.0106, qPrintable(QString::number(worst)));
    }

    void a_rate_holds_from_its_moment_on() {
        MediaClock clock;
        clock.set(Seconds(10), at(0));
        clock.run(at(0));
        clock.set_rate(2, at(1));
        QVERIFY(qAbs(clock.at(at(2)).count() - 13) < 1e-9);
        QVERIFY(qAbs(Seconds(clock.when(Seconds(15)) - at(3)).count()) < 1e-6);
        clock.set_rate(0.25, at(3));
        QVERIFY(qAbs(clock.at(at(7)).count() - 16) < 1e-9);
    }

    void another_rate_keeps_the_pitch_and_takes_the_time_it_should_data() {
        QTest::addColumn<double>("rate");
        for (const double rate : {0.25, 0.5, 0.9, 1.25, 2.0, 4.0}) QTest::addRow("%.2f", rate) << rate;
    }
    void another_rate_keeps_the_pitch_and_takes_the_time_it_should() {
        QFETCH(double, rate);
        Device device;
        AudioLine line(&device);
        line.set_rate(rate);
        line.begin_at(Seconds(7));
        for (int i = 0; i < 40; ++i) line.push(tone(7 + i * 0.1, 0.1, 441));
        line.end_of_sound(true);
        line.feed(at(0));
        QVERIFY2(qAbs(length(device) - 4 / rate) < 0.1 / rate + 0.05,
                 qPrintable(QString::number(length(device))));
        // Crossings of zero in the middle two thirds.
        const std::size_t frames = device.heard.size() / 2, from = frames / 6, to = frames * 5 / 6;
        int crossings = 0;
        double energy = 0;
        for (std::size_t i = from; i < to; ++i) {
            crossings += device.heard[2 * i] < 0 && device.heard[2 * i + 2] >= 0;
            energy += double(device.heard[2 * i]) * device.heard[2 * i];
        }
        const double pitch = crossings / (double(to - from) / audio_rate_hz);
        QVERIFY2(qAbs(pitch - 441) < 6, qPrintable(QString::number(pitch)));
        QVERIFY(std::sqrt(energy / double(to - from)) > 0.6 * 7071);  // and is as loud
        // What is heard is told in media time.
        device.position = Seconds(2 / rate);
        const auto heard = line.heard(at(1));
        QVERIFY(heard && qAbs(heard->at.count() - 9) < 0.02);
        QCOMPARE(heard->rate, rate);
    }

    void a_change_of_rate_is_heard_when_the_device_comes_to_it() {
        Device device;
        AudioLine line(&device);
        line.begin_at(Seconds(0));
        for (int i = 0; i < 100; ++i) line.push(tone(i * 0.1, 0.1, 441));
        device.room = 48'000;
        line.feed(at(0));
        line.set_rate(2);
        device.room = 48'000;
        line.feed(at(0.1));
        line.set_rate(1);
        device.room = 48'000;
        line.feed(at(0.2));
        const auto heard = [&](double seconds) {
            device.position = Seconds(seconds);
            return *line.heard(at(seconds));
        };
        QCOMPARE(heard(0.9).rate, 1.0);
        QVERIFY(qAbs(heard(0.9).at.count() - 0.9) < 0.02);
        QCOMPARE(heard(1.5).rate, 2.0);
        QVERIFY(qAbs(heard(1.5).at.count() - 1.9) < 0.12);  // a chunk was on its way at rate 1
        QCOMPARE(heard(2.8).rate, 1.0);
        QVERIFY(qAbs(heard(2.8).at.count() - 3.7) < 0.12);
        // Without a click: a tone of this loudness moves by 600 a sample at most.
        int steepest = 0;
        for (std::size_t i = 1; i < device.heard.size() / 2; ++i)
            steepest = std::max(steepest, std::abs(device.heard[2 * i] - device.heard[2 * i - 2]));
        QVERIFY2(steepest < 1200, qPrintable(QString::number(steepest)));
    }

    void at_rate_one_every_sample_is_as_it_was() {
        Device device;
        AudioLine line(&device);
        line.begin_at(Seconds(0));
        const SoundChunk sound = tone(0, 1, 300);
        line.push(sound);
        line.feed(at(0));
        QVERIFY(device.heard == sound.samples);
        TimeStretch stretch;  // and the stretching itself changes nothing then
        stretch.push(sound.samples);
        std::vector<std::int16_t> out;
        while (stretch.next(1, out)) {
        }
        const std::vector<std::int16_t> rest = stretch.drain();
        out.insert(out.end(), rest.begin(), rest.end());
        QCOMPARE(out.size(), sound.samples.size());
        QVERIFY(out == sound.samples);
    }

    void pictures_keep_their_shape() {
        QCOMPARE(fit({1920, 1080}, {1, 1}, {960, 960}), (Size{960, 540}));
        QCOMPARE(fit({1080, 1920}, {1, 1}, {960, 960}), (Size{540, 960}));
        QCOMPARE(fit({720, 576}, {16, 15}, {768, 1000}), (Size{768, 576}));
        QCOMPARE(fit({640, 360}, {0, 1}, {0, 0}), (Size{640, 360}));
        QCOMPARE(fit({100'000, 10}, {1, 1}, {10, 10}), (Size{10, 1}));
        QCOMPARE(fit({1, 1}, {1, 1}, {100'000, 100'000}), (Size{8192, 8192}));
    }

    void any_format_is_scaled_and_nonsense_refused() {
        PictureScaler scaler;
        for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_RGB24,
                                           AV_PIX_FMT_NV12, AV_PIX_FMT_GRAY8}) {
            const media::Frame frame = media::make_frame();
            frame->width = 65;
            frame->height = 33;
            frame->format = format;
            QVERIFY(av_frame_get_buffer(frame.get(), 0) >= 0);
            for (int i = 0; i < 4 && frame->buf[i] != nullptr; ++i)
                memset(frame->buf[i]->data, 0x40, frame->buf[i]->size);
            const auto scaled = scaler.scale(*frame, {31, 31});
            QVERIFY(scaled.has_value());
            QCOMPARE(scaled->width, 31);
            QCOMPARE(scaled->pixels.get()[3], std::uint8_t(255));
        }
        const media::Frame empty = media::make_frame();
        QVERIFY(!scaler.scale(*empty, {10, 10}));
    }
};

QTEST_GUILESS_MAIN(TestAudioLine)
#include "tst_audio_line.moc"
