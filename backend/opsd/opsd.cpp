#include "opsd/opsd.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/shutdown_stack.hpp"
#include "http/service.hpp"
#include "http/url.hpp"
#include "opsd/advice_routes.hpp"
#include "opsd/analysis_sources.hpp"
#include "opsd/argo_desk.hpp"
#include "opsd/core_routes.hpp"
#include "opsd/dashboard_desk.hpp"
#include "opsd/exclusion_desk.hpp"
#include "opsd/flag_routes.hpp"
#include "opsd/idempotency.hpp"
#include "opsd/incident_detail_routes.hpp"
#include "opsd/incident_routes.hpp"
#include "opsd/intake.hpp"
#include "opsd/learning_desk.hpp"
#include "opsd/oncall_desk.hpp"
#include "opsd/outbox_routes.hpp"
#include "opsd/postmortem_office.hpp"
#include "opsd/replay_routes.hpp"
#include "opsd/report_routes.hpp"
#include "opsd/rollout_routes.hpp"
#include "opsd/router_desk.hpp"
#include "opsd/runbook_desk.hpp"
#include "opsd/site_runner.hpp"
#include "opsd/source_desk.hpp"
#include "opsd/status_routes.hpp"
#include "rollouts/engine/gateway_router.hpp"
#include "storage/event_log.hpp"

namespace qd::opsd {
namespace {

/// Where no supervisor is, versions can be neither listed nor started.
class NoRunner final : public rollouts::VersionRunner {
public:
    core::Result<std::vector<rollouts::RunningInstance>> list() override { return none(); }
    core::Result<> start(const rollouts::StartVersion&) override {
        return none();
    }
    core::Result<> stop(const std::string&) override { return none(); }

private:
    static core::Failure none() {
        return core::fail(core::Errc::unavailable,
                          "this opsd has no site_socket: it cannot start or stop versions");
    }
};

core::Result<std::string> read_bearer(const std::filesystem::path& file) {
    auto line = core::read_file(file, 4096);
    if (!line) return core::Failure(line.error());
    line->erase(std::min(line->find_first_of("\r\n"), line->size()));
    return "Bearer " + *line;
}

}  // namespace

struct Opsd::Impl {
    Impl(Options given, const core::Clock& injected, telemetry::Log& messages)
        : options(std::move(given)), clock(injected), log(messages), started_at(clock.now()) {}

    core::Result<> start(bool tick_by_itself);
    core::Result<> open_stores();
    core::Result<> open_engines();
    core::Result<> open_argo();
    core::Result<> open_response();
    core::Result<> open_outbox();
    core::Result<> open_flags();
    core::Result<> serve();
    void tell_of_site();
    std::optional<std::uint64_t> viewers_now() const;

    const Options options;
    const core::Clock& clock;
    telemetry::Log& log;
    const core::WallTime started_at;

    telemetry::Metrics metrics;
    core::SystemRandom random;
    http::Client client;
    // Numbers go on from the time, so that those of an earlier life are seen to be older.
    http::EventHub events{2048, std::uint64_t(started_at.time_since_epoch().count())};
    std::optional<core::LockFile> lock;
    std::unique_ptr<StateFile> state;
    std::unique_ptr<storage::EventLog> journal;
    std::unique_ptr<storage::EventLog> audit;
    std::unique_ptr<storage::EventLog> flag_log;
    std::unique_ptr<timeseries::Store> store;
    std::unique_ptr<core::ThreadPool> pool;
    std::unique_ptr<Context> context;
    std::unique_ptr<SiteDirectory> directory;
    std::unique_ptr<ExclusionDesk> exclusions;
    std::unique_ptr<DashboardDesk> boards;
    std::unique_ptr<SourceDesk> sources;
    std::unique_ptr<Monitor> monitor;
    std::unique_ptr<FaultDesk> faults;
    std::unique_ptr<SiteView> view;
    std::unique_ptr<incidents::IncidentDesk> desk;
    std::unique_ptr<notify::Outbox> outbox;
    std::unique_ptr<notify::Notifier> notifier;
    std::unique_ptr<rollouts::TrafficRouter> router;
    std::unique_ptr<rollouts::VersionRunner> runner;
    std::unique_ptr<ContextArmMetrics> arm_metrics;
    std::unique_ptr<AnalysisSources> analysis_sources;
    std::unique_ptr<RouterDesk> routers;
    std::unique_ptr<RolloutPolicy> rollout_policy;
    std::unique_ptr<rollouts::RolloutEngine> rollouts;
    std::unique_ptr<RolloutDesk> rollout_desk;
    std::unique_ptr<ArgoDesk> argo;
    std::unique_ptr<Intake> intake;
    std::unique_ptr<FlagReach> flag_reach;
    std::unique_ptr<FlagDesk> flag_desk;
    std::unique_ptr<StatusDesk> status;
    std::unique_ptr<OncallDesk> oncall;
    std::unique_ptr<RunbookLibrary> runbooks;
    std::unique_ptr<RunbookDesk> runbook_desk;
    std::unique_ptr<AttachmentStore> attachments;
    std::unique_ptr<PostmortemOffice> postmortems;
    std::unique_ptr<LearningDesk> learning;
    std::unique_ptr<http::Server> server;
    std::string told_site;
    core::ShutdownStack stack;  // destroyed first
};

core::Result<> Opsd::Impl::open_stores() {
    if (auto made = core::make_directories(options.data / "db"); !made) return made;
    auto locked = core::LockFile::acquire(options.data / "db" / "opsd.lock");
    if (!locked) return core::Failure(locked.error());
    lock.emplace(std::move(*locked));
    auto tokens = security::Tokens::load(options.token_file);
    if (!tokens) return core::Failure(tokens.error());
    auto bearer = read_bearer(options.token_file);
    if (!bearer) return core::Failure(bearer.error());

    const auto db = options.data / "db";
    auto state_file = StateFile::open(db / "opsd.sqlite");
    if (!state_file) return core::Failure(state_file.error());
    state = std::move(*state_file);
    auto counters = timeseries::Store::open(options.objectives, db / "counters.sqlite", clock, log);
    if (!counters) return core::Failure(counters.error());
    store = std::move(*counters);
    auto opened_journal = storage::open_event_log(db / "journal.sqlite", clock);
    if (!opened_journal) return core::Failure(opened_journal.error());
    journal = std::move(*opened_journal);
    auto opened_audit = storage::open_event_log(db / "rollouts.sqlite", clock);
    if (!opened_audit) return core::Failure(opened_audit.error());
    audit = std::move(*opened_audit);
    auto opened_flags = storage::open_event_log(db / "flags.sqlite", clock);
    if (!opened_flags) return core::Failure(opened_flags.error());
    flag_log = std::move(*opened_flags);

    pool = std::make_unique<core::ThreadPool>(4, "opsd-work");
    stack.push("pool", [this] { pool->stop(); });
    context = std::make_unique<Context>(
        Context::Parts{clock, random, *pool, client, log, metrics, events, std::move(*tokens),
                       Places{options.data, options.gateway, std::move(*bearer)},
                       std::make_shared<IdempotencyStore>(*state, clock)});
    return {};
}

core::Result<> Opsd::Impl::open_engines() {
    directory = std::make_unique<SiteDirectory>(options, clock);
    exclusions = std::make_unique<ExclusionDesk>(*context, *store, *state);
    if (auto restored = exclusions->restore(); !restored) return restored;
    boards = std::make_unique<DashboardDesk>(*context, *store, options.dashboards);
    monitor = std::make_unique<Monitor>(*context, *directory, *store, state.get());
    sources = std::make_unique<SourceDesk>(*context, *store, options.sources);
    monitor->set_sources(*sources);
    if (auto restored = monitor->restore(); !restored) return restored;
    faults = std::make_unique<FaultDesk>(*context, *directory);
    view = std::make_unique<SiteView>(*context, *directory, *store, options.data, started_at,
                                      std::string(core::version()));
    context->arm_counts = [this](std::string_view arm, core::WallTime from, core::WallTime to) {
        return store->arm_counts(arm, from, to);
    };
    context->slo_statuses = [this] { return monitor->statuses(); };
    context->slo_history = [this](const slo::SloId& id, core::WallTime from, core::WallTime to, int points) {
        return store->history(id, from, to, points);
    };

    auto opened_desk = incidents::IncidentDesk::open(
        *journal, clock, log, {.search_file = options.data / "db" / "incident_search.sqlite"});
    if (!opened_desk) return core::Failure(opened_desk.error());
    desk = std::move(*opened_desk);
    desk->add_listener(publish_incidents(*context));
    if (auto opened = open_outbox(); !opened) return opened;
    faults->on_change([this](const chaos::Fault& fault, const std::string& phase, const std::string& actor) {
        incidents::MachineNote note;
        note.kind = incidents::EventKind::chaos;
        note.subject = fault.id.value;
        note.phase = phase == "applied" ? "applied" : "ended";
        note.text = fmt::format("Fault {} ({}) {}.", fault.id.value, chaos::to_string(fault.kind), phase);
        note.actor = actor;
        note.at = clock.now();
        note.in_effect = phase == "applied";
        desk->on_machine(note);
    });

    router = std::make_unique<rollouts::GatewayRouter>(client, options.gateway, context->places().bearer);
    if (directory->control())
        runner = std::make_unique<SiteRunner>(*directory->control());
    else
        runner = std::make_unique<NoRunner>();
    arm_metrics = std::make_unique<ContextArmMetrics>(*context);
    rollout_policy = std::make_unique<RolloutPolicy>(*context, *desk, options.rollouts);
    analysis_sources =
        std::make_unique<AnalysisSources>(client, clock, context->arm_counts, options.sources);
    routers = std::make_unique<RouterDesk>(options.routers, options.sources, client, clock, log);
    auto engine = rollouts::RolloutEngine::open(
        {*audit, clock, *pool, log, *router, *runner, *arm_metrics, routers->drivers(),
         analysis_sources.get()},
        rollout_hooks(*context, *desk, *rollout_policy));
    if (!engine) return core::Failure(engine.error());
    rollouts = std::move(*engine);
    rollout_desk = std::make_unique<RolloutDesk>(*rollouts, *rollout_policy);
    rollout_desk->add_check([this](const auto& specification) { return routers->check(specification); });
    rollout_desk->add_drivers([this] { return routers->states(); });
    return open_argo();
}

core::Result<> Opsd::Impl::open_argo() {
    if (!options.argo) return {};
    auto opened = ArgoDesk::open(*options.argo, *context, *desk, *rollout_policy);
    if (!opened) return core::Failure(opened.error());
    argo = std::move(*opened);
    rollout_desk->add(argo->controller());
    rollout_desk->add_drivers([this] { return std::vector{argo->state()}; });
    return {};
}

core::Result<> Opsd::Impl::open_response() {
    const auto hand_on = [this](const slo::Alert& alert) -> core::Result<> {
        // An alert that no incident takes is still told, and the other way round.
        const auto told = notifier->notify(notice_of(alert));
        if (auto taken = desk->on_alert(alert, measure_impact(*context, alert)); !taken)
            return core::Failure(taken.error());
        return told;
    };
    auto opened_intake =
        Intake::open({*context, *desk, *directory, [this] { return monitor->alerts(); }, options});
    if (!opened_intake) return core::Failure(opened_intake.error());
    intake = std::move(*opened_intake);
    monitor->on_alert(intake->alerts().unless_silenced(hand_on));
    stack.push("intake", [this] { intake->stop(); });
    if (auto opened = open_flags(); !opened) return opened;
    status = std::make_unique<StatusDesk>(*context, *desk, *notifier, *outbox, options.status);
    desk->add_listener([this](const incidents::Incident& incident, const incidents::Event& event) {
        status->touch(incident.id, event);
    });
    oncall = std::make_unique<OncallDesk>(*context, *desk, options.rotas);
    desk->add_listener([this](const incidents::Incident& incident, const incidents::Event& event) {
        if (event.kind == incidents::EventKind::opened && event.seq == 1) oncall->on_opened(incident);
    });
    runbooks = std::make_unique<RunbookLibrary>(log, options.runbooks);
    runbook_desk = std::make_unique<RunbookDesk>(
        *context, *desk, *runbooks,
        RunbookActions(
            *context, *rollout_desk,
            [this](const auto& id, const auto& request, const auto& author) {
                return rollout_desk->rollback(id, request, author);
            },
            *faults, intake->silences()));
    attachments = std::make_unique<AttachmentStore>(options.data / "attachments");
    auto office = PostmortemOffice::open(*context, *desk, options.postmortem_templates);
    if (!office) return core::Failure(office.error());
    postmortems = std::move(*office);
    learning = std::make_unique<LearningDesk>(*context, *desk, *rollout_desk, *exclusions, postmortems->drafts());
    return {};
}

core::Result<> Opsd::Impl::open_flags() {
    flag_reach = std::make_unique<FlagReach>(*context, *directory);
    auto opened = FlagDesk::open({*context, *flag_log, *flag_reach, options.data / "run" / "flags.json",
                                  [this] { return rollout_policy->read_only(); }},
                                 default_flag_document());
    if (!opened) return core::Failure(opened.error());
    flag_desk = std::move(*opened);
    join_flags(*context, *flag_desk, *flag_reach, intake->changes());
    return {};
}

core::Result<> Opsd::Impl::open_outbox() {
    auto opened = notify::Outbox::open(options.data / "db" / "outbox.sqlite", clock);
    if (!opened) return core::Failure(opened.error());
    outbox = std::move(*opened);
    notifier = std::make_unique<notify::Notifier>(
        notify::Notifier::Parts{*outbox, client, *pool, clock, random, log}, options.destinations);
    stack.push("notifier", [this] { notifier->stop(); });
    std::vector<std::string> firing;
    for (const slo::Alert& alert : monitor->alerts())
        if (alert.state == slo::AlertState::firing) firing.push_back(alert.id.value);
    return notifier->settle(firing);
}

core::Result<> Opsd::Impl::serve() {
    const auto listen = http::parse_listen(options.listen);
    if (!listen) return core::Failure(listen.error());
    http::ServerOptions server_options;
    server_options.host = listen->first;
    server_options.port = listen->second;
    server_options.worker_threads = 4;
    server_options.allowed_hosts = {"127.0.0.1", "localhost", "::1", "[::1]", listen->first};
    server_options.server_header = "opsd";
    server = std::make_unique<http::Server>(std::move(server_options));
    telemetry::publish_build_info(metrics, "opsd", options.version_label);
    http::add_service_endpoints(
        *server, metrics, log, {"opsd", options.version_label, "stable", options.instance},
        [this] { return monitor->ready(); }, "opsd");
    add_site_routes(*server, *context, events, *view);
    add_slo_routes(*server, *context, *monitor, *store);
    add_dashboard_routes(*server, *context, *boards, *store);
    add_source_routes(*server, *context, *sources);
    add_exclusion_routes(*server, *context, *exclusions);
    add_replay_routes(*server, *context, *exclusions, *store);
    add_heatmap_routes(*server, *context, *store);
    add_fault_routes(*server, *context, *faults);
    add_flag_routes(*server, *context, *flag_desk);
    add_incident_routes(*server, *context, *desk);
    add_report_routes(*server, *context, *monitor, *store, *exclusions, *desk);
    add_rollout_routes(*server, *context, *rollout_desk);
    add_outbox_routes(*server, *context, *outbox, *notifier);
    add_intake_routes(*server, *context, *intake);
    add_advice_routes(*server, *context, *desk, *monitor, intake->alerts(), [this] { return viewers_now(); });
    add_status_routes(*server, *context, *status, *desk);
    add_oncall_routes(*server, *context, *oncall);
    add_runbook_routes(*server, *context, *runbooks, *runbook_desk);
    add_evidence_routes(*server, *context, *desk);
    add_attachment_routes(*server, *context, *desk, *attachments);
    add_log_routes(*server, *context, *desk, options.data / "logs");
    postmortems->add_routes(*server);
    add_learning_routes(*server, *context, *learning);
    if (auto started = server->start(); !started) return started;
    stack.push("server", [this] {
        events.close();
        server->stop(std::chrono::seconds(2));
    });
    return {};
}

std::optional<std::uint64_t> Opsd::Impl::viewers_now() const {
    constexpr std::chrono::seconds recent{10};
    const core::WallTime now = clock.now();
    const auto chart = store->chart("viewers", now - recent, now, int(recent.count()));
    if (!chart || chart->lines.empty() || chart->lines.front().points.empty()) return std::nullopt;
    return std::uint64_t(std::llround(std::max(0.0, chart->lines.front().points.back().second)));
}

void Opsd::Impl::tell_of_site() {
    const std::string now = view->fingerprint();
    if (now == told_site) return;
    told_site = now;
    context->publish("site", "*", view->to_json());
}

core::Result<> Opsd::Impl::start(bool tick_by_itself) {
    if (auto opened = open_stores(); !opened) return opened;
    if (auto opened = open_engines(); !opened) return opened;
    if (auto opened = open_response(); !opened) return opened;
    if (auto serving = serve(); !serving) return serving;
    monitor->on_tick([this] {
        faults->tick();
        notifier->tick();
        intake->tick();
        status->tick();
        oncall->tick();
        runbook_desk->tick();
        flag_desk->tick();
        flag_reach->tick();
        tell_of_site();
        events.tick();
    });
    if (tick_by_itself) boards->start();
    stack.push("boards", [this] { boards->stop(); });
    directory->start();
    stack.push("directory", [this] { directory->stop(); });
    rollouts->run();
    stack.push("rollouts", [this] {
        rollouts->stop();
        analysis_sources->stop();
    });
    stack.push("rollouts", [this] { rollouts->stop(); });
    if (tick_by_itself) routers->start();
    stack.push("routers", [this] { routers->stop(); });
    if (argo) argo->start();
    if (tick_by_itself) sources->start();
    if (tick_by_itself) intake->start();
    stack.push("sources", [this] { sources->stop(); });
    stack.push("monitor", [this] { monitor->stop(); });
    if (tick_by_itself) monitor->start();
    return {};
}

Opsd::Opsd(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Opsd::~Opsd() {
    impl_->stack.run();
}

core::Result<std::unique_ptr<Opsd>> Opsd::start(Options options, const core::Clock& clock,
                                                telemetry::Log& log, bool tick_by_itself) {
    auto impl = std::make_unique<Impl>(std::move(options), clock, log);
    std::unique_ptr<Opsd> opsd(new Opsd(std::move(impl)));
    if (auto started = opsd->impl_->start(tick_by_itself); !started) return core::Failure(started.error());
    return opsd;
}

std::string Opsd::address() const {
    return impl_->server->address();
}

void Opsd::tick() {
    impl_->routers->sample();
    impl_->sources->poll();
    (void)impl_->sources->fill();
    impl_->monitor->tick();
    impl_->boards->look();
}

}  // namespace qd::opsd
