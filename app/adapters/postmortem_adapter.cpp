#include "app/adapters/postmortem_adapter.hpp"

namespace qd::app {

PostmortemAdapter::PostmortemAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type, const QString& subject) {
        if (type == QLatin1String("incident") && subject == id_) touch();
    });
}

void PostmortemAdapter::setIncident(const QString& id) {
    if (id == id_) return;
    id_ = id;
    html_.clear();
    const bool online = isOnline();
    setOnline(false);
    setOnline(online);
    emit changed();
}

void PostmortemAdapter::fetch() {
    if (id_.isEmpty()) return arrived();
    if (!link_.client()) return;
    link_.client()->postmortem(incidents::IncidentId(id_.toStdString()), "html",
                               latest().ask<std::string>(this, [this](core::Result<std::string> document) {
                                   if (!document) return failed(document.error());
                                   html_ = QString::fromStdString(*document);
                                   arrived();
                               }));
}

void PostmortemAdapter::read(const QString& incident, const QString& format, QObject* context,
                             std::function<void(core::Result<std::string>)> done) {
    auto here = deliver<std::string>(context, std::move(done));
    if (!link_.client())
        return here(core::fail(core::Errc::unavailable, "there is no connection to the site"));
    link_.client()->postmortem(incidents::IncidentId(incident.toStdString()), format.toStdString(), here);
}

}  // namespace qd::app
