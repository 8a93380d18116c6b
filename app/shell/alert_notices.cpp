#include "app/shell/alert_notices.hpp"

#include "app/shell/link_opener.hpp"
#include "app/shell/main_window.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {
constexpr int kTogetherMs = 700;
}  // namespace

AlertNotices::AlertNotices(Session& session, Preferences& preferences, MainWindow& window)
    : session_(session),
      preferences_(preferences),
      window_(window),
      opener_(std::make_unique<LinkOpener>(window)) {
    soon_.setSingleShot(true);
    soon_.setInterval(kTogetherMs);
    connect(&soon_, &QTimer::timeout, this, &AlertNotices::update);
    for (Domain* domain :
         std::initializer_list<Domain*>{&session.alerts(), &session.seenAlerts(), &session.incidents()})
        connect(domain, &Domain::changed, this, [this] {
            if (!soon_.isActive()) soon_.start();
        });
    connect(&session.link(), &OpsLink::eventArrived, this,
            [this](const QString& type, const QString& subject) {
                if (type == QLatin1String("reminder"))
                    tell(plan_.remind(subject, session_.incidents().incidents()));
            });
}

AlertNotices::~AlertNotices() = default;

void AlertNotices::update() {
    if (!session_.alerts().hasData() || !session_.incidents().hasData()) return;
    // Whether an alert is silenced is known with the second answer only.
    const SeenAlertAdapter& seen = session_.seenAlerts();
    std::vector<slo::Alert> loud = loudOnes(session_.alerts().alerts(), seen.alerts());
    if (!seen.isStale())
        std::erase_if(loud, [&](const slo::Alert& alert) {
            return !seen.find(QString::fromStdString(alert.id.value));
        });
    tell(plan_.update(loud, session_.incidents().incidents()));
}

void AlertNotices::tell(NoticeChanges changes) {
    // Whoever looks at the console sees it there.
    if (!preferences_.desktopNotices() || window_.isActiveWindow()) changes.show.clear();
    if (changes.show.empty() && !notifier_) return;
    if (!notifier_) {
        notifier_ = std::make_unique<DesktopNotifier>(QDBusConnection::sessionBus());
        connect(notifier_.get(), &DesktopNotifier::opened, this, &AlertNotices::open);
        connect(notifier_.get(), &DesktopNotifier::acknowledged, this, &AlertNotices::acknowledge);
    }
    notifier_->apply(changes);
}

void AlertNotices::open(const QString& link) {
    opener_->raise();
    if (link.isEmpty()) return;
    if (const auto parsed = parseDeepLink(link)) opener_->open(*parsed);
}

void AlertNotices::acknowledge(const QString& incident) {
    incidents::EventRequest event;
    event.kind = incidents::EventKind::acknowledge;
    event.source = "console";
    session_.incidents().post(incident, event,
                              [this, incident](const Outcome& outcome) { tellOutcome(incident, outcome); });
}

void AlertNotices::tellOutcome(const QString& incident, const Outcome& outcome) {
    DesktopNotice told;
    told.key = told.link = QStringLiteral("incident/") + incident;
    // The incident's own notice is taken back now that somebody has it; this one is still to be read.
    if (outcome) told.key = QStringLiteral("acknowledged/") + incident;
    told.title = outcome ? QStringLiteral("%1 is acknowledged").arg(incident)
                         : QStringLiteral("%1 was not acknowledged").arg(incident);
    told.text = outcome ? QStringLiteral("It is in the journal with your name.")
                        : QString::fromStdString(outcome.error().message);
    told.urgent = !outcome;
    if (!outcome && outcome.error().code == core::Errc::unavailable) told.acknowledges = incident;
    notifier_->apply({{told}, {}});
}

}  // namespace qd::app
