#include <QtTest>
#include <cstring>

#include "decode/coded_picture.hpp"
#include "decode/segment_reader.hpp"

using namespace qd;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A configuration record with lengths of four bytes, or none: units parted by start codes.
decode::StreamConfig stream(AVCodecID codec, bool lengths) {
    decode::StreamConfig config;
    config.parameters.reset(avcodec_parameters_alloc());
    config.parameters->codec_id = codec;
    if (lengths) {
        const int size = codec == AV_CODEC_ID_H264 ? 7 : 23;
        config.parameters->extradata =
            static_cast<std::uint8_t*>(av_mallocz(std::size_t(size) + AV_INPUT_BUFFER_PADDING_SIZE));
        config.parameters->extradata_size = size;
        config.parameters->extradata[0] = 1;
        config.parameters->extradata[codec == AV_CODEC_ID_H264 ? 4 : 21] = 0xff;
    }
    return config;
}

media::Packet packet(const std::vector<Bytes>& units, bool lengths, bool key = false) {
    Bytes all;
    for (const Bytes& unit : units) {
        const auto size = std::uint8_t(unit.size());
        all.insert(all.end(), {0, 0, 0, lengths ? size : std::uint8_t(1)});
        all.insert(all.end(), unit.begin(), unit.end());
    }
    media::Packet made = media::make_packet();
    if (av_new_packet(made.get(), int(all.size())) < 0) qFatal("memory");
    if (!all.empty()) std::memcpy(made->data, all.data(), all.size());
    if (key) made->flags |= AV_PKT_FLAG_KEY;
    return made;
}

const Bytes delimiter{0x09, 0x10}, message{0x06, 5}, parameters{0x67, 100}, reference{0x41, 0x9a, 7},
    no_reference{0x01, 0x9e, 7}, idr{0x65, 0x88, 7};
const Bytes hevc_trail_n{0x00, 0x01, 7}, hevc_trail_r{0x02, 0x01, 7}, hevc_idr{0x26, 0x01, 7},
    hevc_cra{0x2a, 0x01, 7};

}  // namespace

class TestCodedPicture : public QObject {
    Q_OBJECT
private slots:
    void a_picture_is_disposable_only_where_all_of_it_says_so_data() {
        QTest::addColumn<bool>("lengths");
        QTest::newRow("lengths") << true;
        QTest::newRow("start codes") << false;
    }
    void a_picture_is_disposable_only_where_all_of_it_says_so() {
        QFETCH(bool, lengths);
        const auto h264 = stream(AV_CODEC_ID_H264, lengths), hevc = stream(AV_CODEC_ID_HEVC, lengths);
        const auto disposable = [&](const decode::StreamConfig& config, const std::vector<Bytes>& units) {
            return decode::is_disposable(*packet(units, lengths), *config.parameters);
        };
        QVERIFY(disposable(h264, {no_reference}));
        QVERIFY(disposable(h264, {delimiter, message, no_reference, no_reference}));
        QVERIFY(!disposable(h264, {reference}));
        QVERIFY(!disposable(h264, {idr}));
        QVERIFY(!disposable(h264, {no_reference, reference}));  // the other field, for one
        QVERIFY(!disposable(h264, {parameters, no_reference}));
        QVERIFY(!disposable(h264, {delimiter, message}));
        QVERIFY(!disposable(h264, {}));
        QVERIFY(disposable(hevc, {hevc_trail_n}));
        QVERIFY(!disposable(hevc, {hevc_trail_r}));
        QVERIFY(!disposable(hevc, {hevc_trail_n, hevc_trail_r}));
        QVERIFY(!disposable(hevc, {hevc_idr}));
        QVERIFY(!disposable(stream(AV_CODEC_ID_VP9, lengths), {no_reference}));
    }

    void a_packet_that_cannot_be_read_is_not_disposable() {
        const auto h264 = stream(AV_CODEC_ID_H264, true);
        const auto whole = packet({no_reference, no_reference}, true);
        for (int size = 0; size < whole->size; ++size) {
            const media::Packet cut(av_packet_clone(whole.get()));
            cut->size = size;
            QCOMPARE(decode::is_disposable(*cut, *h264.parameters), size == 7);  // the first alone
        }
        whole->data[0] = 0xff;
        QVERIFY(!decode::is_disposable(*whole, *h264.parameters));
    }

    void only_an_idr_picture_begins_anew() {
        const auto h264 = stream(AV_CODEC_ID_H264, true), hevc = stream(AV_CODEC_ID_HEVC, true);
        QVERIFY(decode::begins_anew(*packet({parameters, idr}, true, true), *h264.parameters));
        QVERIFY(!decode::begins_anew(*packet({parameters, reference}, true, true), *h264.parameters));
        QVERIFY(!decode::begins_anew(*packet({idr}, true, false), *h264.parameters));
        QVERIFY(decode::begins_anew(*packet({hevc_idr}, true, true), *hevc.parameters));
        QVERIFY(!decode::begins_anew(*packet({hevc_cra}, true, true), *hevc.parameters));
    }
};

QTEST_GUILESS_MAIN(TestCodedPicture)
#include "tst_coded_picture.moc"
