#include "rollouts/engine/rollout_engine.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using core::Failure;
using std::chrono::milliseconds;

constexpr std::string_view id_prefix = "RO-";
const std::string gateway = "gateway";
constexpr milliseconds noticed_jump{2'000};
constexpr std::size_t max_keys = 10'000;

std::uint64_t number_of(const RolloutId& id) {
    std::uint64_t number = 0;
    if (id.value.starts_with(id_prefix))
        std::from_chars(id.value.data() + id_prefix.size(), id.value.data() + id.value.size(), number);
    return number;
}

}  // namespace

RolloutEngine::RolloutEngine(EngineParts parts, EngineHooks hooks, EngineOptions options)
    : parts_(std::move(parts)), hooks_(std::move(hooks)), options_(options), journal_(parts_.log) {
    lanes_.emplace(gateway,
                   std::make_unique<Lane>(
                       gateway, Drivers{&parts_.router, &parts_.runner, &parts_.metrics, {}, parts_.source}));
    for (const auto& [name, drivers] : parts_.others)
        lanes_.emplace(name, std::make_unique<Lane>(name, drivers));
}

core::Result<std::unique_ptr<RolloutEngine>> RolloutEngine::open(EngineParts parts, EngineHooks hooks,
                                                                 EngineOptions options) {
    std::unique_ptr<RolloutEngine> engine(new RolloutEngine(std::move(parts), std::move(hooks), options));
    if (auto ok = engine->load(); !ok) return Failure(ok.error());
    return engine;
}

core::Result<> RolloutEngine::load() {
    const auto ids = journal_.rollouts();
    if (!ids) return Failure(ids.error());
    for (const RolloutId& id : *ids) {
        last_number_ = std::max(last_number_, number_of(id));
        auto tracked = std::make_unique<TrackedRollout>();
        tracked->id = id;
        const auto rows = journal_.read(id);
        core::Result<> ok;
        if (!rows) ok = Failure(rows.error());
        if (rows)
            for (const AuditRow& row : *rows) {
                if (ok) ok = tracked->absorb(row);
                if (ok) remember_key(row.idempotency_key, id);
            }
        Lane* lane = ok ? lane_of(tracked->specification()) : nullptr;
        if (ok && lane == nullptr)
            ok = fail(Errc::not_found, "there is no driver '{}'", tracked->specification().driver);
        if (!ok) {
            parts_.messages.error("a rollout's audit cannot be replayed",
                                  {{"rollout", id.value}, {"reason", ok.error().message}});
            continue;
        }
        if (auto resumed = resume_runs(*tracked); !resumed)
            parts_.messages.error("an analysis goes on without what it measured last",
                                  {{"rollout", id.value}, {"reason", resumed.error().message}});
        adopt(std::move(tracked), *lane);
    }
    return {};
}

core::Result<> RolloutEngine::resume_runs(TrackedRollout& rollout) const {
    for (AnalysisRun& run : rollout.runs) {
        if (is_over(run.phase)) continue;
        auto saved = journal_.saved_run(run.name);
        if (!saved) return Failure(saved.error());
        if (*saved && (*saved)->started_at == run.started_at) run = std::move(**saved);
    }
    return {};
}

void RolloutEngine::remember_key(const std::string& key, const RolloutId& id) {
    if (key.empty()) return;
    if (keys_.size() >= max_keys) keys_.clear();  // far beyond what clients repeat
    keys_.emplace(key, id);
}

void RolloutEngine::adopt(std::unique_ptr<TrackedRollout> rollout, Lane& lane) {
    rollout->driver = lane.name;
    rollout->driver_note = lane.drivers.note;
    lane.latest = rollout.get();
    by_id_.emplace(rollout->id.value, rollout.get());
    rollouts_.push_back(std::move(rollout));
}

TrackedRollout* RolloutEngine::find(const RolloutId& id) const {
    const auto at = by_id_.find(id.value);
    return at == by_id_.end() ? nullptr : at->second;
}

Lane* RolloutEngine::lane_of(const Specification& specification) const {
    const auto at = lanes_.find(specification.driver.empty() ? gateway : specification.driver);
    return at == lanes_.end() ? nullptr : at->second.get();
}

Rollout RolloutEngine::view_of(const TrackedRollout& rollout) const {
    Rollout view = rollout.view(parts_.clock.now());
    if (!is_finished(rollout.progress)) view.frozen = frozen_;
    if (frozen_ && waits_for_thaw(rollout)) view.message += ". Waits, since it is frozen: " + *frozen_;
    return view;
}

core::Result<> RolloutEngine::commit(TrackedRollout& rollout, AuditRow row, News& news) {
    row.event.seq = rollout.progress.version + 1;
    row.event.at = parts_.clock.now();
    // Asked before it is written: what the log has must always replay.
    if (!row.beginning) {
        auto possible = follow(rollout.progress, rollout.specification(), row.event);
        if (!possible) return Failure(possible.error());
    }
    if (auto ok = journal_.append(rollout.id, row); !ok) return ok;
    if (auto ok = rollout.absorb(row); !ok) return ok;
    remember_key(row.idempotency_key, rollout.id);
    if (hooks_.on_audit || hooks_.on_change)
        news.push_back({view_of(rollout), row.event, describe(row.event, rollout)});
    rollout.stirred = false;
    rollout.told_at = parts_.clock.steady_now();
    return {};
}

core::Result<> RolloutEngine::record(TrackedRollout& rollout, AuditKind kind, std::string reason,
                                     News& news) {
    AuditRow row;
    row.event.kind = kind;
    row.event.actor = "engine";
    row.event.reason = std::move(reason);
    return commit(rollout, std::move(row), news);
}

std::optional<Rollout> RolloutEngine::repeated(const std::string& key) {
    const auto known = keys_.find(key);
    if (key.empty() || known == keys_.end()) return std::nullopt;
    const TrackedRollout* rollout = find(known->second);
    if (rollout == nullptr) return std::nullopt;
    return view_of(*rollout);
}

void RolloutEngine::follow_clock(News& news) {
    const core::WallTime wall = parts_.clock.now();
    const core::SteadyTime steady = parts_.clock.steady_now();
    const auto seen = std::exchange(wall_seen_, wall);
    const auto passed =
        std::chrono::duration_cast<milliseconds>(steady - std::exchange(steady_seen_, steady));
    if (!seen) return;
    const milliseconds jump = wall - *seen - passed;
    if (std::chrono::abs(jump) <= noticed_jump) return;
    for (const auto& [name, lane] : lanes_) {
        TrackedRollout* rollout = lane->latest;
        if (rollout == nullptr) continue;
        if (rollout->zero_since) *rollout->zero_since += jump;
        if (is_finished(rollout->progress)) continue;
        AuditRow row;
        row.event.kind = AuditKind::clock;
        row.event.actor = "engine";
        row.event.shift = jump;
        row.event.reason = fmt::format("the wall clock jumped by {} s: the step's time goes on as before",
                                       double(jump.count()) / 1000);
        if (auto ok = commit(*rollout, std::move(row), news); !ok)
            parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
    }
}

core::Result<Rollout> RolloutEngine::get(const RolloutId& id) const {
    const std::lock_guard lock(mutex_);
    const TrackedRollout* rollout = find(id);
    if (rollout == nullptr) return fail(Errc::not_found, "there is no rollout {}", id.value);
    return view_of(*rollout);
}

std::vector<Rollout> RolloutEngine::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Rollout> all;
    for (auto at = rollouts_.rbegin(); at != rollouts_.rend(); ++at) all.push_back(view_of(**at));
    return all;
}

void RolloutEngine::tell(const News& news) {
    for (const Told& told : news) {
        if (told.event && hooks_.on_audit) hooks_.on_audit(told.rollout, *told.event, told.text);
        if (hooks_.on_change) hooks_.on_change(told.rollout);
    }
}

}  // namespace qd::rollouts
