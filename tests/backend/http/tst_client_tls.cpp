// The client over TLS: who is trusted, as whom it comes, and by which name the server is known; against
// OpenSSL's own server.

#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include "support/certificates.hpp"
#include "support/peer.hpp"

using namespace qd;
using core::Errc;

class TestClientTls : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<test::Peer> server_;
    http::Client client_;
    quint16 port_ = 0;

    std::filesystem::path file(const char* name) const { return folder_.filePath(name).toStdString(); }
    std::string text(const char* name) const { return core::read_file(file(name)).value_or(""); }
    http::ClientRequest request(const char* host = "127.0.0.1") const {
        http::ClientRequest request;
        request.url = fmt::format("https://{}:{}/", host, port_);
        request.tls = {file("ca.pem"), file("me.pem"), file("me.key")};
        return request;
    }
    bool answers(const http::ClientRequest& one) {
        const auto response = client_.fetch(one);
        return response && response->status == 200;
    }

private slots:
    void initTestCase() {
        const QString openssl = QStandardPaths::findExecutable("openssl");
        if (openssl.isEmpty()) QSKIP("openssl is not installed");
        const test::Authority authority;
        authority.write(folder_.path().toStdString());
        authority.issue(folder_.path().toStdString(), "server");
        authority.issue(folder_.path().toStdString(), "me");
        port_ = test::freePort();
        server_ = std::make_unique<test::Peer>(openssl);
        server_->start({"s_server", "-accept", QString("127.0.0.1:%1").arg(port_), "-cert",
                        folder_.filePath("server.pem"), "-key", folder_.filePath("server.key"), "-CAfile",
                        folder_.filePath("ca.pem"), "-Verify", "1", "-verify_return_error", "-www",
                        "-quiet"});
        QVERIFY(server_->answers(client_, request()));
    }
    void cleanupTestCase() { server_.reset(); }

    void pem_as_text_is_as_good_as_files() {
        auto one = request();
        one.tls = {};
        one.tls.ca_pem = text("ca.pem");
        one.tls.certificate_pem = text("me.pem");
        one.tls.key_pem = text("me.key");
        QVERIFY(answers(one));
        one.tls.ca_file = file("server.pem");  // the text goes before the file
        QVERIFY(answers(one));
    }

    void without_a_certificate_or_the_authority_there_is_no_answer() {
        auto nobody = request();
        nobody.tls.certificate_file.clear();
        nobody.tls.key_file.clear();
        QVERIFY(!answers(nobody));
        auto stranger = request();
        stranger.tls.ca_file.clear();
        QCOMPARE(client_.fetch(stranger).error().code, Errc::unavailable);
    }

    void the_server_may_be_known_by_another_name() {
        QVERIFY(!answers(request("localhost")));  // its certificate is for 127.0.0.1
        auto named = request("localhost");
        named.tls.server_name = "127.0.0.1";
        QVERIFY(answers(named));
        auto wrong = request();
        wrong.tls.server_name = "kubernetes.default";
        QVERIFY(!answers(wrong));
    }

    void no_check_at_all_is_possible() {
        auto believing = request("localhost");
        believing.tls.ca_file.clear();
        believing.tls.insecure = true;
        QVERIFY(answers(believing));
    }
};

QTEST_GUILESS_MAIN(TestClientTls)
#include "tst_client_tls.moc"
