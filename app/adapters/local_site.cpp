#include "app/adapters/local_site.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>

#include "app/adapters/async.hpp"

namespace qd::app {
namespace {

constexpr int kMaxProgress = 200;
constexpr int kMaxProgressLine = 4'096;
constexpr int kDrainMs = 10'000;

/// A plain line as it is; of a JSON log line its message.
QString sentence(const QByteArray& line) {
    const QByteArray trimmed = line.trimmed().left(kMaxProgressLine);
    if (trimmed.startsWith('{')) {
        const QJsonObject object = QJsonDocument::fromJson(trimmed).object();
        const auto field = [&object](const char* name) {
            return object.value(QLatin1String(name)).toString();
        };
        const QString event = field("event");
        // The supervisor's own events, as sentences.
        if (event == QLatin1String("process"))
            return QStringLiteral("%1: %2").arg(field("instance"), field("state"));
        if (event == QLatin1String("title"))
            return QStringLiteral("%1 \"%2\"").arg(field("state"), field("title"));
        if (event == QLatin1String("ready")) return QStringLiteral("the site is up");
        if (!field("message").isEmpty()) return field("message");
    }
    QString plain = QString::fromUtf8(trimmed);
    for (const QLatin1String prefix : {QLatin1String("quarterdeck-site: "), QLatin1String("opsd: ")})
        if (plain.startsWith(prefix)) plain.remove(0, prefix.size());
    return plain;
}

QString adviceFor(int exitCode, const QString& reason, const std::filesystem::path& dataDir) {
    const QString folder = QString::fromStdString(dataDir.string());
    const QString lower = reason.toLower();
    if (lower.contains("space") || lower.contains("full"))
        return QStringLiteral(
            "Free some disk space, or choose another folder with --data, then start the site again.");
    if (lower.contains("read-only") || lower.contains("permission"))
        return QStringLiteral("%1 cannot be written. Make it writable, or choose another folder with --data.")
            .arg(folder);
    if (exitCode == 69 && !reason.contains(QLatin1String("before it was ready")))
        return QStringLiteral(
                   "Another site uses %1. End it (quarterdeck-site down --data %1), attach to it with "
                   "--connect, or choose another folder with --data.")
            .arg(folder);
    if (exitCode == 74)
        return QStringLiteral("Check the disk under %1, or choose another folder with --data.").arg(folder);
    if (exitCode == 78)
        return QStringLiteral("Correct the configuration named above, then start the site again.");
    return QStringLiteral("The logs are in %1/logs. Start the site again when the cause is gone.")
        .arg(folder);
}

}  // namespace

LocalSite::LocalSite(core::Executor& files, QString program, std::filesystem::path dataDir, QObject* parent)
    : QObject(parent), files_(files), program_(std::move(program)), dataDir_(std::move(dataDir)) {
    poll_.setInterval(100);
    connect(&poll_, &QTimer::timeout, this, &LocalSite::lookForEndpoints);
}

LocalSite::~LocalSite() {
    blockSignals(true);
    stop();
}

void LocalSite::start(int viewers) {
    if (state_ == State::starting || state_ == State::running) return;
    stop();
    progress_.clear();
    reason_.clear();
    advice_.clear();

    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        const auto failure = core::fail_errno("making the site's lease", errno);
        return fail(QString::fromStdString(failure.value().message),
                    QStringLiteral("Close some programs and try again."));
    }
    core::UniqueFd theirs(ends[0]);
    lease_.reset(ends[1]);
    const int leaseFd = theirs.get();

    process_ = std::make_unique<QProcess>();
    process_->setProcessChannelMode(QProcess::MergedChannels);
    process_->setStandardInputFile(QProcess::nullDevice());
    // Only the child keeps the reading end open, under the same number.
    process_->setChildProcessModifier([leaseFd] { ::fcntl(leaseFd, F_SETFD, 0); });
    connect(process_.get(), &QProcess::readyRead, this, &LocalSite::readLines);
    connect(process_.get(), &QProcess::finished, this, &LocalSite::ended);
    connect(process_.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            fail(QStringLiteral("%1 could not be started: %2").arg(program_, process_->errorString()),
                 QStringLiteral(
                     "The program belongs beside the console; build or install Quarterdeck completely."));
    });
    setState(State::starting);
    noteLine("starting the local site");
    process_->start(
        program_, {QStringLiteral("up"), QStringLiteral("--data"), QString::fromStdString(dataDir_.string()),
                   QStringLiteral("--viewers"), QString::number(viewers), QStringLiteral("--lease-fd"),
                   QString::number(leaseFd)});
    if (state_ == State::starting) poll_.start();
}

void LocalSite::stop() {
    poll_.stop();
    lease_.reset();
    if (process_ && process_->state() != QProcess::NotRunning) {
        process_->disconnect(this);
        if (!process_->waitForFinished(kDrainMs)) {
            process_->terminate();
            if (!process_->waitForFinished(kDrainMs / 2)) process_->kill();
            process_->waitForFinished(1'000);
        }
    }
    process_.reset();
    setState(State::stopped);
}

void LocalSite::setViewers(int count) {
    auto* socket = new QLocalSocket(this);
    connect(socket, &QLocalSocket::connected, socket, [socket, count] {
        socket->write(QStringLiteral("{\"op\":\"viewers\",\"count\":%1}\n").arg(count).toUtf8());
    });
    connect(socket, &QLocalSocket::readyRead, socket, &QObject::deleteLater);
    connect(socket, &QLocalSocket::errorOccurred, socket, &QObject::deleteLater);
    socket->connectToServer(QString::fromStdString((dataDir_ / "run" / "site.sock").string()));
}

void LocalSite::readLines() {
    pending_ += process_->readAll();
    for (qsizetype end = pending_.indexOf('\n'); end >= 0; end = pending_.indexOf('\n')) {
        noteLine(pending_.left(end));
        pending_.remove(0, end + 1);
    }
    if (pending_.size() > kMaxProgressLine) pending_.clear();
}

void LocalSite::noteLine(const QByteArray& line) {
    const QString said = sentence(line);
    if (said.isEmpty()) return;
    progress_.append(said);
    while (progress_.size() > kMaxProgress) progress_.removeFirst();
    emit progressed(said);
}

void LocalSite::lookForEndpoints() {
    if (looking_ || !process_) return;
    looking_ = true;
    const qint64 pid = process_->processId();
    auto found = deliver<Endpoints>(this, [this, pid](core::Result<Endpoints> endpoints) {
        looking_ = false;
        // A file left by a site that was killed names another pid: not ours, look again.
        if (state_ != State::starting || !endpoints || endpoints->pid != pid) return;
        poll_.stop();
        setState(State::running);
        emit ready(*endpoints);
    });
    files_.post([dataDir = dataDir_, found] { found(readEndpoints(dataDir)); });
}

void LocalSite::ended(int exitCode, QProcess::ExitStatus status) {
    readLines();
    if (!pending_.isEmpty()) noteLine(std::exchange(pending_, {}));
    const bool wasUp = state_ == State::running;
    const QString last = progress_.isEmpty() ? QString() : progress_.last();
    QString reason;
    if (status == QProcess::CrashExit)
        reason = QStringLiteral("The local site's supervisor was killed.");
    else if (wasUp)
        reason = QStringLiteral("The local site has ended (exit code %1): %2").arg(exitCode).arg(last);
    else
        reason = QStringLiteral("The local site could not start (exit code %1): %2").arg(exitCode).arg(last);
    fail(reason, adviceFor(exitCode, last, dataDir_));
}

void LocalSite::fail(const QString& reason, const QString& advice) {
    poll_.stop();
    lease_.reset();
    reason_ = reason;
    advice_ = advice;
    setState(State::failed);
}

void LocalSite::setState(State state) {
    if (state == state_) return;
    state_ = state;
    emit stateChanged();
}

}  // namespace qd::app
