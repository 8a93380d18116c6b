#include "app/adapters/postmortem_adapter.hpp"

namespace qd::app {
namespace {

constexpr int kListPeriodMs = 10'000;  // before pages call it stale

}  // namespace

PostmortemListAdapter::PostmortemListAdapter(OpsLink& link, QObject* parent)
    : Domain(kListPeriodMs, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("postmortem")) touch();
    });
}

const postmortems::Listing* PostmortemListAdapter::find(const QString& incident) const {
    const std::string id = incident.toStdString();
    for (const postmortems::Listing& listing : listings_)
        if (listing.incident.value == id) return &listing;
    return nullptr;
}

void PostmortemListAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->postmortems(latest().ask<std::vector<postmortems::Listing>>(
        this, [this](core::Result<std::vector<postmortems::Listing>> listings) {
            if (!listings) return failed(listings.error());
            listings_ = std::move(*listings);
            arrived();
        }));
}

PostmortemAdapter::PostmortemAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type, const QString& subject) {
        const bool mine =
            (type == QLatin1String("incident") || type == QLatin1String("postmortem")) && subject == id_;
        if (mine || type == QLatin1String("action_item")) touch();
    });
}

void PostmortemAdapter::setIncident(const QString& id) {
    if (id == id_) return;
    id_ = id;
    view_.reset();
    previews_.cancel();
    histories_.cancel();
    emit incidentChanged(id);
    const bool online = isOnline();
    setOnline(false);
    setOnline(online);
    emit changed();
}

void PostmortemAdapter::fetch() {
    if (id_.isEmpty()) return arrived();
    if (!link_.client()) return;
    link_.client()->postmortem_view(
        id(), latest().ask<postmortems::View>(this, [this](core::Result<postmortems::View> view) {
            if (!view) return failed(view.error());
            const bool older = view_ && view->draft.version < view_->draft.version;
            if (!older) view_ = std::move(*view);
            arrived();
        }));
}

void PostmortemAdapter::show(const postmortems::View& view) {
    if (view.draft.incident.value != id_.toStdString()) return;
    if (view_ && view.draft.version < view_->draft.version) return;
    view_ = view;
    emit changed();
}

opsclient::Client* PostmortemAdapter::clientFor(const Done& done) const {
    if (id_.isEmpty()) {
        done(core::fail(core::Errc::invalid_argument, "no post-mortem is open"));
        return nullptr;
    }
    if (!link_.client()) done(notConnected());
    return link_.client();
}

std::function<void(core::Result<postmortems::View>)> PostmortemAdapter::shows(Done done) {
    return deliver<postmortems::View>(
        this, [this, id = id_, done = std::move(done)](core::Result<postmortems::View> view) {
            if (!view) return done(tl::unexpected(view.error()));
            show(*view);
            done(QVariantMap{{QStringLiteral("incident"), id}});
        });
}

void PostmortemAdapter::move(const postmortems::MoveRequest& request, Done done) {
    if (auto* client = clientFor(done)) client->move_postmortem(id(), request, std::nullopt, shows(done));
}

void PostmortemAdapter::review(const postmortems::ReviewerRequest& request, Done done) {
    if (auto* client = clientFor(done)) client->review_postmortem(id(), request, shows(done));
}

void PostmortemAdapter::comment(const postmortems::CommentRequest& request, Done done) {
    if (auto* client = clientFor(done)) client->comment_postmortem(id(), request, shows(done));
}

void PostmortemAdapter::resolve(std::uint64_t comment, const postmortems::ResolveRequest& request,
                                Done done) {
    if (auto* client = clientFor(done)) client->resolve_comment(id(), comment, request, shows(done));
}

void PostmortemAdapter::useTemplate(const QString& name, Done done) {
    if (auto* client = clientFor(done))
        client->use_postmortem_template(id(), name.toStdString(), shows(done));
}

void PostmortemAdapter::setFactors(const std::vector<postmortems::Factor>& factors, Done done) {
    if (auto* client = clientFor(done)) client->set_postmortem_factors(id(), factors, shows(done));
}

void PostmortemAdapter::preview(const postmortems::PreviewRequest& request,
                                std::function<void(core::Result<std::string>)> done) {
    auto here = previews_.ask<std::string>(this, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->preview_postmortem(id(), request, here);
}

void PostmortemAdapter::history(
    std::function<void(core::Result<std::vector<postmortems::HistoryEntry>>)> done) {
    auto here = histories_.ask<std::vector<postmortems::HistoryEntry>>(this, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->postmortem_history(id(), here);
}

void PostmortemAdapter::version(std::uint64_t seq,
                                std::function<void(core::Result<postmortems::HistoryEntry>)> done) {
    auto here = versions_.ask<postmortems::HistoryEntry>(this, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->postmortem_version(id(), seq, here);
}

void PostmortemAdapter::templates(
    std::function<void(core::Result<std::vector<postmortems::Template>>)> done) {
    auto here = deliver<std::vector<postmortems::Template>>(this, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->postmortem_templates(here);
}

void PostmortemAdapter::read(const QString& incident, const QString& format, QObject* context,
                             std::function<void(core::Result<std::string>)> done) {
    auto here = deliver<std::string>(context, std::move(done));
    if (!link_.client()) return here(notConnected());
    link_.client()->postmortem(incidents::IncidentId(incident.toStdString()), format.toStdString(), here);
}

}  // namespace qd::app
