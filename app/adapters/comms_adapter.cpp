#include "app/adapters/comms_adapter.hpp"

#include <algorithm>

namespace qd::app {
StatusAdapter::StatusAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("incident") || type == QLatin1String("reminder")) touch();
    });
}

void StatusAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->status_schedule(
        latest().ask<std::vector<opsclient::StatusOwed>>(this, [this](auto result) {
            if (!result) return failed(result.error());
            owed_ = std::move(*result);
            arrived();
        }));
}

void StatusAdapter::draft(const QString& incident, const QString& audience, QObject* context, Drafted done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->status_draft(incidents::IncidentId(incident.toStdString()), audience.toStdString(),
                                 deliver<opsclient::StatusDraft>(context, std::move(done)));
}

void StatusAdapter::post(const QString& incident, const QString& audience, const QString& text,
                         std::optional<std::uint64_t> basedOn, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->post_status_update(
        incidents::IncidentId(incident.toStdString()), audience.toStdString(), text.toStdString(), basedOn,
        deliver<opsclient::StatusPosted>(this, [this, incident, done = std::move(done)](auto result) {
            refresh();
            if (!result) return done(core::Failure(result.error()));
            done(QVariantMap{{QStringLiteral("incident"), incident},
                             {QStringLiteral("seq"), qulonglong(result->seq)},
                             {QStringLiteral("note"), QString::fromStdString(result->note)}});
        }));
}

OutboxAdapter::OutboxAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("outbox")) touch();
    });
}

const opsclient::OutboxEntry* OutboxAdapter::find(std::uint64_t id) const {
    const auto at = std::ranges::find(outbox_.entries, id, &opsclient::OutboxEntry::id);
    return at == outbox_.entries.end() ? nullptr : &*at;
}

void OutboxAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->outbox(latest().ask<opsclient::Outbox>(this, [this](auto result) {
        if (!result) return failed(result.error());
        outbox_ = std::move(*result);
        arrived();
    }));
}

std::function<void(core::Result<opsclient::OutboxEntry>)> OutboxAdapter::concluded(Done done) {
    return deliver<opsclient::OutboxEntry>(this, [this, done = std::move(done)](auto result) {
        refresh();
        if (!result) return done(core::Failure(result.error()));
        done(QVariantMap{{QStringLiteral("entry"), qulonglong(result->id)}});
    });
}

void OutboxAdapter::tryAgain(std::uint64_t id, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->retry_outbox_entry(id, concluded(std::move(done)));
}

void OutboxAdapter::drop(std::uint64_t id, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->drop_outbox_entry(id, concluded(std::move(done)));
}

}  // namespace qd::app
