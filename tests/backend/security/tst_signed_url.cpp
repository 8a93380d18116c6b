#include "security/signed_url.hpp"

#include <QTest>
#include <random>

using namespace qd;
using core::Errc;
using security::Grant;
using security::UrlSigner;
using namespace std::chrono_literals;

class TstSignedUrl : public QObject {
    Q_OBJECT

    const core::WallTime now_{20'000 * 24h};
    const UrlSigner signer_ =
        *UrlSigner::create({{"k1", "0123456789abcdef"}, {"k2", "fedcba9876543210"}}, "k2");

private slots:
    void one_link_covers_a_title() {
        const Grant grant{"/media/00abc/", now_ + 1h, "canary"};
        const auto signature = signer_.sign(grant, now_);
        QVERIFY(signature);
        QCOMPARE(*signer_.verify(*signature, "/media/00abc/720p/index.m3u8", now_), grant);
        QCOMPARE(*signer_.verify(*signature, "/media/00abc/720p/s1.m4s", now_ + 59min), grant);
        QVERIFY(signature->find_first_not_of(
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                std::string::npos);
        for (const char* path : {"/media/00abd/x", "/media/00abc", "/", "/api/v1/stream/00abc"})
            QCOMPARE(signer_.verify(*signature, path, now_).error().code, Errc::permission_denied);

        const auto exact = signer_.sign({"/api/v1/stream/00abc", now_ + 1h}, now_);
        QVERIFY(signer_.verify(*exact, "/api/v1/stream/00abc", now_));
        QVERIFY(!signer_.verify(*exact, "/api/v1/stream/00abcd", now_));
        QVERIFY(!signer_.verify(*exact, "/api/v1/stream/00abc", now_)->arm);
    }

    void an_expired_link_says_so() {
        const auto signature = signer_.sign({"/a/", now_ + 10s}, now_);
        QVERIFY(signer_.verify(*signature, "/a/b", now_ + 9999ms));
        const auto late = signer_.verify(*signature, "/a/b", now_ + 10s);
        QCOMPARE(late.error().code, Errc::permission_denied);
        QVERIFY(late.error().message.find("expired") != std::string::npos);
        QVERIFY(signer_.verify(*signature, "/b", now_).error().message.find("expired") == std::string::npos);
    }

    void links_of_an_older_key_last_and_those_of_a_withdrawn_one_do_not() {
        const auto old =
            UrlSigner::create({{"k1", "0123456789abcdef"}}, "k1")->sign({"/a/", now_ + 1h}, now_);
        QVERIFY(signer_.verify(*old, "/a/b", now_));
        const auto rotated = UrlSigner::create({{"k2", "fedcba9876543210"}}, "k2");
        QVERIFY(!rotated->verify(*old, "/a/b", now_));
        // The same id with another secret.
        QVERIFY(!UrlSigner::create({{"k1", "another secret 16"}}, "k1")->verify(*old, "/a/b", now_));
    }

    void what_cannot_be_promised_is_not_signed() {
        QCOMPARE(signer_.sign({"a/", now_ + 1h}, now_).error().code, Errc::invalid_argument);
        QCOMPARE(signer_.sign({"/a/", now_ + 1h, "purple"}, now_).error().code, Errc::invalid_argument);
        QCOMPARE(signer_.sign({"/a/", now_ + 7 * 24h + 1s}, now_).error().code, Errc::invalid_argument);
        QCOMPARE(UrlSigner::create({{"k", "short"}}, "k").error().code, Errc::config);
        QCOMPARE(UrlSigner::create({{"K.", "0123456789abcdef"}}, "K.").error().code, Errc::config);
        QCOMPARE(UrlSigner::create({}, "k").error().code, Errc::config);
    }

    // No change of any character makes another valid link, and no garbage passes.
    void forgeries_are_refused() {
        std::mt19937 random(5);
        const std::string signature = *signer_.sign({"/media/00abc/", now_ + 1h, "stable"}, now_);
        const std::string characters = "ABCZabcz0189-_.=%\n";
        for (std::size_t i = 0; i < signature.size(); ++i)
            for (const char c : characters) {
                std::string forged = signature;
                forged[i] = c;
                if (forged == signature) continue;
                QVERIFY2(!signer_.verify(forged, "/media/00abc/x", now_), forged.c_str());
            }
        for (int i = 0; i < 2'000; ++i) {
            std::string garbage;
            for (unsigned n = random() % 60; n > 0; --n) garbage += char(random());
            QVERIFY(!signer_.verify(garbage, "/media/00abc/x", now_));
            QVERIFY(!signer_.verify(signature + garbage + "x", "/media/00abc/x", now_));
        }
        QVERIFY(!signer_.verify(std::string(5'000, '.'), "/", now_));
    }
};

QTEST_GUILESS_MAIN(TstSignedUrl)
#include "tst_signed_url.moc"
