#pragma once
// A real daemon that tests compare with: of a Debian package, unpacked by packaging/setup into build/peers,
// or installed.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include "core/files.hpp"
#include "http/client.hpp"
#include "support/program.hpp"

namespace qd::test {

/// Empty when it is neither unpacked nor installed: the test is skipped.
inline QString peerPath(const QString& name) {
    const QString unpacked = qEnvironmentVariable("QUARTERDECK_PEERS") + "/usr/bin/" + name;
    return QFileInfo(unpacked).isExecutable() ? unpacked : QStandardPaths::findExecutable(name);
}

/// Whether a program of build/peers can be shown its package's /usr/share: in a mount namespace of its own,
/// which some containers forbid.
inline bool canShowPackageFiles() {
    return QProcess::execute("unshare", {"-rm", "true"}) == 0;
}

/// A port that was free a moment ago, for daemons that must be told one.
inline quint16 freePort() {
    const core::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        qFatal("no port is free");
    return ntohs(address.sin_port);
}

/// Ended with its owner.
class Peer {
public:
    explicit Peer(QString program) : program_(std::move(program)) {}
    ~Peer() { end(); }

    void start(const QStringList& arguments) { start(program_, arguments); }
    /// For programs that read files of their package at fixed places: those of build/peers take the place of
    /// /usr/share for this process alone.
    void startWithPackageFiles(const QStringList& arguments) {
        const QString peers = qEnvironmentVariable("QUARTERDECK_PEERS");
        if (!program_.startsWith(peers)) return start(program_, arguments);
        start("unshare",
              QStringList{"-rm", "sh", "-c", "mount --bind \"$0/usr/share\" /usr/share && exec \"$@\"", peers,
                          program_} +
                  arguments);
    }
    /// It answers this with 200 within 20 s.
    bool answers(http::Client& client, const http::ClientRequest& request) {
        return eventually(
            [&] {
                const auto response = client.fetch(request);
                return response && response->status == 200;
            },
            20'000);
    }
    void end() {
        if (process_.state() == QProcess::NotRunning) return;
        process_.terminate();
        if (process_.waitForFinished(10'000)) return;
        process_.kill();
        process_.waitForFinished(5'000);
    }
    /// What it has said so far.
    QByteArray output() { return process_.readAll(); }

private:
    void start(const QString& program, const QStringList& arguments) {
        process_.setProcessChannelMode(QProcess::MergedChannels);
        process_.start(program, arguments);
        process_.waitForStarted(5'000);
    }

    QString program_;
    QProcess process_;
};

}  // namespace qd::test
