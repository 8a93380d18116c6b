#pragma once
// The real HAProxy with two servers behind it, and the tiny origins that those are.

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>

#include "http/client.hpp"
#include "http/server.hpp"
#include "support/peer.hpp"

namespace qd::test {

/// Answers every request with its name.
class Origin {
public:
    explicit Origin(std::string name) : server_({}) {
        server_.fallback([this, name = std::move(name)](http::Request&&, http::Responder&& responder) {
            http::Response response;
            response.status = fails && ++answered_ % 2 == 0 ? 500 : 200;
            response.headers.set("X-Served-By", name);
            responder.send(std::move(response));
        });
        if (!server_.start()) qFatal("an origin does not start");
    }
    std::uint16_t port() const { return server_.port(); }

    std::atomic<bool> fails{false};  // every second request

private:
    std::atomic<unsigned> answered_{0};
    http::Server server_;  // last: its threads use the others
};

/// The backend "streams" with s1 and c1; requests with X-Canary follow two maps. Ended with its owner.
class HaproxyPeer {
public:
    /// Empty when it is not there: the test is skipped.
    static QString program() {
        const QString found = peerPath("haproxy");
        return found.isEmpty() && QFileInfo("/usr/sbin/haproxy").isExecutable() ? QString("/usr/sbin/haproxy")
                                                                                : found;
    }
    ~HaproxyPeer() { kill(); }

    QString path(const char* name) const { return folder_.filePath(name); }
    std::string socket() const { return path("admin.sock").toStdString(); }
    quint16 port() const { return port_; }

    void start(const Origin& stable, const Origin& canary, const char* level = "admin",
               const char* mode = "http") {
        port_ = freePort();
        write("haproxy.cfg",
              QString("global\n"
                      "  stats socket %1 level %2\n"
                      "defaults\n  mode %6\n  timeout connect 2s\n  timeout client 5s\n  timeout server 5s\n"
                      "frontend f\n  bind 127.0.0.1:%3\n  default_backend streams\n"
                      "backend streams\n  balance roundrobin\n%7"
                      "  server s1 127.0.0.1:%4 weight 100\n"
                      "  server c1 127.0.0.1:%5 weight 0\n")
                  .arg(path("admin.sock"), level)
                  .arg(port_)
                  .arg(stable.port())
                  .arg(canary.port())
                  .arg(mode, qstrcmp(mode, "http") == 0 ? header_rules() : QString()));
        write("exact.map", {});
        write("prefix.map", {});
        process_ = std::make_unique<QProcess>();
        process_->setProcessChannelMode(QProcess::MergedChannels);
        process_->start(program(), {"-db", "-f", path("haproxy.cfg")});
        QVERIFY(process_->waitForStarted(5'000));
        QVERIFY2(eventually([&] { return served().has_value(); }, 10'000), process_->readAll().constData());
    }
    /// At once.
    void kill() {
        if (!process_ || process_->state() == QProcess::NotRunning) return;
        process_->kill();
        process_->waitForFinished(5'000);
    }

    /// Who answers a request with 200; nothing when nobody does.
    std::optional<std::string> served(const std::string& header = {}) {
        http::ClientRequest request;
        request.url = "http://127.0.0.1:" + std::to_string(port_) + "/";
        request.timeout = std::chrono::milliseconds(2'000);
        if (!header.empty()) request.headers.set("X-Canary", header);
        const auto response = client_.fetch(request);
        if (!response || response->status != 200) return std::nullopt;
        return std::string(response->headers.get("X-Served-By"));
    }
    int canary_of(int requests) {
        int canary = 0;
        for (int i = 0; i < requests; ++i) canary += served() == "canary";
        return canary;
    }

private:
    QString header_rules() const {
        return QString(
                   "  use-server c1 if { req.hdr(X-Canary),map_str(%1) -m str canary }\n"
                   "  use-server c1 if { req.hdr(X-Canary),map_beg(%2) -m str canary }\n")
            .arg(path("exact.map"), path("prefix.map"));
    }
    void write(const char* name, const QString& text) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.toUtf8());
    }

    QTemporaryDir folder_;
    std::unique_ptr<QProcess> process_;
    quint16 port_ = 0;
    http::Client client_;
};

}  // namespace qd::test
