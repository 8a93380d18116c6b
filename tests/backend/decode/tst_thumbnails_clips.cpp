#include <openssl/evp.h>

#include <QtTest>
#include <cmath>

#include "backend/decode/stream_maker.hpp"
#include "backend/decode/title_site.hpp"
#include "decode/clip_export.hpp"
#include "decode/segment_reader.hpp"
#include "decode/segment_shelf.hpp"
#include "decode/stream_decoder.hpp"
#include "decode/thumbnails.hpp"

using namespace qd;
using core::Seconds;
using test::StreamMaker;
using test::TitleSite;

namespace {

TitleSite& site() {
    static TitleSite shared(6);
    return shared;
}
/// The same title with an I-frame playlist, whose pictures are the segments' beginnings.
std::string with_i_frames() {
    const std::filesystem::path media = site().root() / "media";
    const std::string master = test::read_text(media / "master.m3u8");
    std::string variant;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(media))
        if (entry.path().extension() == ".m3u8" && entry.path().filename() != "master.m3u8")
            variant = std::filesystem::relative(entry.path(), media).string();
    std::string list = test::read_text(media / variant);
    list.insert(list.find('\n') + 1, "#EXT-X-I-FRAMES-ONLY\n");
    const std::string folder = std::filesystem::path(variant).parent_path().string();
    test::write_text(media / folder / "iframes.m3u8", list);
    test::write_text(media / "with-iframes.m3u8",
                     master + "\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,URI=\"" +
                         (folder.empty() ? "" : folder + "/") + "iframes.m3u8\"\n");
    return site().url("with-iframes.m3u8");
}

struct Album {
    explicit Album(decode::ThumbnailOptions options = {}) {
        thumbnails = std::make_unique<decode::Thumbnails>(
            transport,
            [this](Seconds at, decode::VideoFrame frame) {
                const std::lock_guard lock(mutex);
                pictures.emplace_back(at, std::move(frame));
                changed.notify_all();
            },
            [this](Seconds, const core::Error& error) {
                const std::lock_guard lock(mutex);
                errors.push_back(error);
                changed.notify_all();
            },
            options);
    }
    /// The picture that comes for it, or an empty one.
    std::pair<Seconds, decode::VideoFrame> ask(double position, int width = 120) {
        std::unique_lock lock(mutex);
        const std::size_t before = pictures.size() + errors.size();
        thumbnails->request(Seconds(position), width);
        changed.wait_for(lock, std::chrono::seconds(10),
                         [&] { return pictures.size() + errors.size() > before; });
        return pictures.empty() ? std::pair<Seconds, decode::VideoFrame>{} : pictures.back();
    }
    http::Client client;
    player::HttpTransport transport{client};
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::pair<Seconds, decode::VideoFrame>> pictures;
    std::vector<core::Error> errors;
    std::unique_ptr<decode::Thumbnails> thumbnails;
};

/// What a file holds: the numbers of its pictures in order, and the seconds of sound.
struct Contents {
    std::vector<std::uint32_t> numbers;
    double sound = 0, first_picture = -1, first_sound = -1;
};
Contents read_back(const std::filesystem::path& path) {
    Contents contents;
    AVFormatContext* raw = nullptr;
    if (avformat_open_input(&raw, path.c_str(), nullptr, nullptr) < 0) return contents;
    const media::InputFormat file(raw);
    avformat_find_stream_info(raw, nullptr);
    std::vector<media::CodecContext> decoders;
    for (unsigned i = 0; i < raw->nb_streams; ++i) {
        const AVCodec* codec = avcodec_find_decoder(raw->streams[i]->codecpar->codec_id);
        decoders.emplace_back(avcodec_alloc_context3(codec));
        avcodec_parameters_to_context(decoders.back().get(), raw->streams[i]->codecpar);
        avcodec_open2(decoders.back().get(), codec, nullptr);
    }
    const media::Packet packet = media::make_packet();
    const media::Frame frame = media::make_frame();
    const auto take = [&](AVCodecContext& decoder, double base) {
        while (avcodec_receive_frame(&decoder, frame.get()) >= 0) {
            const double at = double(frame->best_effort_timestamp) * base;
            if (decoder.codec_type == AVMEDIA_TYPE_VIDEO) {
                if (contents.first_picture < 0) contents.first_picture = at;
                contents.numbers.push_back(
                    media::read_frame_code({frame->data[0], frame->width, frame->height, frame->linesize[0]})
                        .value_or(999'999));
            } else {
                if (contents.first_sound < 0) contents.first_sound = at;
                contents.sound += double(frame->nb_samples) / frame->sample_rate;
            }
        }
    };
    while (av_read_frame(raw, packet.get()) >= 0) {
        AVCodecContext& decoder = *decoders[std::size_t(packet->stream_index)];
        avcodec_send_packet(&decoder, packet.get());
        take(decoder, av_q2d(raw->streams[packet->stream_index]->time_base));
        av_packet_unref(packet.get());
    }
    for (std::size_t i = 0; i < decoders.size(); ++i) {
        avcodec_send_packet(decoders[i].get(), nullptr);
        take(*decoders[i], av_q2d(raw->streams[i]->time_base));
    }
    return contents;
}
std::string encrypted(const std::string& plain, const std::string& key, unsigned sequence) {
    std::string iv(16, '\0'), result(plain.size() + 16, '\0');
    iv[15] = char(sequence);
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                                 EVP_CIPHER_CTX_free);
    const auto bytes = [](std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); };
    const auto read = [](const std::string& text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    int most = 0, rest = 0;
    EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_cbc(), nullptr, read(key), read(iv));
    EVP_EncryptUpdate(cipher.get(), bytes(result), &most, read(plain), int(plain.size()));
    EVP_EncryptFinal_ex(cipher.get(), bytes(result) + most, &rest);
    result.resize(std::size_t(most + rest));
    return result;
}
bool in_a_row(const std::vector<std::uint32_t>& numbers, std::uint32_t from, std::uint32_t count) {
    if (numbers.size() != count) return false;
    for (std::uint32_t i = 0; i < count; ++i)
        if (numbers[i] != from + i) return false;
    return true;
}

}  // namespace

class TestThumbnailsClips : public QObject {
    Q_OBJECT
private slots:
    void cleanup() { site().make_trouble({}); }

    void a_small_picture_of_any_position_comes_from_the_lowest_level() {
        Album album;
        album.thumbnails->open(site().url());
        for (const auto& [position, at] : {std::pair{0.5, 0.0}, {3.9, 3.0}, {4.0, 4.0}, {100.0, 5.0}}) {
            const auto [found, frame] = album.ask(position);
            QCOMPARE(found.count(), at);
            QCOMPARE(frame.width, 120);
            QCOMPARE(frame.height, 68);
            QVERIFY(frame.pixels != nullptr);
        }
        const std::size_t asked = site().asked().size();
        QCOMPARE(album.ask(3.0).first.count(), 3.0);  // kept: nothing is fetched
        QCOMPARE(site().asked().size(), asked);
        QCOMPARE(album.ask(2.2).first.count(), 2.0);
        QCOMPARE(site().asked().size(), asked + 1);
        QCOMPARE(album.ask(3.9, 64).first.count(), 3.0);  // another picture of the segment that has just come
        QCOMPARE(site().asked().size(), asked + 1);
        QVERIFY(album.errors.empty());
    }

    void an_i_frame_playlist_is_preferred() {
        Album album;
        album.thumbnails->open(with_i_frames());
        QCOMPARE(album.ask(2.5, 64).first.count(), 2.0);
        bool used = false;
        for (const std::string& target : site().asked())
            used = used || target.find("iframes.m3u8") != std::string::npos;
        QVERIFY(used);
    }

    void what_is_outdated_is_cancelled_and_the_last_one_asked_for_comes() {
        const auto hold = std::make_shared<std::atomic<bool>>(true);  // an answer may outlive the test
        site().make_trouble([hold](const http::Request& request) -> std::optional<http::Response> {
            for (int i = 0; i < 300 && *hold && request.path.find("seg-00001") != std::string::npos; ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            return std::nullopt;
        });
        Album album;
        album.thumbnails->open(site().url());
        album.thumbnails->request(Seconds(0.1), 120);
        QTRY_VERIFY(!site().asked().empty() && site().asked().back().find("seg-00001") != std::string::npos);
        for (int i = 0; i < 20; ++i) album.thumbnails->request(Seconds(2.1 + i * 0.01), 120);
        QElapsedTimer since;
        since.start();
        QCOMPARE(album.ask(5).first.count(), 5.0);
        QVERIFY(since.elapsed() < 2000);
        *hold = false;
        const std::lock_guard lock(album.mutex);
        QVERIFY(album.pictures.size() <= 2);
        for (const auto& [at, frame] : album.pictures) QVERIFY(at > Seconds(1));
    }

    void a_failure_has_its_reason_and_the_next_title_works() {
        Album album;
        album.thumbnails->open(site().url("nothing.m3u8"));
        album.ask(1);
        QCOMPARE(album.errors.size(), std::size_t(1));
        QCOMPARE(album.errors[0].code, core::Errc::not_found);
        album.thumbnails->open(site().url());
        QCOMPARE(album.ask(1).first.count(), 1.0);
        album.thumbnails->close();
        album.thumbnails->request(Seconds(1), 100);
        album.thumbnails.reset();
        QCOMPARE(album.pictures.size(), std::size_t(1));
    }

    void a_clip_holds_the_pictures_from_key_to_key_and_their_sound() {
        QTemporaryDir folder;
        decode::ClipRequest request;
        request.url = site().url();
        request.from = Seconds(2.3);
        request.to = Seconds(3.1);
        request.path = (folder.path() + "/clip.mp4").toStdString();
        double last = 0;
        const auto report = decode::export_clip(request, [&](double part) { last = part; });
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QCOMPARE(last, 1.0);
        QCOMPARE(report->from.count(), 2.0);
        QCOMPARE(report->to.count(), 4.0);
        QCOMPARE(report->pictures, std::uint64_t(50));
        QVERIFY(report->video_codec.starts_with("H.264") && report->audio_codec.starts_with("AAC"));
        QCOMPARE(report->bytes, std::uint64_t(std::filesystem::file_size(request.path)));
        const Contents contents = read_back(request.path);
        QVERIFY(in_a_row(contents.numbers, 50, 50));
        QVERIFY(std::abs(contents.sound - 2) < 0.1);
        QVERIFY(std::abs(contents.first_picture) < 0.001 && std::abs(contents.first_sound) < 0.04);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);  // nothing half-done beside it
    }

    void clips_of_other_containers_and_of_separate_sound_data() {
        QTest::addColumn<bool>("fragmented");
        QTest::addColumn<bool>("separate");
        QTest::addColumn<QString>("video");
        QTest::addRow("MPEG-TS") << false << false << "libx264";
        QTest::addRow("MPEG-TS HEVC") << false << false << "libx265";
        QTest::addRow("MPEG-TS, sound apart") << false << true << "libx264";
        QTest::addRow("MP4, sound apart") << true << true << "libx264";
        QTest::addRow("VP9") << true << false << "libvpx-vp9";
    }
    void clips_of_other_containers_and_of_separate_sound() {
        QFETCH(bool, fragmented);
        QFETCH(bool, separate);
        QFETCH(QString, video);
        if (!StreamMaker::can(video.toStdString())) QSKIP(qPrintable("this FFmpeg has no encoder " + video));
        const std::filesystem::path media = site().root() / "media";
        const std::string name = video.toStdString() + (fragmented ? "m" : "t") + (separate ? "s" : "");
        StreamMaker({media, name, video.toStdString(), separate ? "" : "aac", fragmented, 4});
        std::string url = site().url(name + ".m3u8");
        if (separate) {
            StreamMaker({media, name + "-a", "", "aac", fragmented, 4});
            test::write_text(media / (name + "-m.m3u8"),
                             "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",DEFAULT=YES,URI=\"" +
                                 name + "-a.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO=\"a\"\n" + name +
                                 ".m3u8\n");
            url = site().url(name + "-m.m3u8");
        }
        QTemporaryDir folder;
        decode::ClipRequest request;
        request.url = url;
        request.from = Seconds(1.2);
        request.to = Seconds(2.9);
        request.path = (folder.path() + "/clip.mp4").toStdString();
        const auto report = decode::export_clip(request, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        const Contents contents = read_back(request.path);
        QVERIFY2(in_a_row(contents.numbers, 25, 50), qPrintable(QString::number(contents.numbers.size())));
        QVERIFY2(std::abs(contents.sound - 2) < 0.1, qPrintable(QString::number(contents.sound)));
        QVERIFY(std::abs(contents.first_sound - contents.first_picture) < 0.05);
    }

    void what_is_encrypted_has_small_pictures_and_clips_too() {
        const std::filesystem::path media = site().root() / "media";
        StreamMaker({media, "secret", "libx264", "aac", false, 3});
        const std::string key = "0123456789abcdef";
        test::write_text(media / "key.bin", key);
        for (unsigned i = 0; i < 3; ++i) {
            const auto path = media / ("secret-" + std::to_string(i) + ".ts");
            test::write_text(path, encrypted(test::read_text(path), key, i));
        }
        std::string list = test::read_text(media / "secret.m3u8");
        list.insert(list.find("#EXTINF"), "#EXT-X-KEY:METHOD=AES-128,URI=\"key.bin\"\n");
        test::write_text(media / "secret.m3u8", list);
        QTemporaryDir folder;
        decode::ClipRequest request;
        request.url = site().url("secret.m3u8");
        request.from = Seconds(1.1);
        request.to = Seconds(1.9);
        request.path = (folder.path() + "/clip.mp4").toStdString();
        const auto report = decode::export_clip(request, {});
        QVERIFY2(report.has_value(), report ? "" : report.error().message.c_str());
        QVERIFY(in_a_row(read_back(request.path).numbers, 25, 25));
        Album album;
        album.thumbnails->open(request.url);
        QCOMPARE(album.ask(2.5).first.count(), 2.0);
        test::write_text(media / "key.bin", "fedcba9876543210");
        const auto refused = decode::export_clip(request, {});
        QVERIFY(!refused && refused.error().message.find("key does not fit") != std::string::npos);
    }

    void a_clip_that_fails_leaves_what_was_there() {
        QTemporaryDir folder;
        decode::ClipRequest request;
        request.url = site().url();
        request.from = Seconds(0);
        request.to = Seconds(6);
        request.path = (folder.path() + "/clip.mp4").toStdString();
        test::write_text(request.path, "older");
        site().make_trouble([](const http::Request& r) -> std::optional<http::Response> {
            if (r.path.find("seg-00003") == std::string::npos) return std::nullopt;
            return http::Response::text(404, "gone");
        });
        QCOMPARE(decode::export_clip(request, {}).error().code, core::Errc::not_found);
        site().make_trouble({});
        std::stop_source stop;
        QCOMPARE(decode::export_clip(
                     request, [&](double) { stop.request_stop(); }, stop.get_token())
                     .error()
                     .code,
                 core::Errc::cancelled);
        request.from = Seconds(100);
        request.to = Seconds(101);
        QCOMPARE(decode::export_clip(request, {}).error().code, core::Errc::not_found);
        request.to = request.from;
        QCOMPARE(decode::export_clip(request, {}).error().code, core::Errc::invalid_argument);
        request.from = Seconds(0);
        request.to = Seconds(1);
        const auto good = request.path;
        request.path = "/nowhere/at/all.mp4";
        QVERIFY(!decode::export_clip(request, {}));
        QCOMPARE(test::read_text(good), std::string("older"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }

    void a_shelf_keeps_what_was_read_within_its_bound() {
        const auto segment = [](player::Track track, std::uint64_t number, int level = 0) {
            player::MediaSegment made;
            made.track = track;
            made.sequence = number;
            made.level = level;
            made.start = Seconds(2.0 * double(number));
            made.duration = Seconds(2);
            made.data = std::make_shared<const std::string>(1000, 'x');
            return made;
        };
        using player::Track;
        decode::SegmentShelf shelf(5000);
        QVERIFY(!shelf.rewind(Seconds(0)) && !shelf.end());
        for (std::uint64_t i = 0; i < 20; ++i) {
            shelf.add(segment(Track::main, i));
            QCOMPARE(shelf.next(Track::main)->sequence, i);
            QVERIFY(!shelf.next(Track::main));
            QVERIFY(shelf.bytes() <= 5000);
        }
        QVERIFY(!shelf.rewind(Seconds(29.9)) && !shelf.rewind(Seconds(40)));
        QVERIFY(shelf.rewind(Seconds(31.5)));
        QCOMPARE(shelf.next(Track::main)->sequence, std::uint64_t(15));
        // What is still to be read stays, whatever the bound.
        QVERIFY(shelf.rewind(Seconds(30)));
        for (std::uint64_t i = 20; i < 30; ++i) shelf.add(segment(Track::main, i));
        for (std::uint64_t i = 15; i < 30; ++i) QCOMPARE(shelf.next(Track::main)->sequence, i);
        shelf.add(segment(Track::main, 30, 1));
        shelf.next(Track::main);
        QVERIFY(shelf.bytes() <= 5000);
        QVERIFY(shelf.rewind(Seconds(56)) && !shelf.rewind(Seconds(56), 0) && shelf.rewind(Seconds(61), 1));
        // Separate sound must be there as well.
        shelf.add(segment(Track::audio, 30));
        QVERIFY(shelf.rewind(Seconds(60)) && !shelf.rewind(Seconds(58)));
        QCOMPARE(shelf.next(Track::audio)->sequence, std::uint64_t(30));
        shelf.clear();
        QCOMPARE(shelf.bytes(), std::uint64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestThumbnailsClips)
#include "tst_thumbnails_clips.moc"
