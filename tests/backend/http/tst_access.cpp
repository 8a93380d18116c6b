#include "http/access.hpp"

#include <QTemporaryDir>
#include <QtTest>

#include "core/files.hpp"

using namespace qd;

namespace {

core::Result<http::Access> read(const std::string& text) {
    auto reader = core::ConfigReader::parse(text, "x");
    if (!reader) return core::Failure(reader.error());
    auto access = http::read_access(*reader);
    if (auto done = reader->finish(); !done) return core::Failure(done.error());
    return access;
}

}  // namespace

class TestAccess : public QObject {
    Q_OBJECT

private slots:
    void aRequestCarriesWhatTheFileSays() {
        QTemporaryDir folder;
        const std::string token = folder.path().toStdString() + "/token";
        QVERIFY(core::write_file_atomically(token, "one\nsecond line\n"));
        const auto access = read("url: https://h/base/\ntoken_file: " + token +
                                 "\nheaders: {X-Scope-OrgID: video}\ntls: {ca_file: /ca, certificate_file: "
                                 "/c, key_file: /k}\ntimeout_s: 0.5");
        QVERIFY2(access.has_value(), access ? "" : access.error().message.c_str());
        auto request = http::request_to(*access, http::Method::post, "/api");
        QVERIFY(request.has_value());
        QCOMPARE(request->url, std::string("https://h/base/api"));
        QCOMPARE(std::string(request->headers.get("authorization")), std::string("Bearer one"));
        QCOMPARE(std::string(request->headers.get("X-Scope-OrgID")), std::string("video"));
        QCOMPARE(request->tls, (http::ClientTls{"/ca", "/c", "/k"}));
        QCOMPARE(request->timeout.count(), 500);
        QCOMPARE(request->connect_timeout.count(), 500);
        // A secret that is rotated counts at once; one that is gone is an error, not a request without it.
        QVERIFY(core::write_file_atomically(token, "two"));
        QCOMPARE(std::string(http::request_to(*access, http::Method::get, "")->headers.get("Authorization")),
                 std::string("Bearer two"));
        QVERIFY(core::write_file_atomically(token, "\n"));
        QCOMPARE(http::request_to(*access, http::Method::get, "").error().code, core::Errc::config);
        QFile::remove(QString::fromStdString(token));
        QCOMPARE(http::request_to(*access, http::Method::get, "").error().code, core::Errc::config);
    }

    void anAddressThatIsASecretStaysInItsFile() {
        QTemporaryDir folder;
        const std::string file = folder.path().toStdString() + "/hook.url";
        const auto exact = [](const std::string& text) {
            auto reader = core::ConfigReader::parse(text, "x");
            http::Access access = http::read_access(*reader, http::UrlKind::exact);
            if (auto done = reader->finish(); !done)
                return core::Result<http::Access>(core::Failure(done.error()));
            return core::Result<http::Access>(access);
        };
        const auto access = exact("url_file: " + file);
        QVERIFY2(access.has_value(), access ? "" : access.error().message.c_str());
        QCOMPARE(http::request_to(*access, http::Method::post, "").error().code, core::Errc::config);
        QVERIFY(core::write_file_atomically(file, "https://h/hooks/secret?x=1\n"));
        QCOMPARE(http::request_to(*access, http::Method::post, "")->url,
                 std::string("https://h/hooks/secret?x=1"));
        for (const char* wrong : {"ftp://h/secret", "secret", "https://u:p@h/secret", "https://h/secret#x"}) {
            QVERIFY(core::write_file_atomically(file, wrong));
            const auto request = http::request_to(*access, http::Method::post, "");
            QVERIFY(!request && request.error().message.find("secret") == std::string::npos);
        }
        QVERIFY(!exact("url: http://h\nurl_file: " + file));
        QVERIFY(!read("url_file: " + file));  // a base has paths put behind it
    }

    void anExactUrlStaysAsItIs() {
        for (const char* url : {"http://h/hook/", "http://h/hook?token=1", "http://h/@team"}) {
            auto reader = core::ConfigReader::parse(std::string("url: '") + url + "'", "x");
            const auto access = http::read_access(*reader, http::UrlKind::exact);
            QVERIFY(reader->finish().has_value());
            QCOMPARE(http::request_to(access, http::Method::post, "")->url, std::string(url));
        }
    }

    void basicCredentialsAreThoseOfTheRfc() {
        // RFC 7617, 2
        QCOMPARE(http::basic_authorization("Aladdin", "open sesame"),
                 std::string("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        QCOMPARE(http::basic_authorization("", ""), std::string("Basic Og=="));
        QTemporaryDir folder;
        const std::string password = folder.path().toStdString() + "/password";
        QVERIFY(core::write_file_atomically(password, "open sesame\n"));
        const auto access =
            read("url: http://h\nbasic: {username: Aladdin, password_file: " + password + "}");
        QCOMPARE(std::string(http::request_to(*access, http::Method::get, "")->headers.get("Authorization")),
                 std::string("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    }

    void mistakesAreToldWithTheirLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* text, const char* said) { QTest::newRow(text) << text << said; };
        row("timeout_s: 1", "x:1: 'url' is missing");
        row("url: ftp://h", "x:1: 'url'");
        row("url: http://h/?a=b", "x:1: 'url'");
        row("url: http://u:p@h/", "x:1: 'url'");
        row("url: http://h\ntimeout_s: 1000", "x:2: 'timeout_s'");
        row("url: http://h\nheaders: {Host: other}", "x:2: 'headers' 'Host'");
        row("url: http://h\nheaders: {'a b': c}", "x:2: 'headers' 'a b'");
        row("url: http://h\nheaders: {a: \"b\\r\\nc: d\"}", "x:2: 'headers' 'a'");
        row("url: http://h\nheaders: [a]", "x:2: 'headers' has the wrong type");
        row("url: http://h\nbasic: {username: u}", "x:2: 'password_file' is missing");
        row("url: http://h\ntoken_file: t\nbasic: {username: u, password_file: p}", "x:3: 'basic'");
        row("url: http://h\ntls: {ca_file: c}", "x:2: 'tls' needs");
        row("url: https://h\ntls: {key_file: c}", "x:2: 'key_file' needs");
        row("url: https://h\ntls: {other: c}", "x:2: 'other'");
        row("url: http://h\nother: 1", "x:2: 'other'");
    }
    void mistakesAreToldWithTheirLine() {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const auto access = read(text.toStdString());
        QVERIFY(!access);
        QCOMPARE(access.error().code, core::Errc::config);
        QVERIFY2(QString::fromStdString(access.error().message).startsWith(said),
                 access.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestAccess)
#include "tst_access.moc"
