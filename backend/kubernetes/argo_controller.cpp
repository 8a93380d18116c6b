#include "kubernetes/argo_controller.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace qd::kubernetes {
namespace {

using core::Errc;
using core::fail;
using core::Result;
using rollouts::Action;
using rollouts::Rollout;
using rollouts::RolloutId;

constexpr std::size_t most_runs_shown = 20;
constexpr std::string_view unverified = "not verified on a cluster";

std::string key_of(const nlohmann::json& object) {
    return metadata_text(object, "namespace") + ":" + metadata_text(object, "name");
}

bool is_within(std::string_view key, std::string_view space) {
    return space.empty() || (key.starts_with(space) && key.substr(space.size()).starts_with(':'));
}

ApiCall collection_call(const Resource& resource, const std::string& space) {
    ApiCall call;
    call.resource = resource;
    call.space = space;
    return call;
}

}  // namespace

/// The connection is lost while either has an error; before the first list nothing is known.
struct ArgoController::Space {
    std::string name;  // empty: all namespaces
    std::optional<core::Error> lost =
        core::Error{Errc::unavailable, "nothing has been heard of the cluster yet"};
    std::optional<core::Error> runs_lost;
    core::WallTime heard_at;
    std::vector<std::unique_ptr<Reflector>> reflectors;  // last: they use the others
};

ArgoController::ArgoController(ApiClient& api, const core::Clock& clock, core::Random& random,
                               ArgoOptions options, ArgoHooks hooks)
    : api_(api), clock_(clock), options_(std::move(options)), hooks_(std::move(hooks)) {
    // All are there before the first thread looks for its own.
    const auto names = options_.namespaces.empty() ? std::vector<std::string>{""} : options_.namespaces;
    for (const std::string& name : names) {
        spaces_.push_back(std::make_unique<Space>());
        spaces_.back()->name = name;
    }
    for (const auto& space : spaces_) watch(*space, random);
}

ArgoController::~ArgoController() {
    for (const auto& space : spaces_) space->reflectors.clear();
}

void ArgoController::watch(Space& space, core::Random& random) {
    for (const bool of_runs : {false, true}) {
        ReflectorEvents events;
        events.on_list = [this, &space, of_runs](const std::vector<Object>& objects) {
            of_runs ? take_runs(space, objects) : take_rollouts(space, objects);
        };
        events.on_event = [this, of_runs](const WatchEvent& event) { take_event(of_runs, event); };
        events.on_heard = [this, &space, of_runs] { note_connection(space, of_runs, std::nullopt); };
        events.on_lost = [this, &space, of_runs](core::Error error) {
            note_connection(space, of_runs, std::move(error));
        };
        space.reflectors.push_back(std::make_unique<Reflector>(
            api_, collection_call(of_runs ? analysis_runs_resource : rollouts_resource, space.name), random,
            options_.watch, std::move(events)));
    }
}

void ArgoController::changed() const {
    if (hooks_.on_change) hooks_.on_change();
}

void ArgoController::note_connection(Space& space, bool of_runs, std::optional<core::Error> lost) {
    bool differs = false;
    {
        const std::lock_guard lock(mutex_);
        auto& known = of_runs ? space.runs_lost : space.lost;
        differs = known.has_value() != lost.has_value();
        if (!lost && !of_runs) space.heard_at = clock_.now();
        known = std::move(lost);
    }
    if (differs) changed();
}

void ArgoController::observe(const std::string& key, const Object& object) {
    rollouts_[key] = object;
    const auto sent = sent_.find(key);
    if (sent == sent_.end()) return;
    // Versions are numbers of one counter, as the API guarantees for built-in storage; else any news counts.
    const std::string seen = metadata_text(*object, "resourceVersion");
    const std::string& awaited = sent->second.resource_version;
    const bool numeric = !seen.empty() && seen.find_first_not_of("0123456789") == std::string::npos;
    if (!numeric || seen.size() > awaited.size() || (seen.size() == awaited.size() && seen >= awaited))
        sent_.erase(sent);
}

void ArgoController::take_rollouts(const Space& space, const std::vector<Object>& objects) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(rollouts_, [&](const auto& known) { return is_within(known.first, space.name); });
        for (const Object& object : objects) observe(key_of(*object), object);
    }
    changed();
}

void ArgoController::take_runs(const Space& space, const std::vector<Object>& objects) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(runs_, [&](const auto& known) { return is_within(known.first, space.name); });
        for (const Object& object : objects) runs_[key_of(*object)] = decode_analysis_run(*object);
    }
    changed();
}

void ArgoController::take_event(bool of_runs, const WatchEvent& event) {
    {
        const std::lock_guard lock(mutex_);
        const std::string key = key_of(*event.object);
        const bool removed = event.kind == WatchKind::removed;
        if (of_runs && removed)
            runs_.erase(key);
        else if (of_runs)
            runs_[key] = decode_analysis_run(*event.object);
        else if (removed)
            rollouts_.erase(key);
        else
            observe(key, event.object);
    }
    changed();
}

const ArgoController::Space& ArgoController::space_of(const std::string& name) const {
    for (const auto& space : spaces_)
        if (space->name == name) return *space;
    return *spaces_.front();
}

Rollout ArgoController::describe(const Object& object) const {
    Rollout rollout = decode_rollout(*object, clock_.now());
    const ArgoState state = read_argo_state(*object);
    const Space& space = space_of(state.space);
    rollout.driver = "argo";
    rollout.driver_note = unverified;
    if (space.runs_lost) rollout.driver_note += "; no analysis runs: " + space.runs_lost->message;
    if (space.lost) rollout.driver_note += "; " + space.lost->message;
    rollout.driver_connected = !space.lost;
    rollout.observed_at = space.heard_at;
    rollout.read_only = options_.read_only;
    for (const Action action : rollouts::all_actions) {
        const std::string word(to_string(action));
        if (options_.read_only) {
            rollout.refusals[word] = "this cluster is only looked at from here";
        } else if (action != Action::undo) {
            if (const auto why = plan_action(state, action).refusal) rollout.refusals[word] = *why;
        } else if (state.revision <= 1) {
            rollout.refusals[word] = "there is no earlier revision";
        }
    }
    for (const auto& [key, owned] : runs_)
        if (owned.space == state.space && owned.owner == state.name && owned.hash == state.current_hash)
            rollout.analyses.push_back(owned.run);
    std::ranges::sort(rollout.analyses, {}, &rollouts::AnalysisRun::started_at);
    if (rollout.analyses.size() > most_runs_shown)
        rollout.analyses.erase(rollout.analyses.begin(), rollout.analyses.end() - most_runs_shown);
    if (const auto sent = sent_.find(state.space + ":" + state.name); sent != sent_.end())
        rollout.message +=
            fmt::format("{}{} was sent at {} and is not observed yet", rollout.message.empty() ? "" : "; ",
                        to_string(sent->second.action), core::format_rfc3339(sent->second.at));
    return rollout;
}

std::vector<Rollout> ArgoController::list() const {
    std::vector<Rollout> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, object] : rollouts_) all.push_back(describe(object));
    }
    std::ranges::stable_sort(all, std::ranges::greater{}, &Rollout::updated_at);
    return all;
}

Result<Rollout> ArgoController::get(const RolloutId& id) const {
    const std::lock_guard lock(mutex_);
    const auto at = id.value.starts_with("argo:") ? rollouts_.find(id.value.substr(5)) : rollouts_.end();
    if (at == rollouts_.end()) return fail(Errc::not_found, "the cluster has no rollout {}", id.value);
    return describe(at->second);
}

std::optional<std::string> ArgoController::trouble() const {
    const std::lock_guard lock(mutex_);
    for (const auto& space : spaces_)
        if (space->lost) return space->lost->message;
    return std::nullopt;
}

}  // namespace qd::kubernetes
