#include "app/shell/session.hpp"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>

#include "app/shell/comms_needs.hpp"
#include "app/shell/preferences.hpp"

namespace qd::app {

void Selection::setIncident(const QString& id) {
    if (id == incident_) return;
    incident_ = id;
    emit incidentChanged(id);
}

void Selection::setSlo(const QString& id) {
    if (id == slo_) return;
    slo_ = id;
    emit sloChanged(id);
}

void Selection::setTitle(const QString& id) {
    if (id == title_) return;
    title_ = id;
    emit titleChanged(id);
}

void Selection::setBoard(const QString& id) {
    if (id == board_) return;
    board_ = id;
    emit boardChanged(id);
}

void Selection::setBoardRange(int index) {
    if (index == boardRange_) return;
    boardRange_ = index;
    emit boardRangeChanged(index);
}

namespace {

namespace names = opsclient::series;

std::vector<std::string> overviewSeries() {
    return {std::string(names::request_rate), std::string(names::error_ratio),
            std::string(names::viewers),      std::string(names::startup_p95),
            std::string(names::latency_p95),  std::string(names::stall_ratio)};
}

std::vector<std::string> rolloutSeries() {
    return {std::string(names::error_ratio), std::string(names::latency_p95), std::string(names::startup_p95),
            std::string(names::stall_ratio), std::string(names::request_rate)};
}

/// Drafts of this site: an incident of another may have the same id. Empty: none are kept.
std::filesystem::path draftFolder(const Preferences& preferences, const QString& site) {
    const QString folder = preferences.stateFolder();
    if (folder.isEmpty()) return {};
    const QByteArray name = QCryptographicHash::hash(site.toUtf8(), QCryptographicHash::Sha256).toHex();
    return std::filesystem::path(folder.toStdString()) / "drafts" / name.left(16).toStdString();
}

}  // namespace

Session::Session(LaunchOptions options, Preferences& preferences, QObject* parent)
    : QObject(parent),
      options_(std::move(options)),
      preferences_(preferences),
      series_(link_, overviewSeries()),
      armSeries_(link_, rolloutSeries()),
      drafts_(link_, postmortem_, draftFolder(preferences_, siteName())) {
    if (options_.connectUrl.empty()) {
        const QString program = QCoreApplication::applicationDirPath() + QStringLiteral("/quarterdeck-site");
        site_ = std::make_unique<LocalSite>(link_.executor(), program, options_.dataDir);
        connect(site_.get(), &LocalSite::ready, this, &Session::attach);
        connect(site_.get(), &LocalSite::progressed, this, &Session::siteChanged);
        connect(site_.get(), &LocalSite::stateChanged, this, [this] {
            if (site_->state() != LocalSite::State::running) link_.detach();
            emit siteChanged();
            actions_.updateEnabled();
        });
        connect(&preferences_, &Preferences::viewersChanged, site_.get(), &LocalSite::setViewers);
    }
    connect(&link_, &OpsLink::stateChanged, this, [this] {
        for (Domain* domain : domains()) domain->setOnline(link_.isLive());
        actions_.updateEnabled();
    });
    // These decide what needs somebody now, whatever page is open; opsd tells when they change.
    for (Domain* domain : std::initializer_list<Domain*>{&alerts_, &incidents_, &seenAlerts_, &silences_,
                                                         &status_, &outbox_, &postmortems_, &actionItems_}) {
        domain->setWanted(this, true);
        connect(domain, &Domain::changed, this, &Session::updateNeeds);
    }
    for (Domain* domain : std::initializer_list<Domain*>{&rollouts_, &processes_})
        connect(domain, &Domain::changed, this, &Session::updateNeeds);
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("rollout")) rollouts_.refresh();
        if (type == QLatin1String("site")) processes_.refresh();
    });
    // Once after each connection, so that a rollout that waits is counted before its page is opened.
    connect(&link_, &OpsLink::stateChanged, this, [this] {
        if (!link_.isLive()) return;
        rollouts_.refresh();
        catalog_.refresh();
        boards_.refresh();
        processes_.refresh();
    });
    connect(&selection_, &Selection::incidentChanged, &timeline_, &TimelineAdapter::setIncident);
    connect(&selection_, &Selection::incidentChanged, &actions_, &ActionRegistry::updateEnabled);
    connect(&selection_, &Selection::sloChanged, &actions_, &ActionRegistry::updateEnabled);
    connect(&exclusions_, &Domain::changed, &actions_, &ActionRegistry::updateEnabled);
    connect(&flags_, &Domain::changed, &actions_, &ActionRegistry::updateEnabled);
}

Session::~Session() {
    // Domains may hold callbacks into the link; silence it first.
    link_.disconnect(this);
    link_.detach();
}

std::vector<Domain*> Session::domains() {
    return {&processes_, &series_,   &armSeries_, &slos_,    &alerts_,     &exclusions_,  &faults_,
            &incidents_, &timeline_, &rollouts_,  &catalog_, &postmortem_, &boards_,      &seenAlerts_,
            &silences_,  &status_,   &outbox_,    &oncall_,  &runbooks_,   &postmortems_, &actionItems_, &learning_,
            &flags_,     &changes_};
}

void Session::start() {
    if (site_) {
        const int viewers = options_.viewers >= 0 ? options_.viewers : preferences_.viewers();
        site_->start(viewers);
        return;
    }
    auto found = deliver<Endpoints>(this, [this](core::Result<Endpoints> endpoints) {
        startProblem_ = endpoints ? QString() : QString::fromStdString(endpoints.error().message);
        if (endpoints) attach(*endpoints);
        emit siteChanged();
    });
    link_.executor().post(
        [options = options_, found] { found(endpointsOf(options.connectUrl, options.tokenFile)); });
}

void Session::attach(const Endpoints& endpoints) {
    link_.attach(endpoints);
}

void Session::restartSite() {
    if (!site_) return start();
    if (site_->state() == LocalSite::State::failed || site_->state() == LocalSite::State::stopped) start();
}

QString Session::siteName() const {
    return site_ ? QString::fromStdString(options_.dataDir.string())
                 : QString::fromStdString(options_.connectUrl);
}

void Session::updateNeeds() {
    auto next = needsNow(incidents_.incidents(), loudOnes(alerts_.alerts(), seenAlerts_.alerts()),
                         rollouts_.rollouts(), processes_.site());
    for (Need& need : lapsingNeeds(silences_.listed())) next.push_back(std::move(need));
    // opsd reminds by its own clock, which may be ahead of ours a little.
    const qint64 soon = QDateTime::currentMSecsSinceEpoch() + 5'000;
    for (Need& need : commsNeeds(incidents_.incidents(), status_.owed(), outbox_.outbox(), soon))
        next.push_back(std::move(need));
    addFollowUps(next, postmortems_.listings(), actionItems_.items(), link_.clock().now());
    actions_.updateEnabled();
    if (next == needs_) return;
    needs_ = std::move(next);
    emit needsChanged();
}

}  // namespace qd::app
