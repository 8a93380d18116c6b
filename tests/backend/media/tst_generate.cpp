#include <QtTest>

#include "media/probe.hpp"
#include "media/source.hpp"
#include "media/timecode.hpp"
#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;

namespace {

/// The frame codes and mean colours of a whole file.
struct Seen {
    std::vector<std::optional<std::uint32_t>> codes;
    std::vector<double> luma;
};

Seen decode(const std::filesystem::path& path) {
    Seen seen;
    auto source = Source::open(path, {}, 1 << 20);
    if (!source) return seen;
    AVStream* video = source->video();
    source->select_only(video);
    auto decoder = open_decoder(video, 1, 0);
    const Packet packet = make_packet();
    const Frame frame = make_frame();
    bool more = true;
    while (more) {
        more = source->read(packet.get()) >= 0;
        avcodec_send_packet(decoder->get(), more ? packet.get() : nullptr);
        av_packet_unref(packet.get());
        while (avcodec_receive_frame(decoder->get(), frame.get()) >= 0) {
            seen.codes.push_back(
                read_frame_code({frame->data[0], frame->width, frame->height, frame->linesize[0]}));
            double sum = 0;
            for (int y = frame->height / 4; y < frame->height / 2; ++y)
                for (int x = 0; x < frame->width; ++x) sum += frame->data[0][y * frame->linesize[0] + x];
            seen.luma.push_back(sum);
        }
    }
    return seen;
}

}  // namespace

class TestGenerate : public QObject {
    Q_OBJECT
private slots:
    void every_kind_moves_and_counts_data() {
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind < title_kinds; ++kind)
            QTest::newRow(std::string(to_string(TitleKind(kind))).c_str()) << kind;
    }
    void every_kind_moves_and_counts() {
        QFETCH(int, kind);
        TitleSpec spec;
        spec.kind = TitleKind(kind);
        spec.duration_s = 1;
        spec.width = 426;
        spec.height = 240;
        spec.fps = 24;
        spec.seed = 5;
        const auto path = test::make_title(folder_, "title.mp4", spec);
        QVERIFY(!path.empty());
        const auto info = probe(path);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        QCOMPARE(info->duration_s, 1.0);
        QCOMPARE(info->width, 426);
        QCOMPARE(info->frame_rate, 24.0);
        QVERIFY(info->has_audio);
        const Seen seen = decode(path);
        QCOMPARE(seen.codes.size(), std::size_t(24));
        for (std::size_t i = 0; i < seen.codes.size(); ++i)
            QCOMPARE(seen.codes[i].value_or(99), std::uint32_t(i));
        QVERIFY(*std::max_element(seen.luma.begin(), seen.luma.end()) >
                *std::min_element(seen.luma.begin(), seen.luma.end()));
    }

    void names_read_back() {
        for (int kind = 0; kind < title_kinds; ++kind)
            QVERIFY(parse_title_kind(to_string(TitleKind(kind))) == TitleKind(kind));
        QVERIFY(!parse_title_kind("cat videos"));
    }

    void nonsense_is_refused_and_nothing_is_left() {
        TitleSpec spec;
        spec.width = 33;
        const auto path = folder_.path("refused.mp4");
        QVERIFY(generate_title(spec, path).error().code == core::Errc::invalid_argument);
        spec = {};
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(generate_title(spec, path, stop.get_token()).error().code == core::Errc::cancelled);
        QVERIFY(!std::filesystem::exists(path));
        QVERIFY(!std::filesystem::exists(path.string() + ".part"));
        QVERIFY(!generate_title(spec, folder_.path("no/such/folder.mp4")));
    }

    void timecodes_count_frames() {
        QCOMPARE(timecode(0, 30), std::string("00:00:00:00"));
        QCOMPARE(timecode(30 * 3'725 + 7, 30), std::string("01:02:05:07"));
    }

    void frame_codes_survive_noise_but_not_grey() {
        std::vector<std::uint8_t> pixels(426 * 240, 128);
        const MutableLuma luma{pixels.data(), 426, 240, 426};
        QVERIFY(!read_frame_code({pixels.data(), 426, 240, 426}));
        for (const std::uint32_t number : {0u, 1u, 0x00aaaaaau, 0x00ffffffu, 0x01000003u}) {
            write_frame_code(luma, number);
            for (std::size_t i = 0; i < pixels.size(); ++i)
                pixels[i] = std::uint8_t(std::clamp(int(pixels[i]) + int(i * 7919 % 41) - 20, 0, 255));
            QCOMPARE(read_frame_code({pixels.data(), 426, 240, 426}).value_or(7), number & 0x00ffffffu);
        }
        QVERIFY(!read_frame_code({pixels.data(), 40, 240, 426}));
        QVERIFY(!read_frame_code({}));
    }

private:
    test::Folder folder_;
};

QTEST_GUILESS_MAIN(TestGenerate)
#include "tst_generate.moc"
