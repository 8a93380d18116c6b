#include "app/adapters/ops_link.hpp"

#include <QDateTime>

namespace qd::app {
namespace {

http::Client::Options clientOptions() {
    http::Client::Options options;
    options.max_connections_per_host = 16;
    options.max_connections = 64;
    options.user_agent = "quarterdeck-console";
    return options;
}

}  // namespace

core::Failure notConnected() {
    return core::fail(core::Errc::unavailable, "there is no connection to the site");
}

OpsLink::OpsLink(QObject* parent) : QObject(parent), http_(clientOptions()) {}

OpsLink::~OpsLink() {
    subscription_.reset();
    client_.reset();
}

void OpsLink::attach(const Endpoints& endpoints) {
    detach();
    endpoints_ = endpoints;
    attachment_ = std::make_unique<QObject>();
    client_ = std::make_unique<opsclient::Client>(opsclient::Endpoint{endpoints.opsd, endpoints.token}, http_,
                                                  executor_, random_);
    setState(State::connecting);
    const QPointer<QObject> context(attachment_.get());
    opsclient::EventHandlers handlers;
    handlers.on_open = [this, context] { onUiThread(context, [this] { setState(State::live); }); };
    handlers.on_closed = [this, context](const core::Error& error) {
        onUiThread(context,
                   [this, why = QString::fromStdString(error.message)] { setState(State::lost, why); });
    };
    // Events were missed: as after a new connection, everybody reads afresh.
    handlers.on_reset = [this, context] {
        onUiThread(context, [this] {
            setState(State::connecting);
            setState(State::live);
        });
    };
    handlers.on_slos = [this, context](const std::vector<slo::Status>& statuses) {
        onUiThread(context, [this, statuses] {
            touched();
            emit slosArrived(statuses);
        });
    };
    handlers.on_alert = [this, context](const slo::Alert& alert) {
        onUiThread(context, [this, alert] {
            touched();
            emit alertArrived(alert);
        });
    };
    handlers.on_event = [this, context](const opsclient::Event& event) {
        onUiThread(context, [this, type = QString::fromStdString(event.type),
                             subject = QString::fromStdString(event.subject)] {
            touched();
            emit eventArrived(type, subject);
        });
    };
    subscription_ = client_->subscribe(std::move(handlers));
}

void OpsLink::detach() {
    if (!client_) return;
    attachment_.reset();
    subscription_.reset();
    client_.reset();
    setState(State::detached);
}

void OpsLink::setGateway(const std::string& url) {
    endpoints_.gateway = url;
}

void OpsLink::touched() {
    lastContactMs_ = QDateTime::currentMSecsSinceEpoch();
}

void OpsLink::setState(State state, const QString& reason) {
    if (state == State::live) touched();
    reason_ = reason;
    if (state == state_) return;
    state_ = state;
    emit stateChanged();
}

}  // namespace qd::app
