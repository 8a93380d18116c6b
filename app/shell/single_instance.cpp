#include "app/shell/single_instance.hpp"

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QLocalServer>
#include <QLocalSocket>
#include <QThread>
#include <QTimer>
#include <cstdlib>

#include <sys/socket.h>
#include <unistd.h>

#include "app/shell/options.hpp"

namespace qd::app {
namespace {

constexpr int kAnswerMs = 5'000;
constexpr int kBetweenTriesMs = 50;  // the first one may hold the lock and not listen yet
constexpr int kSilentMs = 2'000;     // a peer that says nothing is hung up on
const QByteArray kTaken = QByteArrayLiteral("ok\n");

core::Failure unanswered(const std::string& why) {
    return core::fail(core::Errc::unavailable, "another console has this site open and does not answer: {}",
                      why);
}

/// The kernel's word for who is at the other end.
bool isOurs(const QLocalSocket& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.uid == ::geteuid();
}

core::Result<> hand(const MeetingPoint& point, const QString& request) {
    QDeadlineTimer deadline(kAnswerMs);
    QString why;
    while (!deadline.hasExpired()) {
        QLocalSocket socket;
        socket.connectToServer(QString::fromStdString(point.socket.string()));
        if (!socket.waitForConnected(int(deadline.remainingTime()))) {
            why = socket.errorString();
            QThread::msleep(kBetweenTriesMs);
            continue;
        }
        if (!isOurs(socket)) return unanswered("its socket is another user's");
        socket.write(request.toUtf8() + '\n');
        socket.waitForBytesWritten(int(deadline.remainingTime()));
        while (!socket.canReadLine() && socket.waitForReadyRead(int(deadline.remainingTime()))) {
        }
        const QByteArray answer = socket.readLine(longest_request);
        if (answer == kTaken) return {};
        if (!answer.isEmpty())
            return core::fail(core::Errc::invalid_argument, "the console that runs refused it: {}",
                              answer.trimmed().toStdString());
        why = QStringLiteral("no answer");
        // It ended meanwhile: the next try finds the one that comes after it, or fails.
        QThread::msleep(kBetweenTriesMs);
    }
    return unanswered(why.toStdString());
}

}  // namespace

MeetingPoint MeetingPoint::of(const std::filesystem::path& folder, const std::string& site) {
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray::fromStdString(site), QCryptographicHash::Sha256).toHex();
    const std::string name = "quarterdeck-" + hash.left(16).toStdString();
    return {folder / (name + ".sock"), folder / (name + ".lock")};
}

std::filesystem::path runtimeDir() {
    const char* value = std::getenv("XDG_RUNTIME_DIR");
    return value && value[0] == '/' ? std::filesystem::path(value) : stateDir();
}

SingleInstance::SingleInstance(core::LockFile lock)
    : lock_(std::move(lock)), server_(new QLocalServer(this)) {
    connect(server_, &QLocalServer::newConnection, this, &SingleInstance::welcome);
}

SingleInstance::~SingleInstance() {
    // Before the lock is free: the socket of whoever has it next must not be taken away.
    server_->close();
}

core::Result<std::unique_ptr<SingleInstance>> SingleInstance::enter(const MeetingPoint& point,
                                                                    const QString& request) {
    if (auto made = core::make_directories(point.lock.parent_path()); !made)
        return core::Failure(made.error());
    auto lock = core::LockFile::acquire(point.lock);
    if (!lock && lock.error().code != core::Errc::unavailable) return core::Failure(lock.error());
    if (!lock) {
        if (auto handed = hand(point, request); !handed) return core::Failure(handed.error());
        return nullptr;
    }
    std::unique_ptr<SingleInstance> first(new SingleInstance(std::move(*lock)));
    if (auto listening = first->listen(point); !listening) return core::Failure(listening.error());
    return first;
}

core::Result<> SingleInstance::listen(const MeetingPoint& point) {
    const QString name = QString::fromStdString(point.socket.string());
    // Whoever made it is gone, or the lock would not be ours.
    QLocalServer::removeServer(name);
    server_->setSocketOptions(QLocalServer::UserAccessOption);
    server_->setMaxPendingConnections(8);
    if (!server_->listen(name))
        return core::fail(core::Errc::io, "{}: {}", point.socket.string(),
                          server_->errorString().toStdString());
    return {};
}

void SingleInstance::welcome() {
    while (QLocalSocket* socket = server_->nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        if (!isOurs(*socket)) {
            socket->abort();
            continue;
        }
        socket->setReadBufferSize(longest_request + 1);
        auto* silent = new QTimer(socket);
        silent->setSingleShot(true);
        connect(silent, &QTimer::timeout, socket, &QLocalSocket::abort);
        silent->start(kSilentMs);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(socket); });
        read(socket);
    }
}

void SingleInstance::read(QLocalSocket* socket) {
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > longest_request) {
            socket->write("the request is too long\n");
            socket->disconnectFromServer();
        }
        return;
    }
    const QString request = QString::fromUtf8(socket->readLine(longest_request + 2)).trimmed();
    socket->write(kTaken);
    socket->disconnectFromServer();
    emit requested(request);
}

}  // namespace qd::app
