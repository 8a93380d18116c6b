#include "rollouts/engine/rollout_engine.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::string_view id_prefix = "RO-";
constexpr std::size_t max_keys = 10'000;

std::uint64_t number_of(const RolloutId& id) {
    std::uint64_t number = 0;
    if (id.value.starts_with(id_prefix))
        std::from_chars(id.value.data() + id_prefix.size(), id.value.data() + id.value.size(), number);
    return number;
}

/// A key is one person's own, for `what` is done to which rollout.
std::string scoped(const RolloutAuthor& author, std::string_view what, std::string_view rollout) {
    if (author.idempotency_key.empty()) return {};
    return fmt::format("{}\n{} {}\n{}", author.actor, what, rollout, author.idempotency_key);
}

/// The version most of the stable arm's instances have, and how many there are of the arm.
core::Result<Beginning> look_at_stable(const std::vector<RunningInstance>& running) {
    std::map<std::string, unsigned> versions;
    unsigned all = 0;
    for (const RunningInstance& each : running)
        if (each.arm == "stable") ++versions[each.version], ++all;
    if (all == 0)
        return fail(Errc::unavailable, "nothing serves the stable arm: there is nothing to compare with");
    const auto most = std::ranges::max_element(versions, {}, [](const auto& entry) { return entry.second; });
    return Beginning{{}, most->first, all};
}

}  // namespace

RolloutEngine::RolloutEngine(EngineParts parts, EngineHooks hooks, EngineOptions options)
    : parts_(parts), hooks_(std::move(hooks)), options_(options), journal_(parts.log) {}

core::Result<std::unique_ptr<RolloutEngine>> RolloutEngine::open(EngineParts parts, EngineHooks hooks,
                                                                 EngineOptions options) {
    std::unique_ptr<RolloutEngine> engine(new RolloutEngine(parts, std::move(hooks), options));
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
        if (!ok) {
            parts_.messages.error("a rollout's audit cannot be replayed",
                                  {{"rollout", id.value}, {"reason", ok.error().message}});
            continue;
        }
        rollouts_.push_back(std::move(tracked));
    }
    return {};
}

void RolloutEngine::remember_key(const std::string& key, const RolloutId& id) {
    if (key.empty()) return;
    if (keys_.size() >= max_keys) keys_.clear();  // far beyond what clients repeat
    keys_.emplace(key, id);
}

TrackedRollout* RolloutEngine::find(const RolloutId& id) {
    const auto at = std::ranges::find_if(rollouts_, [&](const auto& each) { return each->id == id; });
    return at == rollouts_.end() ? nullptr : at->get();
}

core::Result<> RolloutEngine::commit(TrackedRollout& rollout, AuditRow row, News& news) {
    row.event.seq = rollout.canary.version + 1;
    row.event.at = parts_.clock.now();
    // Asked before it is written: what the log has must always replay.
    if (!row.beginning) {
        auto possible = follow(rollout.canary, rollout.specification(), row.event);
        if (!possible) return Failure(possible.error());
    }
    if (auto ok = journal_.append(rollout.id, row); !ok) return ok;
    if (auto ok = rollout.absorb(row); !ok) return ok;
    remember_key(row.idempotency_key, rollout.id);
    news.push_back({rollout.view(row.event.at), row.event, describe(row.event, rollout)});
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
    return rollout->view(parts_.clock.now());
}

core::Result<Rollout> RolloutEngine::start(const StartRequest& request, const RolloutAuthor& author) {
    const std::string key = scoped(author, "start", {});
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(key)) return *before;
    }
    if (hooks_.freeze && !request.override_freeze)
        if (const auto why = hooks_.freeze())
            return fail(Errc::conflict, "{}; start with override to do it nevertheless", *why);
    const auto running = parts_.runner.list();
    if (!running) return core::fail_with_context("asking what runs", running.error());
    auto beginning = look_at_stable(*running);
    if (!beginning) return Failure(beginning.error());
    const std::string& label = request.specification.target.label;
    if (beginning->former_version == label)
        return fail(Errc::conflict, "{} is the stable version already", label);
    beginning->specification = request.specification;

    News news;
    std::optional<Rollout> result;
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(key)) return *before;
        if (const TrackedRollout* other = latest(); other != nullptr && !is_finished(other->canary))
            return fail(Errc::conflict, "rollout {} of {} is under way", other->id.value,
                        other->specification().target.label);
        auto tracked = std::make_unique<TrackedRollout>();
        tracked->id = RolloutId(fmt::format("{}{}", id_prefix, last_number_ + 1));
        tracked->instances = *running;
        AuditRow row;
        row.event.kind = AuditKind::start;
        row.event.actor = author.actor;
        row.event.reason = request.reason;
        row.idempotency_key = key;
        row.beginning = std::move(*beginning);
        if (auto ok = commit(*tracked, std::move(row), news); !ok) return Failure(ok.error());
        ++last_number_;
        result = tracked->view(parts_.clock.now());
        rollouts_.push_back(std::move(tracked));
        instances_tried_at_.reset();
    }
    tell(news);
    // The instances take seconds: they are started at once rather than at the next tick.
    if (!stopping_) parts_.executor.post([this] { put_instances_right(); });
    return *result;
}

core::Result<Rollout> RolloutEngine::act(const RolloutId& id, Action action, const std::string& reason,
                                         const RolloutAuthor& author) {
    const std::string key = scoped(author, to_string(action), id.value);
    News news;
    {
        const std::lock_guard lock(mutex_);
        if (auto before = repeated(key)) return *before;
        TrackedRollout* rollout = find(id);
        if (rollout == nullptr) return fail(Errc::not_found, "there is no rollout {}", id.value);
        if (author.expected_version && *author.expected_version != rollout->canary.version)
            return fail(Errc::precondition_failed, "{} is at version {}, not {}: another hand was first",
                        id.value, rollout->canary.version, *author.expected_version);
        if (action == Action::undo && rollout != latest())
            return fail(Errc::conflict, "a later rollout has begun since: only the latest can be undone");
        AuditRow row;
        row.event.kind = AuditKind::action;
        row.event.action = action;
        row.event.actor = author.actor;
        row.event.reason = reason;
        row.idempotency_key = key;
        const auto began = parts_.clock.steady_now();
        if (auto ok = commit(*rollout, std::move(row), news); !ok) return Failure(ok.error());
        if (action == Action::abort) rollout->abort_began = began;
        instances_tried_at_.reset();
    }
    apply_split(news);
    tell(news);
    return get(id);
}

core::Result<Rollout> RolloutEngine::get(const RolloutId& id) const {
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::find_if(rollouts_, [&](const auto& each) { return each->id == id; });
    if (at == rollouts_.end()) return fail(Errc::not_found, "there is no rollout {}", id.value);
    return (*at)->view(parts_.clock.now());
}

std::vector<Rollout> RolloutEngine::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Rollout> all;
    for (auto at = rollouts_.rbegin(); at != rollouts_.rend(); ++at)
        all.push_back((*at)->view(parts_.clock.now()));
    return all;
}

void RolloutEngine::tell(const News& news) {
    for (const Told& told : news) {
        if (told.event && hooks_.on_audit) hooks_.on_audit(told.rollout, *told.event, told.text);
        if (hooks_.on_change) hooks_.on_change(told.rollout);
    }
}

}  // namespace qd::rollouts
