#pragma once
// One sitting at the console: the site (ours or another's), the connection, the domains, and the actions on
// them. The window shows it; the tour drives it.

#include <QObject>
#include <QString>
#include <memory>
#include <vector>

#include "app/adapters/action_item_adapter.hpp"
#include "app/adapters/catalog_adapter.hpp"
#include "app/adapters/clip_adapter.hpp"
#include "app/adapters/comms_adapter.hpp"
#include "app/adapters/comparison_adapter.hpp"
#include "app/adapters/dashboard_adapter.hpp"
#include "app/adapters/exclusion_adapter.hpp"
#include "app/adapters/flag_adapter.hpp"
#include "app/adapters/incident_adapter.hpp"
#include "app/adapters/learning_adapter.hpp"
#include "app/adapters/local_site.hpp"
#include "app/adapters/oncall_adapter.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/adapters/player_adapter.hpp"
#include "app/adapters/postmortem_adapter.hpp"
#include "app/adapters/postmortem_drafts.hpp"
#include "app/adapters/preview_focus.hpp"
#include "app/adapters/rollout_adapter.hpp"
#include "app/adapters/runbook_adapter.hpp"
#include "app/adapters/silence_adapter.hpp"
#include "app/adapters/site_adapter.hpp"
#include "app/adapters/slo_adapter.hpp"
#include "app/adapters/timeline_focus.hpp"
#include "app/shell/actions.hpp"
#include "app/shell/needs.hpp"
#include "app/shell/options.hpp"
#include "app/shell/postmortem_focus.hpp"

namespace qd::app {

class Preferences;

/// What is open on screen, so that an action without parameters knows what it is about.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    const QString& incident() const { return incident_; }
    /// All that are chosen in the list; incident() is one of them.
    const QStringList& incidents() const { return incidents_; }
    const QString& slo() const { return slo_; }
    const QString& title() const { return title_; }
    const QString& board() const { return board_; }
    /// Of boardRanges().
    int boardRange() const { return boardRange_; }
    void setIncident(const QString& id);
    void setIncidents(const QStringList& ids) { incidents_ = ids; }
    void setSlo(const QString& id);
    void setTitle(const QString& id);
    void setBoard(const QString& id);
    void setBoardRange(int index);

signals:
    void incidentChanged(const QString& id);
    void sloChanged(const QString& id);
    /// A longer (+1) or shorter (-1) stretch of the objective's past is wanted.
    void sloRangeStepped(int steps);
    void titleChanged(const QString& id);
    void boardChanged(const QString& id);
    void boardRangeChanged(int index);

private:
    QString incident_;
    QStringList incidents_;
    QString slo_;
    QString title_;
    QString board_;
    int boardRange_ = 1;
};

class Session : public QObject {
    Q_OBJECT

public:
    /// Nothing is started, nothing is read: construction is quick, so that the window can paint first.
    Session(LaunchOptions options, Preferences& preferences, QObject* parent = nullptr);
    ~Session() override;

    /// Brings the local site up, or connects.
    void start();
    /// Connects to a site that is up; for --connect, and for tests.
    void attach(const Endpoints& endpoints);
    /// A local site that failed or ended is started again.
    void restartSite();

    bool isLocal() const { return site_ != nullptr; }
    /// "local site in /…" or the address.
    QString siteName() const;
    /// Null when connected to another's site.
    LocalSite* localSite() const { return site_.get(); }
    /// Why --connect could not begin; empty when it could.
    const QString& startProblem() const { return startProblem_; }

    Preferences& preferences() { return preferences_; }
    ActionRegistry& actions() { return actions_; }
    Selection& selection() { return selection_; }
    OpsLink& link() { return link_; }
    SiteAdapter& processes() { return processes_; }
    SeriesAdapter& series() { return series_; }
    SeriesAdapter& armSeries() { return armSeries_; }
    SloAdapter& slos() { return slos_; }
    AlertAdapter& alerts() { return alerts_; }
    ExclusionAdapter& exclusions() { return exclusions_; }
    FaultAdapter& faults() { return faults_; }
    FlagAdapter& flags() { return flags_; }
    ChangeAdapter& changes() { return changes_; }
    DashboardAdapter& boards() { return boards_; }
    IncidentAdapter& incidents() { return incidents_; }
    TimelineAdapter& timeline() { return timeline_; }
    RolloutAdapter& rollouts() { return rollouts_; }
    CatalogAdapter& catalog() { return catalog_; }
    PlayerAdapter& player() { return player_; }
    ComparisonAdapter& comparison() { return comparison_; }
    ClipAdapter& clips() { return clips_; }
    PreviewFocus& previewFocus() { return previewFocus_; }
    PostmortemAdapter& postmortem() { return postmortem_; }
    SeenAlertAdapter& seenAlerts() { return seenAlerts_; }
    SilenceAdapter& silences() { return silences_; }
    StatusAdapter& status() { return status_; }
    OutboxAdapter& outbox() { return outbox_; }
    OncallAdapter& oncall() { return oncall_; }
    RunbookAdapter& runbooks() { return runbooks_; }
    TimelineFocus& focus() { return focus_; }
    PostmortemListAdapter& postmortems() { return postmortems_; }
    ActionItemAdapter& actionItems() { return actionItems_; }
    PostmortemDrafts& drafts() { return drafts_; }
    PostmortemFocus& postmortemFocus() { return postmortemFocus_; }
    LearningAdapter& learning() { return learning_; }

    /// As of the last needsChanged().
    const std::vector<Need>& needs() const { return needs_; }

signals:
    void siteChanged();  // the local site's state or progress, or why it cannot be connected
    void needsChanged();

private:
    std::vector<Domain*> domains();
    void updateNeeds();

    LaunchOptions options_;
    Preferences& preferences_;
    ActionRegistry actions_;
    Selection selection_;
    OpsLink link_;
    SiteAdapter processes_{link_};
    SeriesAdapter series_;
    SeriesAdapter armSeries_;
    SloAdapter slos_{link_};
    AlertAdapter alerts_{link_};
    ExclusionAdapter exclusions_{link_};
    FaultAdapter faults_{link_};
    FlagAdapter flags_{link_};
    ChangeAdapter changes_{link_};
    DashboardAdapter boards_{link_};
    IncidentAdapter incidents_{link_};
    TimelineAdapter timeline_{link_};
    RolloutAdapter rollouts_{link_};
    CatalogAdapter catalog_{link_};
    PlayerAdapter player_{link_};
    ComparisonAdapter comparison_{link_};
    ClipAdapter clips_;
    PreviewFocus previewFocus_;
    PostmortemAdapter postmortem_{link_};
    SeenAlertAdapter seenAlerts_{link_};
    SilenceAdapter silences_{link_};
    StatusAdapter status_{link_};
    OutboxAdapter outbox_{link_};
    OncallAdapter oncall_{link_};
    RunbookAdapter runbooks_{link_};
    TimelineFocus focus_;
    PostmortemListAdapter postmortems_{link_};
    ActionItemAdapter actionItems_{link_};
    PostmortemDrafts drafts_;
    PostmortemFocus postmortemFocus_;
    LearningAdapter learning_{link_};
    std::unique_ptr<LocalSite> site_;
    std::vector<Need> needs_;
    QString startProblem_;
};

}  // namespace qd::app
