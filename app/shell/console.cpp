#include "app/shell/console.hpp"

#include <QApplication>

#include "app/pages/alerts/alert_actions.hpp"
#include "app/pages/catalog/catalog_page.hpp"
#include "app/pages/dashboards/dashboards_page.hpp"
#include "app/pages/flags/flag_actions.hpp"
#include "app/pages/incidents/incident_actions.hpp"
#include "app/pages/incidents/relation_actions.hpp"
#include "app/pages/incidents/role_actions.hpp"
#include "app/pages/incidents/runbook_panel.hpp"
#include "app/pages/incidents/status_update.hpp"
#include "app/pages/incidents/timeline_actions.hpp"
#include "app/pages/learning/learning_page.hpp"
#include "app/pages/outbox/outbox_actions.hpp"
#include "app/pages/postmortems/postmortems_page.hpp"
#include "app/pages/preview/preview_actions.hpp"
#include "app/pages/rollouts/rollout_actions.hpp"
#include "app/pages/slos/slo_actions.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

void addDomainActions(Session& session, std::function<QWidget*()> dialogParent) {
    addIncidentActions(session, dialogParent);
    addRolloutActions(session, dialogParent);
    addCatalogActions(session, dialogParent);
    addSloActions(session, dialogParent);
    addPreviewActions(session, dialogParent);
    addPostmortemActions(session, dialogParent);
    addDashboardActions(session);
    addAlertActions(session, dialogParent);
    addStatusUpdateActions(session, dialogParent);
    addOutboxActions(session, dialogParent);
    addRoleActions(session, dialogParent);
    addRunbookActions(session, dialogParent);
    addTimelineActions(session, dialogParent);
    addWritingActions(session, dialogParent);
    addReviewActions(session, dialogParent);
    addEventLink(session, dialogParent);
    addFactorActions(session, dialogParent);
    addActionItemActions(session, dialogParent);
    addRelationActions(session, dialogParent);
    addLearningActions(session, dialogParent);
    addFlagActions(session, dialogParent);
}

Console::Console(const LaunchOptions& options, bool keepPreferences) {
    const auto file = [keepPreferences](const std::filesystem::path& folder, const char* name) {
        return keepPreferences ? QString::fromStdString((folder / name).string()) : QString();
    };
    preferences_ =
        std::make_unique<Preferences>(file(configDir(), "console.ini"), file(stateDir(), "layout.ini"));
    if (!options.theme.empty()) preferences_->useTheme(QString::fromStdString(options.theme));
    widgets::Theme::apply(
        *qApp, preferences_->theme() == QLatin1String("light") ? widgets::Mode::Light : widgets::Mode::Dark);
    session_ = std::make_unique<Session>(options, *preferences_);
    addDomainActions(*session_, [this] { return window_.get(); });
    window_ = std::make_unique<MainWindow>(*session_);
    if (keepPreferences) notices_ = std::make_unique<AlertNotices>(*session_, *preferences_, *window_);
}

Console::~Console() {
    notices_.reset();
    window_.reset();
    session_.reset();
}

}  // namespace qd::app
