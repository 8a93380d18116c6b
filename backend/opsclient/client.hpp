#pragma once
// A typed client of opsd's API. Every call returns at once; its callback runs once, on the HTTP client's
// thread, unless this object is destroyed before: after the destructor returns no callback runs any more.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "http/client.hpp"
#include "incidents/codec.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "incidents/requests.hpp"
#include "incidents/severity_advice.hpp"
#include "learning/report.hpp"
#include "oncall/picture.hpp"
#include "opsclient/alertmanager.hpp"
#include "opsclient/change.hpp"
#include "opsclient/comms.hpp"
#include "opsclient/dashboards.hpp"
#include "opsclient/event.hpp"
#include "opsclient/flags.hpp"
#include "opsclient/log_line.hpp"
#include "opsclient/request_log.hpp"
#include "opsclient/runbooks.hpp"
#include "opsclient/site.hpp"
#include "opsclient/source.hpp"
#include "postmortems/requests.hpp"
#include "postmortems/view.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/policy.hpp"
#include "rollouts/rollout.hpp"
#include "runbooks/guide.hpp"
#include "silences/codec.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "slo/heatmap.hpp"
#include "slo/replay.hpp"
#include "slo/status.hpp"

namespace qd::opsclient {

template <class T>
using Callback = std::function<void(core::Result<T>)>;

struct Endpoint {
    std::string base_url;  // "http://127.0.0.1:4242"
    std::string token;     // the bearer token's secret
};

/// Names of GET /series.
namespace series {
inline constexpr std::string_view request_rate = "request_rate";  // by arm, requests per second
inline constexpr std::string_view error_ratio = "error_ratio";    // by arm
inline constexpr std::string_view latency_p95 = "latency_p95";    // by arm, milliseconds
inline constexpr std::string_view latency_p50 = "latency_p50";    // by arm, milliseconds
inline constexpr std::string_view viewers = "viewers";            // who plays now
inline constexpr std::string_view startup_p95 = "startup_p95";    // by arm, milliseconds
inline constexpr std::string_view stall_ratio = "stall_ratio";    // by arm
}  // namespace series

/// Thread-safe. A write carries an Idempotency-Key and is sent again (twice at most) when the connection
/// fails, so that it happens once. Errors: Errc::unavailable and timeout (opsd is not reachable),
/// unauthenticated, not_found, precondition_failed, …, with opsd's own words; Errc::corrupt for an answer
/// that makes no sense.
class Client {
public:
    /// `client`, `executor` and `random` outlive this object.
    Client(Endpoint endpoint, http::Client& client, core::Executor& executor, core::Random& random);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void site(Callback<Site> done);
    void slos(Callback<std::vector<slo::Status>> done);
    void slo(const slo::SloId& id, Callback<slo::Status> done);
    /// Where objectives read their counters: the site's own scrape first.
    void sources(Callback<std::vector<Source>> done);
    /// At most `points` points (2..2,000) from `from` to `to`, the finest step that fits.
    void slo_history(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                     Callback<slo::History> done);
    /// What would have been: stored history, stepped through with the objective as it is or changed.
    void slo_replay(const slo::SloId& id, const slo::ReplayRequest& request, Callback<slo::Replay> done);
    /// How the observations of a latency objective were spread; at most `points` (2..2,000) columns.
    void slo_heatmap(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                     Callback<slo::Heatmap> done);
    /// Those that fire, then those that ended, the newest first.
    void alerts(Callback<std::vector<slo::Alert>> done);
    /// Maintenance that does not count, the earliest begin first. Of what is added, id, author and time of
    /// making are opsd's; it answers with them.
    void exclusions(Callback<std::vector<slo::Exclusion>> done);
    void add_exclusion(const slo::Exclusion& exclusion, Callback<slo::Exclusion> done);
    void remove_exclusion(const slo::ExclusionId& id, Callback<void> done);
    void series(std::string_view name, core::WallTime from, core::WallTime to, int points,
                Callback<Series> done);

    /// The built-in ones first, by role.
    void dashboards(Callback<Dashboards> done);
    /// What panel `number` (from 0, as listed) draws from `from` to `to`, at most `points` points (2..2,000)
    /// a line. Errc::not_found once the dashboard has changed.
    void panel_series(const dashboards::DashboardId& id, std::size_t number, core::WallTime from,
                      core::WallTime to, int points, Callback<PanelCurves> done);

    /// Open ones first, then the latest detected first; the first page of everything.
    void incidents(Callback<std::vector<incidents::Incident>> done);
    /// Full text and filters, a page at a time.
    void find_incidents(const incidents::IncidentQuery& query, Callback<incidents::IncidentPage> done);
    void incident(const incidents::IncidentId& id, Callback<incidents::Incident> done);
    /// As recorded, corrections included; see incidents::effective(). What follows event `after`; 0: all.
    void timeline(const incidents::IncidentId& id, Callback<std::vector<incidents::Event>> done,
                  std::uint64_t after = 0);
    void open_incident(const incidents::OpenRequest& request, Callback<incidents::Incident> done);
    /// With `expected_version` (If-Match) Errc::precondition_failed when another hand was first. The
    /// incident's new version is the event's seq. With the request's `based_on` instead, what another hand
    /// made impossible meanwhile comes back as an event of kind `overtaken`.
    void post_event(const incidents::IncidentId& id, const incidents::EventRequest& request,
                    std::optional<std::uint64_t> expected_version, Callback<incidents::Event> done);
    /// These answer with incident `id` as it is then; the split with the new one.
    void merge_incident(const incidents::IncidentId& id, const incidents::MergeRequest& request,
                        Callback<incidents::Incident> done);
    void split_incident(const incidents::IncidentId& id, const incidents::SplitRequest& request,
                        Callback<incidents::Incident> done);
    void relate_incidents(const incidents::IncidentId& id, const incidents::RelationRequest& request,
                          Callback<incidents::Incident> done);
    /// The compiled post-mortem; `format` is "md", "json" or "html".
    void postmortem(const incidents::IncidentId& id, std::string_view format, Callback<std::string> done);

    /// Ours and others', the firing ones first.
    void all_alerts(Callback<std::vector<silences::Alert>> done);
    /// Active ones first.
    void list_silences(Callback<std::vector<silences::ListedSilence>> done);
    void create_silence(const silences::NewSilence& silence, Callback<silences::ListedSilence> done);
    /// `longer` than it lasts now. In an Alertmanager the answer's id may be another.
    void extend_silence(const silences::Silence& silence, std::chrono::seconds longer,
                        const std::string& reason, Callback<silences::ListedSilence> done);
    void expire_silence(const silences::Silence& silence, const std::string& reason,
                        Callback<silences::ListedSilence> done);
    void alertmanagers(Callback<std::vector<Alertmanager>> done);
    /// The severity that is measured now, with every reason.
    void severity_advice(const incidents::IncidentId& id, Callback<incidents::SeverityAdvice> done);
    void audiences(Callback<std::vector<Audience>> done);
    /// What an update would say now, and whom it would reach.
    void status_draft(const incidents::IncidentId& id, const std::string& audience,
                      Callback<StatusDraft> done);
    /// Into the journal, and on its way to the audience's destinations.
    void post_status_update(const incidents::IncidentId& id, const std::string& audience,
                            const std::string& text, std::optional<std::uint64_t> based_on,
                            Callback<StatusPosted> done);
    /// Updates that are owed of open incidents, the earliest due first.
    void status_schedule(Callback<std::vector<StatusOwed>> done);
    /// The newest 500 entries.
    void outbox(Callback<Outbox> done);
    void retry_outbox_entry(std::uint64_t id, Callback<OutboxEntry> done);
    void drop_outbox_entry(std::uint64_t id, Callback<OutboxEntry> done);
    void oncall(Callback<oncall::Picture> done);
    /// Without their Markdown.
    void runbooks(Callback<std::vector<RunbookEntry>> done);
    void runbook(const runbooks::RunbookId& id, Callback<RunbookEntry> done);
    /// Those that apply first, with the reasons and how far the incident is with them.
    void incident_runbooks(const incidents::IncidentId& id, Callback<std::vector<runbooks::Guide>> done);
    /// Without `confirm`: what would be sent. A run that failed is an answer.
    void run_step(const incidents::IncidentId& id, const runbooks::RunbookId& runbook,
                  const std::string& step, const runbooks::RunRequest& request,
                  Callback<runbooks::RunAnswer> done);
    /// opsd freezes what it keeps of the objective in [from, to]; answers with the journal's event.
    struct EvidenceRequest {
        slo::SloId slo;
        core::WallTime from;
        core::WallTime to;
        std::string text;  // empty: opsd writes one
    };
    void freeze_evidence(const incidents::IncidentId& id, const EvidenceRequest& request,
                         Callback<incidents::Event> done);
    /// At most 20 MiB: Errc::too_large.
    void attach_file(const incidents::IncidentId& id, std::string_view name, std::string_view text,
                     std::string bytes, Callback<incidents::Event> done);
    /// The bytes, as opsd found them to be those of this hash. Errc::not_found, corrupt.
    void attached_file(const incidents::IncidentId& id, std::string_view sha256, Callback<std::string> done);
    /// Warnings and errors of the site's processes; the last `limit` (1..5,000) in [from, to].
    void incident_logs(const incidents::IncidentId& id, core::WallTime from, core::WallTime to, int limit,
                       Callback<LogExcerpt> done);
    /// What the site's processes wrote about one very request: the lines behind a segment of a playback.
    void request_log(const RequestLogQuery& query, Callback<RequestLog> done);
    /// Of every incident that is over or has a draft: overdue ones first, then the latest incident first.
    void postmortems(Callback<std::vector<postmortems::Listing>> done);
    /// With what the journal says now. Where nobody has written yet it is as the template has it (version 0).
    void postmortem_view(const incidents::IncidentId& id, Callback<postmortems::View> done);
    /// Nothing that is saved is lost: a text that is based on an older version than the one in effect is kept
    /// beside it (Section::conflicts). With `expected_version` (of the draft) Errc::precondition_failed
    /// instead.
    void save_postmortem(const incidents::IncidentId& id, const postmortems::SaveRequest& request,
                         std::optional<std::uint64_t> expected_version, Callback<postmortems::View> done);
    /// Errc::conflict with what keeps it from going there.
    void move_postmortem(const incidents::IncidentId& id, const postmortems::MoveRequest& request,
                         std::optional<std::uint64_t> expected_version, Callback<postmortems::View> done);
    void review_postmortem(const incidents::IncidentId& id, const postmortems::ReviewerRequest& request,
                           Callback<postmortems::View> done);
    void comment_postmortem(const incidents::IncidentId& id, const postmortems::CommentRequest& request,
                            Callback<postmortems::View> done);
    void resolve_comment(const incidents::IncidentId& id, std::uint64_t comment,
                         const postmortems::ResolveRequest& request, Callback<postmortems::View> done);
    void use_postmortem_template(const incidents::IncidentId& id, const std::string& name,
                                 Callback<postmortems::View> done);
    void set_postmortem_factors(const incidents::IncidentId& id,
                                const std::vector<postmortems::Factor>& factors,
                                Callback<postmortems::View> done);
    /// Every saved version and every step of the review, the latest first.
    void postmortem_history(const incidents::IncidentId& id,
                            Callback<std::vector<postmortems::HistoryEntry>> done);
    /// One saved version with its text (of the list's, seq or any number from first to seq).
    void postmortem_version(const incidents::IncidentId& id, std::uint64_t seq,
                            Callback<postmortems::HistoryEntry> done);
    /// The document with texts that are not saved yet.
    void preview_postmortem(const incidents::IncidentId& id, const postmortems::PreviewRequest& request,
                            Callback<std::string> done);
    void postmortem_templates(Callback<std::vector<postmortems::Template>> done);
    void action_items(const postmortems::ActionFilter& filter, Callback<postmortems::ActionList> done);
    void add_action_item(const postmortems::ActionRequest& request, Callback<postmortems::Action> done);
    void change_action_item(const std::string& id, const postmortems::ActionRequest& request,
                            std::optional<std::uint64_t> expected_version,
                            Callback<postmortems::Action> done);
    /// As CSV; no cell can be taken for a formula.
    void action_items_csv(const postmortems::ActionFilter& filter, Callback<std::string> done);
    /// What the range teaches; see learning::Report.
    void learning(const learning::Query& query, Callback<learning::Report> done);
    /// The same as a table, CSV.
    void learning_csv(const learning::Query& query, Callback<std::string> done);

    void rollouts(Callback<std::vector<rollouts::Rollout>> done);
    void rollout(const rollouts::RolloutId& id, Callback<rollouts::Rollout> done);
    /// `specification` is YAML or JSON. `override_freeze` starts it in spite of an open SEV1 or SEV2
    /// incident, or of a spent budget that freezes rollouts.
    void create_rollout(const std::string& specification, const std::string& reason, bool override_freeze,
                        Callback<rollouts::Rollout> done);
    /// `state`: "open", "ended", a phase's word, or empty for all; the latest first, 1..500 of them.
    void rollout_history(std::string_view state, std::size_t limit,
                         Callback<std::vector<rollouts::Rollout>> done);
    /// What an action would send, exactly, and what would come of it.
    void preview_rollout_action(const rollouts::RolloutId& id, rollouts::Action action,
                                Callback<rollouts::ActionPreview> done);
    /// `expected_version`: that of the preview, or of the rollout that was looked at.
    void rollout_action(const rollouts::RolloutId& id, rollouts::Action action,
                        const rollouts::ActionRequest& request, std::optional<std::uint64_t> expected_version,
                        Callback<rollouts::Rollout> done);
    /// Of a person other than who started it.
    void approve_rollout(const rollouts::RolloutId& id, const std::string& reason,
                         std::optional<std::uint64_t> expected_version, Callback<rollouts::Rollout> done);
    /// Starts a rollout back to a version that was stable before rollout `id` or another; answers with it.
    void rollback(const rollouts::RolloutId& id, const rollouts::RollbackRequest& request,
                  Callback<rollouts::Rollout> done);
    void preview_group_action(const std::string& group, rollouts::Action action,
                              Callback<rollouts::GroupPreview> done);
    /// Nothing is done when one member refuses (Errc::conflict); then one after the other.
    void group_action(const std::string& group, rollouts::Action action,
                      const rollouts::ActionRequest& request,
                      Callback<std::vector<rollouts::GroupOutcome>> done);
    /// What is frozen now and why, and what will be.
    void rollout_policy(Callback<rollouts::PolicyPicture> done);
    /// Which strategy suits; `query` as "database_migration=true&…". The answer's JSON.
    void rollout_advice(const std::string& query, Callback<std::string> done);

    /// Feature flags by key, and the processes that evaluate them.
    void flags(Callback<FlagList> done);
    void flag(const std::string& key, Callback<FlagView> done);
    /// The latest change first.
    void flag_history(const std::string& key, Callback<std::vector<FlagChange>> done);
    /// The whole flag, new ones too. These three need a reason; `expected_revision` is that of the flag's
    /// last change as it was looked at (0: there is none of this key yet).
    void set_flag(const flags::Flag& flag, const std::string& reason,
                  std::optional<std::uint64_t> expected_revision, Callback<FlagView> done);
    /// Everybody gets its kill variant until it is restored. Errc::conflict when that is so already.
    void kill_flag(const std::string& key, const std::string& reason,
                   std::optional<std::uint64_t> expected_revision, Callback<FlagView> done);
    void restore_flag(const std::string& key, const std::string& reason,
                      std::optional<std::uint64_t> expected_revision, Callback<FlagView> done);

    /// The newest 200, the newest first.
    void changes(Callback<std::vector<Change>> done);

    void faults(Callback<std::vector<chaos::Fault>> done);
    /// Those that have ended since opsd started too, before those that act.
    void faults_with_past(Callback<std::vector<chaos::Fault>> done);
    void apply_fault(const chaos::Fault& fault, Callback<chaos::Fault> done);
    void remove_fault(const chaos::FaultId& id, Callback<void> done);

    /// Follows the event stream until the subscription is destroyed; reconnects by itself. Handlers run on
    /// the client's or the executor's thread, never two at once. The subscription must not outlive this
    /// object.
    std::unique_ptr<Subscription> subscribe(EventHandlers handlers);

    const Endpoint& endpoint() const { return endpoint_; }

    struct Impl;

private:
    Endpoint endpoint_;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::opsclient
