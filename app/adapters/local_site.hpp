#pragma once
// The local site, owned by the console: quarterdeck-site as a child process that ends with us, whatever
// happens to us.

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>
#include <filesystem>
#include <memory>

#include "app/adapters/endpoints.hpp"
#include "core/executor.hpp"
#include "core/files.hpp"

namespace qd::app {

/// UI thread; files are read on `files`.
class LocalSite : public QObject {
    Q_OBJECT

public:
    enum class State { stopped, starting, running, failed };
    Q_ENUM(State)

    /// `program` is quarterdeck-site's path.
    LocalSite(core::Executor& files, QString program, std::filesystem::path dataDir,
              QObject* parent = nullptr);
    /// Closes the lease and waits up to 10 s for the site to drain.
    ~LocalSite() override;

    void start(int viewers);
    /// Ends the site and waits for it (bounded).
    void stop();

    State state() const { return state_; }
    /// What the site does now, e.g. "starting the gateway"; the newest last, at most 200.
    const QStringList& progress() const { return progress_; }
    /// After a failure: what happened and what to do, in that order.
    const QString& reason() const { return reason_; }
    const QString& advice() const { return advice_; }
    const std::filesystem::path& dataDir() const { return dataDir_; }

    /// Asks the supervisor for so many viewers; the answer is not waited for.
    void setViewers(int count);

signals:
    void stateChanged();
    void progressed(const QString& line);
    void ready(const qd::app::Endpoints& endpoints);

private:
    void readLines();
    void noteLine(const QByteArray& line);
    void lookForEndpoints();
    void ended(int exitCode, QProcess::ExitStatus status);
    void fail(const QString& reason, const QString& advice);
    void setState(State state);

    core::Executor& files_;
    QString program_;
    std::filesystem::path dataDir_;
    std::unique_ptr<QProcess> process_;
    core::UniqueFd lease_;  // the end we hold; its closing tells the site that its owner is gone
    QTimer poll_;
    QStringList progress_;
    QByteArray pending_;
    QString reason_;
    QString advice_;
    State state_ = State::stopped;
    bool looking_ = false;
};

}  // namespace qd::app
