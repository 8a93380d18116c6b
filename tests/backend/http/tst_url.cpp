// URLs, references (RFC 3986, 5.4's examples) and addresses to listen on.

#include <QtTest>

#include "http/url.hpp"

using namespace qd;

class TestUrl : public QObject {
    Q_OBJECT

private slots:
    void parses_and_writes() {
        const auto url = http::Url::parse("HTTP://LocalHost:8080/a/b?c=d#e");
        QVERIFY(url);
        QCOMPARE(url->scheme, std::string("http"));
        QCOMPARE(url->host, std::string("localhost"));
        QCOMPARE(url->port, std::uint16_t(8080));
        QCOMPARE(url->to_string(), std::string("http://localhost:8080/a/b?c=d"));
        QCOMPARE(http::Url::parse("https://x")->to_string(), std::string("https://x/"));
        QCOMPARE(http::Url::parse("http://[::1]:81/")->origin(), std::string("http://[::1]:81"));
        for (const char* bad : {"", "x", "/a", "ftp://x/", "http://", "http:///a", "http://x:0/",
                                "http://x:99999/", "http://x y/", "http://u:p@x/", "http://[::1/"})
            QVERIFY2(!http::Url::parse(bad), bad);
    }

    void resolves_references_data() {
        QTest::addColumn<QByteArray>("reference");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* reference, const char* expected) {
            QTest::newRow(reference) << QByteArray(reference) << QByteArray(expected);
        };
        row("g", "http://a/b/c/g");
        row("./g", "http://a/b/c/g");
        row("g/", "http://a/b/c/g/");
        row("/g", "http://a/g");
        row("//g", "http://g/");
        row("?y", "http://a/b/c/d;p?y");
        row("g?y", "http://a/b/c/g?y");
        row("#s", "http://a/b/c/d;p?q");
        row("", "http://a/b/c/d;p?q");
        row(".", "http://a/b/c/");
        row("..", "http://a/b/");
        row("../g", "http://a/b/g");
        row("../../g", "http://a/g");
        row("../../../../g", "http://a/g");
        row("/./g", "http://a/g");
        row("/../g", "http://a/g");
        row("g.", "http://a/b/c/g.");
        row("..g", "http://a/b/c/..g");
        row("./../g", "http://a/b/g");
        row("g/./h", "http://a/b/c/g/h");
        row("g/../h", "http://a/b/c/h");
        row("g?y/../x", "http://a/b/c/g?y/../x");
        row("http://z/y", "http://z/y");
    }
    void resolves_references() {
        QFETCH(QByteArray, reference);
        QFETCH(QByteArray, expected);
        QCOMPARE(
            QByteArray::fromStdString(http::resolve("http://a/b/c/d;p?q", reference.toStdString()).value()),
            expected);
    }

    void listen_addresses() {
        QCOMPARE(http::parse_listen("127.0.0.1:0").value(),
                 (std::pair<std::string, std::uint16_t>("127.0.0.1", 0)));
        QCOMPARE(http::parse_listen("[::1]:80").value(), (std::pair<std::string, std::uint16_t>("::1", 80)));
        for (const char* bad : {"", "localhost", ":80", "x:", "x:65536", "x:1x", "::1:80", "a b:1"})
            QVERIFY2(!http::parse_listen(bad), bad);
    }
};

QTEST_GUILESS_MAIN(TestUrl)
#include "tst_url.moc"
