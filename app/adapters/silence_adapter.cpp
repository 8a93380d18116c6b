#include "app/adapters/silence_adapter.hpp"

#include <algorithm>

namespace qd::app {
namespace {

core::Failure noConnection() {
    return notConnected();
}

}  // namespace

SeenAlertAdapter::SeenAlertAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::alertArrived, this, &SeenAlertAdapter::touch);
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("foreign_alert") || type == QLatin1String("silence") ||
            type == QLatin1String("incident"))
            touch();
    });
}

const silences::Alert* SeenAlertAdapter::find(const QString& id) const {
    const auto at = std::ranges::find(alerts_, id.toStdString(), &silences::Alert::id);
    return at == alerts_.end() ? nullptr : &*at;
}

void SeenAlertAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->all_alerts(latest().ask<std::vector<silences::Alert>>(this, [this](auto result) {
        if (!result) return failed(result.error());
        alerts_ = std::move(*result);
        arrived();
    }));
}

QString keyOf(const silences::Silence& silence) {
    return QString::fromStdString(silence.source + "/" + silence.id.value);
}

SilenceAdapter::SilenceAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::alertArrived, this, &SilenceAdapter::touch);
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("silence") || type == QLatin1String("alertmanager") ||
            type == QLatin1String("foreign_alert"))
            touch();
    });
}

const silences::ListedSilence* SilenceAdapter::find(const QString& key) const {
    const auto at =
        std::ranges::find_if(silences_, [&](const auto& one) { return keyOf(one.silence) == key; });
    return at == silences_.end() ? nullptr : &*at;
}

std::function<void(core::Result<silences::ListedSilence>)> SilenceAdapter::answer(Done done) {
    return deliver<silences::ListedSilence>(this, [this, done = std::move(done)](auto result) {
        if (!result) return done(core::Failure(result.error()));
        refresh();
        done(QVariantMap{{"silence", keyOf(result->silence)}});
    });
}

void SilenceAdapter::create(const silences::NewSilence& silence, Done done) {
    if (!link_.client()) return done(noConnection());
    link_.client()->create_silence(silence, answer(std::move(done)));
}

void SilenceAdapter::extend(const QString& key, std::chrono::seconds longer, const QString& reason,
                            Done done) {
    const silences::ListedSilence* known = find(key);
    if (!known) return done(core::fail(core::Errc::not_found, "there is no such silence"));
    if (!link_.client()) return done(noConnection());
    link_.client()->extend_silence(known->silence, longer, reason.toStdString(), answer(std::move(done)));
}

void SilenceAdapter::expire(const QString& key, const QString& reason, Done done) {
    const silences::ListedSilence* known = find(key);
    if (!known) return done(core::fail(core::Errc::not_found, "there is no such silence"));
    if (!link_.client()) return done(noConnection());
    link_.client()->expire_silence(known->silence, reason.toStdString(), answer(std::move(done)));
}

void SilenceAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->list_silences(
        latest().ask<std::vector<silences::ListedSilence>>(this, [this](auto listed) {
            if (!listed) return failed(listed.error());
            silences_ = std::move(*listed);
            if (!link_.client()) return;
            link_.client()->alertmanagers(
                latest().ask<std::vector<opsclient::Alertmanager>>(this, [this](auto peers) {
                    if (!peers) return failed(peers.error());
                    alertmanagers_ = std::move(*peers);
                    arrived();
                }));
        }));
}

}  // namespace qd::app
