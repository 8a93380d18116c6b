#pragma once
// The console's one connection to opsd: requests, the event stream, and whether what was read still holds.

#include <QObject>
#include <QString>
#include <memory>
#include <vector>

#include "app/adapters/async.hpp"
#include "app/adapters/endpoints.hpp"
#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "http/client.hpp"
#include "opsclient/client.hpp"

namespace qd::app {

/// What is answered while detached: Errc::unavailable.
core::Failure notConnected();

/// UI thread.
class OpsLink : public QObject {
    Q_OBJECT

public:
    enum class State { detached, connecting, live, lost };
    Q_ENUM(State)

    explicit OpsLink(QObject* parent = nullptr);
    ~OpsLink() override;

    /// Connects to this site; what was attached before is left.
    void attach(const Endpoints& endpoints);
    void detach();

    State state() const { return state_; }
    bool isLive() const { return state_ == State::live; }
    /// Why the connection was lost, or why it cannot be made.
    const QString& reason() const { return reason_; }
    /// ms since the epoch of the last sign of life; 0: never.
    qint64 lastContactMs() const { return lastContactMs_; }
    const Endpoints& endpoints() const { return endpoints_; }
    /// opsd tells the gateway's address where it was not known (--connect).
    void setGateway(const std::string& url);

    /// Null while detached.
    opsclient::Client* client() const { return client_.get(); }
    http::Client& http() { return http_; }
    core::Executor& executor() { return executor_; }
    core::Random& random() { return random_; }
    const core::Clock& clock() const { return clock_; }

signals:
    void stateChanged();
    void slosArrived(const std::vector<qd::slo::Status>& statuses);
    void alertArrived(const qd::slo::Alert& alert);
    /// Something of this type changed: incident, rollout, site, fault.
    void eventArrived(const QString& type, const QString& subject);

private:
    void setState(State state, const QString& reason = {});
    void touched();

    core::SystemClock clock_;
    core::SystemRandom random_;
    core::ThreadPool executor_{1, "console-io"};
    http::Client http_;
    Endpoints endpoints_;
    std::unique_ptr<opsclient::Client> client_;
    std::unique_ptr<opsclient::Subscription> subscription_;
    std::unique_ptr<QObject> attachment_;  // context of what belongs to the present connection
    State state_ = State::detached;
    QString reason_;
    qint64 lastContactMs_ = 0;
};

}  // namespace qd::app
