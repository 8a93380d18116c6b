#include <openssl/evp.h>

#include <QtTest>

#include "backend/player/recorder.hpp"
#include "player/segment_keys.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

namespace {
std::string bytes(std::string_view hex) {
    return QByteArray::fromHex(QByteArray(hex.data(), qsizetype(hex.size()))).toStdString();
}
SecretKey key_of(const std::string& text) {
    return *SecretKey::from(text);
}
std::string encrypt(const std::string& plain, const std::string& key, const InitialisationVector& iv,
                    bool padding = true) {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    std::string out(plain.size() + 32, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    int first = 0, last = 0;
    EVP_EncryptInit_ex(context, EVP_aes_128_cbc(), nullptr,
                       reinterpret_cast<const unsigned char*>(key.data()), iv.data());
    EVP_CIPHER_CTX_set_padding(context, padding ? 1 : 0);
    EVP_EncryptUpdate(context, to, &first, reinterpret_cast<const unsigned char*>(plain.data()),
                      int(plain.size()));
    EVP_EncryptFinal_ex(context, to + first, &last);
    EVP_CIPHER_CTX_free(context);
    out.resize(std::size_t(first + last));
    return out;
}

bool has(const http::ClientRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}

const std::string first_key = "sixteen bytes 01";
const std::string second_key = "sixteen bytes 02";

/// Segment i is encrypted with `key_of_segment(i)` and begins as MPEG-TS does, its number within.
std::string plain_segment(int i) {
    std::string text = "segment " + std::to_string(i) + ' ';
    std::string packet = 'G' + text + std::string(188 - 1 - text.size(), 'x');
    return packet + packet;
}

struct Encrypted {
    /// Lines before segment `i` of a playlist of MPEG-TS segments.
    std::function<std::string(int)> lines = [](int) { return std::string(); };
    std::function<std::string(int)> body = [](int i) { return plain_segment(i); };
    int segments = 6;

    explicit Encrypted(SessionRig& rig_) : rig(rig_) {
        rig.network.handler = [this](const http::ClientRequest& request) { return answer(request); };
    }
    FakeAnswer answer(const http::ClientRequest& request) const {
        FakeAnswer answer;
        if (has(request, "key-")) {
            answer.body = has(request, "key-2") ? second_key : first_key;
        } else if (has(request, "init.mp4")) {
            answer.body = init;
        } else if (request.url.ends_with(".m3u8")) {
            answer.body = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:40\n";
            for (int i = 0; i < segments; ++i)
                answer.body += lines(i) + "#EXTINF:2,\nseg-" + std::to_string(i) + ".ts\n";
            answer.body += "#EXT-X-ENDLIST\n";
        } else {
            answer.body = body(std::atoi(request.url.c_str() + request.url.find("seg-") + 4));
        }
        return answer;
    }
    SessionRig& rig;
    std::string init;
};
const std::string url = "http://site/t/index.m3u8";
}  // namespace

class TestSegmentKeys : public QObject {
    Q_OBJECT
private slots:
    void the_published_vector_decrypts() {
        // NIST SP 800-38A, F.2.1/F.2.2 (CBC-AES128), and the block of padding that HLS adds.
        const std::string key = bytes("2b7e151628aed2a6abf7158809cf4f3c");
        InitialisationVector iv{};
        for (std::size_t i = 0; i < 16; ++i) iv[i] = std::uint8_t(i);
        const std::string plain = bytes(
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
            "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
        const std::string cipher = bytes(
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
            "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7");
        QCOMPARE(encrypt(plain, key, iv, false), cipher);
        // The last block is the IV of the padding's block, which only the key's holder can have made.
        InitialisationVector last{};
        for (std::size_t i = 0; i < 16; ++i) last[i] = std::uint8_t(cipher[48 + i]);
        const std::string padded = cipher + encrypt(std::string(16, '\x10'), key, last, false);
        QCOMPARE(*decrypt_aes128(padded, key_of(key), iv), plain);
    }

    void every_length_comes_back() {
        const InitialisationVector iv = iv_of_sequence(9);
        for (std::size_t size = 0; size < 70; ++size) {
            const std::string plain(size, 'p');
            QCOMPARE(*decrypt_aes128(encrypt(plain, first_key, iv), key_of(first_key), iv), plain);
        }
    }

    void what_does_not_fit_is_told() {
        const InitialisationVector iv{};
        const std::string cipher = encrypt(std::string(100, 'p'), first_key, iv);
        for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(17), cipher.size() - 1})
            QVERIFY(decrypt_aes128(cipher.substr(0, size), key_of(first_key), iv)
                        .error()
                        .message.find("multiple of 16") != std::string::npos);
        QVERIFY(decrypt_aes128(cipher, key_of(second_key), iv).error().message.find("does not fit") !=
                std::string::npos);
        QVERIFY(!decrypt_aes128(cipher.substr(0, 96), key_of(first_key), iv));  // cut at a block
        QVERIFY(!SecretKey::from("fifteen bytes .") && !SecretKey::from("") &&
                !SecretKey::from(std::string(17, 'k')));
    }

    void the_sequence_number_is_the_vector_big_endian() {
        const InitialisationVector iv = iv_of_sequence(0x0102030405060708);
        for (std::size_t i = 0; i < 16; ++i) QCOMPARE(int(iv[i]), i < 8 ? 0 : int(i) - 7);
    }

    void media_is_known_by_its_beginning() {
        QVERIFY(looks_like_media(plain_segment(1)));
        QVERIFY(looks_like_media(std::string("\0\0\0\x18", 4) + "ftypiso6 and so on"));
        QVERIFY(looks_like_media(std::string("ID3\4\0\0\0\0\0\0", 10)));
        QVERIFY(looks_like_media("\xff\xf1\x50\x80 adts"));
        QVERIFY(looks_like_media("\x0b\x77 ac-3..."));
        QVERIFY(looks_like_media("WEBVTT\n\n"));
        QVERIFY(!looks_like_media("") && !looks_like_media("G") &&
                !looks_like_media(std::string(500, 'G').replace(188, 1, "x")));
        QVERIFY(!looks_like_media(std::string("\0\0\0\x02moof..", 10)));
        QVERIFY(!looks_like_media(std::string("\x9a\x03\xfc\x18\x01\x02\xff\x04 noise", 14)));
    }

    void a_title_with_rotating_keys_plays_and_each_key_is_fetched_once() {
        SessionRig rig;
        Encrypted title(rig);
        InitialisationVector stated{};
        stated[15] = 0xab;
        title.lines = [](int i) -> std::string {
            if (i == 0) return "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
            if (i == 2) return "#EXT-X-KEY:METHOD=AES-128,URI=\"key-2\",IV=0xab\n";
            if (i == 4) return "#EXT-X-KEY:METHOD=NONE\n";
            return {};
        };
        title.body = [&](int i) {
            if (i < 2) return encrypt(plain_segment(i), first_key, iv_of_sequence(40 + std::uint64_t(i)));
            if (i < 4) return encrypt(plain_segment(i), second_key, stated);
            return plain_segment(i);
        };
        rig.session->open(url);
        const auto segments = rig.play(20);
        QCOMPARE(segments.size(), std::size_t(6));
        for (int i = 0; i < 6; ++i) QCOMPARE(*segments[std::size_t(i)].data, plain_segment(i));
        QCOMPARE(rig.network.count("key-1"), std::size_t(1));
        QCOMPARE(rig.network.count("key-2"), std::size_t(1));
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(0));
        int keys = 0;
        for (const FetchRecord& record : rig.seen.fetches) {
            if (record.kind == FetchKind::key) ++keys;
            QVERIFY(record.url.find("sixteen") == std::string::npos);
        }
        QCOMPARE(keys, 2);
        for (const http::ClientRequest& request : rig.network.requests)
            if (has(request, "key-"))
                QCOMPARE(std::string(request.headers.get("CMCD-Object")), std::string("ot=k"));
    }

    void an_encrypted_init_section_is_decrypted_with_its_own_key() {
        SessionRig rig;
        Encrypted title(rig);
        InitialisationVector iv{};
        iv[15] = 1;
        const std::string init = std::string("\0\0\0\x10", 4) + "ftypiso6mp41";
        title.init = encrypt(init, second_key, iv);
        title.lines = [](int i) -> std::string {
            return i > 0 ? ""
                         : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-2\",IV=0x1\n#EXT-X-MAP:URI=\"init.mp4\"\n"
                           "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
        };
        title.body = [&](int i) {
            return encrypt(plain_segment(i), first_key, iv_of_sequence(40 + std::uint64_t(i)));
        };
        rig.session->open(url);
        const auto segments = rig.play(20);
        QCOMPARE(segments.size(), std::size_t(6));
        for (const MediaSegment& segment : segments) QCOMPARE(*segment.init, init);
        QCOMPARE(rig.network.count("key-"), std::size_t(2));
        QCOMPARE(rig.network.count("init.mp4"), std::size_t(1));
    }

    void byte_ranges_are_decrypted_one_by_one() {
        SessionRig rig;
        const std::string a = encrypt(plain_segment(0), first_key, iv_of_sequence(0));
        const std::string b = encrypt(plain_segment(1), first_key, iv_of_sequence(1));
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer;
            if (has(request, "key-")) {
                answer.body = first_key;
            } else if (request.url.ends_with(".m3u8")) {
                const std::string length = std::to_string(a.size());
                answer.body =
                    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n#EXTINF:2,\n#"
                    "EXT-X-BYTERANGE:" +
                    length + "@0\nall.ts\n#EXTINF:2,\n#EXT-X-BYTERANGE:" + length +
                    "\nall.ts\n#EXT-X-ENDLIST\n";
            } else {
                answer.status = 206;
                answer.body = request.headers.get("Range").starts_with("bytes=0-") ? a : b;
            }
            return answer;
        };
        rig.session->open(url);
        const auto segments = rig.play(6);
        QCOMPARE(segments.size(), std::size_t(2));
        QCOMPARE(*segments[1].data, plain_segment(1));
    }

    void a_wrong_key_never_reaches_the_decoder_and_has_its_reason() {
        SessionRig rig;
        Encrypted title(rig);
        title.lines = [](int i) -> std::string {
            return i > 0 ? "" : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
        };
        title.body = [&](int i) {
            return encrypt(plain_segment(i), second_key, iv_of_sequence(40 + std::uint64_t(i)));
        };
        rig.session->open(url);
        QVERIFY(rig.play(20).empty());
        QCOMPARE(rig.last, PullState::failed);
        QVERIFY(rig.seen.reasons().find("the key does not fit") != std::string::npos);
        QCOMPARE(rig.seen.skipped.size(), std::size_t(3));
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QVERIFY(rig.network.count("key-1") > 1);  // it might have been replaced meanwhile
    }

    void a_key_that_was_replaced_at_its_address_is_fetched_anew() {
        SessionRig rig;
        Encrypted title(rig);
        bool replaced = false;
        title.lines = [](int i) -> std::string {
            return i > 0 ? "" : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
        };
        title.body = [&](int i) {
            if (i == 3) replaced = true;
            return encrypt(plain_segment(i), i < 3 ? first_key : second_key,
                           iv_of_sequence(40 + std::uint64_t(i)));
        };
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = title.answer(request);
            if (has(request, "key-1") && replaced) answer.body = second_key;
            return answer;
        };
        rig.session->open(url);
        QCOMPARE(rig.play(20).size(), std::size_t(6));
        QCOMPARE(rig.seen.failed_fetches(), std::size_t(1));
        QVERIFY(rig.seen.skipped.empty());
    }

    void a_key_of_the_wrong_size_or_none_at_all_is_an_error_of_that_attempt() {
        for (const std::string& answer_body :
             {std::string("too short"), std::string(32, 'k'), std::string(9'000, 'h'), std::string()}) {
            SessionRig rig;
            Encrypted title(rig);
            int asked = 0;
            title.lines = [](int i) -> std::string {
                return i > 0 ? "" : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
            };
            title.body = [&](int i) {
                return encrypt(plain_segment(i), first_key, iv_of_sequence(40 + std::uint64_t(i)));
            };
            rig.network.handler = [&](const http::ClientRequest& request) {
                FakeAnswer answer = title.answer(request);
                if (has(request, "key-1") && asked++ == 0) answer.body = answer_body;
                return answer;
            };
            rig.session->open(url);
            QCOMPARE(rig.play(20).size(), std::size_t(6));
            QCOMPARE(rig.seen.failed_fetches(), std::size_t(1));
        }
        SessionRig rig;
        Encrypted title(rig);
        title.lines = [](int i) -> std::string {
            return i > 0 ? "" : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
        };
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = title.answer(request);
            if (has(request, "key-1")) answer.status = 404;
            return answer;
        };
        rig.session->open(url);
        rig.play(20);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QVERIFY(rig.seen.skipped.at(0).reason.find("its key could not be had") == 0);
        QCOMPARE(rig.network.count("seg-"), std::size_t(0));
    }

    void what_this_player_cannot_decrypt_is_fatal_with_the_reason() {
        for (const std::string line :
             {"#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://1\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n",
              "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\",KEYFORMAT=\"com.example\"\n",
              "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:x\"\n"}) {
            SessionRig rig;
            Encrypted title(rig);
            title.lines = [&](int i) { return i == 0 ? line : std::string(); };
            rig.session->open(url);
            rig.play(3);
            QCOMPARE(rig.seen.failures.size(), std::size_t(1));
            QVERIFY(rig.seen.failures[0].message.find("cannot decrypt") != std::string::npos);
            QCOMPARE(rig.seen.failures[0].code, core::Errc::unprocessable);
            QCOMPARE(rig.network.count("seg-"), std::size_t(0));
        }
    }

    void viewers_that_keep_nothing_need_no_decryption_but_ask_for_the_key() {
        SessionRig rig;
        Encrypted title(rig);
        title.lines = [](int i) -> std::string {
            return i > 0 ? "" : "#EXT-X-KEY:METHOD=AES-128,URI=\"key-1\"\n";
        };
        SessionOptions options;
        options.discard_bodies = true;
        rig.session->open(url, options);
        QCOMPARE(rig.play(20).size(), std::size_t(6));
        QCOMPARE(rig.network.count("key-1"), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestSegmentKeys)
#include "tst_segment_keys.moc"
