#include "opsd/silence_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "silences/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using silences::Silence;
using silences::SilenceId;
using silences::SilenceState;

constexpr std::string_view by_itself = "silences";  // the source and, where nobody acted, the actor
constexpr std::size_t max_reason_bytes = 2'000;

std::string place_of(const Silence& silence) {
    return silence.source == silences::own_source ? std::string()
                                                  : fmt::format(" in the Alertmanager '{}'", silence.source);
}

/// Whose alerts a silence can keep quiet.
bool concerns(const Silence& silence, const silences::Alert& alert) {
    return silence.source == silences::own_source || silence.source == alert.source;
}

/// Ours are sent to Alertmanagers with these labels: one that lapses there concerns them as well.
bool may_concern(const Silence& silence, const silences::Alert& alert) {
    return concerns(silence, alert) || alert.source == silences::own_source;
}

core::Result<> check_reason(const std::string& reason) {
    if (reason.empty()) return core::fail(Errc::invalid_argument, "reason: say why");
    if (reason.size() > max_reason_bytes)
        return core::fail(Errc::invalid_argument, "reason: at most {} bytes", max_reason_bytes);
    return {};
}

}  // namespace

SilenceDesk::SilenceDesk(Context& context, incidents::IncidentDesk& incidents, silences::SilenceStore& store,
                         Alertmanagers& peers, std::chrono::milliseconds warn_ahead)
    : context_(context), incidents_(incidents), store_(store), peers_(peers), warn_ahead_(warn_ahead) {
    for (const Silence& silence : store_.list()) put(silence);
}

void SilenceDesk::put(const Silence& silence) {
    const core::WallTime now = context_.clock().now();
    const std::lock_guard lock(mutex_);
    entries_.insert_or_assign(
        std::pair(silence.source, silence.id.value),
        Entry{silence, silences::Matching(silence.matchers), state_at(silence, now), now});
}

void SilenceDesk::replace(const Silence& before, const Silence& after) {
    if (before.id != after.id) {
        const std::lock_guard lock(mutex_);
        // The old one has expired there: noted as extended already.
        if (const auto old = entries_.find({before.source, before.id.value}); old != entries_.end()) {
            old->second.silence.ends_at = std::min(old->second.silence.ends_at, context_.clock().now());
            old->second.told = SilenceState::expired;
            old->second.changed_at = context_.clock().now();
        }
    }
    put(after);
}

alertmanager::Client* SilenceDesk::peer(const std::string& source) const {
    for (const auto& one : peers_)
        if (one->options().name == source) return one.get();
    return nullptr;
}

std::vector<silences::ListedSilence> SilenceDesk::list() const {
    const auto firing = alerts_ ? alerts_() : std::vector<silences::Alert>();
    const core::WallTime now = context_.clock().now();
    std::vector<silences::ListedSilence> listed;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, entry] : entries_) {
            silences::ListedSilence one{entry.silence, state_at(entry.silence, now), 0, false};
            if (one.state == SilenceState::active)
                one.firing = std::size_t(std::ranges::count_if(firing, [&](const silences::Alert& alert) {
                    return may_concern(entry.silence, alert) && entry.matching(alert.labels);
                }));
            one.lapses = one.firing > 0 && ends_soon(entry.silence, now, warn_ahead_);
            listed.push_back(std::move(one));
        }
    }
    const auto rank = [](SilenceState state) {
        return state == SilenceState::active ? 0 : state == SilenceState::pending ? 1 : 2;
    };
    std::ranges::stable_sort(listed, [&](const auto& a, const auto& b) {
        if (a.state != b.state) return rank(a.state) < rank(b.state);
        return a.state == SilenceState::expired ? a.silence.ends_at > b.silence.ends_at
                                                : a.silence.ends_at < b.silence.ends_at;
    });
    return listed;
}

std::vector<silences::SilencedBy> SilenceDesk::silencing(const silences::Alert& alert) const {
    const core::WallTime now = context_.clock().now();
    std::vector<silences::SilencedBy> by;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_)
        if (concerns(entry.silence, alert) && state_at(entry.silence, now) == SilenceState::active &&
            entry.matching(alert.labels))
            by.push_back({entry.silence.source, entry.silence.id});
    return by;
}

core::Result<Silence> SilenceDesk::find(const SilenceId& id, const std::string& source) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_)
        if (entry.silence.id == id && (source.empty() || source == entry.silence.source))
            return entry.silence;
    return core::fail(Errc::not_found, "there is no silence '{}'", id.value.substr(0, 64));
}

core::Result<Silence> SilenceDesk::create(Silence silence, const std::string& actor) {
    if (silence.source == silences::own_source) {
        auto made = store_.create(std::move(silence), actor);
        if (!made) return made;
        silence = std::move(*made);
    } else {
        alertmanager::Client* there = peer(silence.source);
        if (!there)
            return core::fail(Errc::invalid_argument, "source: no Alertmanager '{}' is configured",
                              silence.source.substr(0, 64));
        const core::WallTime now = context_.clock().now();
        silence.id = {};
        silence.created_by = actor;
        silence.starts_at = std::max(silence.starts_at, now);
        silence.updated_at = now;
        auto id = there->put(silence);
        if (!id) return core::Failure(id.error());
        silence.id = std::move(*id);
    }
    put(silence);
    note(silence, "created", actor,
         fmt::format("{} silenced {}{} until {}: {}", actor, to_string(silence.matchers), place_of(silence),
                     core::format_rfc3339(silence.ends_at), silence.comment));
    return silence;
}

core::Result<Silence> SilenceDesk::extend(const SilenceId& id, const std::string& source,
                                          core::WallTime ends_at, const std::string& reason,
                                          const std::string& actor) {
    if (auto said = check_reason(reason); !said) return core::Failure(said.error());
    const auto before = find(id, source);
    if (!before) return before;
    const core::WallTime now = context_.clock().now();
    Silence after = *before;
    if (after.source == silences::own_source) {
        auto extended = store_.extend(id, ends_at);
        if (!extended) return extended;
        after = std::move(*extended);
    } else {
        if (state_at(after, now) == SilenceState::expired)
            return core::fail(Errc::conflict, "the silence has expired: create another");
        if (ends_at <= after.ends_at)
            return core::fail(Errc::invalid_argument, "ends_at: it lasts until {} already",
                              core::format_rfc3339(after.ends_at));
        if (ends_at - now > silences::longest_silence)
            return core::fail(Errc::invalid_argument, "ends_at: lies more than a year ahead");
        alertmanager::Client* there = peer(after.source);
        if (!there) return core::fail(Errc::conflict, "'{}' is not configured any more", after.source);
        after.ends_at = ends_at;
        after.updated_at = now;
        auto answered = there->put(after);
        if (!answered) return core::Failure(answered.error());
        after.id = std::move(*answered);
    }
    replace(*before, after);
    note(after, "extended", actor,
         fmt::format("{} extended the silence of {}{} until {}: {}", actor, to_string(after.matchers),
                     place_of(after), core::format_rfc3339(after.ends_at), reason));
    return after;
}

core::Result<Silence> SilenceDesk::expire(const SilenceId& id, const std::string& source,
                                          const std::string& reason, const std::string& actor) {
    if (auto said = check_reason(reason); !said) return core::Failure(said.error());
    const auto before = find(id, source);
    if (!before) return before;
    const core::WallTime now = context_.clock().now();
    Silence after = *before;
    if (after.source == silences::own_source) {
        auto expired = store_.expire(id);
        if (!expired) return expired;
        after = std::move(*expired);
    } else {
        if (state_at(after, now) == SilenceState::expired)
            return core::fail(Errc::conflict, "the silence has expired already");
        alertmanager::Client* there = peer(after.source);
        if (!there) return core::fail(Errc::conflict, "'{}' is not configured any more", after.source);
        if (auto done = there->expire(id); !done) return core::Failure(done.error());
        after.ends_at = now;
        after.updated_at = now;
    }
    replace(*before, after);
    note(after, "expired", actor,
         fmt::format("{} ended the silence of {}{}: {}", actor, to_string(after.matchers), place_of(after),
                     reason));
    return after;
}

void SilenceDesk::took(const std::string& source, const std::vector<Silence>& now_there,
                       core::WallTime asked_at) {
    struct Seen {
        Silence silence;
        std::string_view phase;
    };
    std::vector<Seen> seen;
    const core::WallTime now = context_.clock().now();
    {
        const std::lock_guard lock(mutex_);
        const bool first = read_.insert(source).second;
        std::set<std::string> ids;
        for (const Silence& silence : now_there) {
            ids.insert(silence.id.value);
            const auto state = state_at(silence, now);
            const auto known = entries_.find({source, silence.id.value});
            if (known != entries_.end() && known->second.changed_at >= asked_at) continue;
            if (known == entries_.end()) {
                if (!first && state != SilenceState::expired) seen.push_back({silence, "created"});
            } else if (known->second.told != SilenceState::expired && state == SilenceState::expired) {
                seen.push_back({silence, "expired"});
            } else if (silence.ends_at > known->second.silence.ends_at && state != SilenceState::expired &&
                       silence.ends_at - known->second.silence.ends_at > std::chrono::seconds(1)) {
                seen.push_back({silence, "extended"});
            }
            entries_.insert_or_assign(std::pair(source, silence.id.value),
                                      Entry{silence, silences::Matching(silence.matchers), state, {}});
        }
        std::erase_if(entries_, [&](const auto& entry) {
            return entry.first.first == source && !ids.contains(entry.first.second) &&
                   entry.second.changed_at < asked_at;
        });
    }
    for (const Seen& one : seen)
        note(one.silence, one.phase, std::string(by_itself),
             fmt::format("Silence of {}{} {} there ({}), until {}: {}", to_string(one.silence.matchers),
                         place_of(one.silence), one.phase,
                         one.silence.created_by.empty() ? "by nobody named" : one.silence.created_by,
                         core::format_rfc3339(one.silence.ends_at), one.silence.comment));
}

void SilenceDesk::tick() {
    const core::WallTime now = context_.clock().now();
    std::vector<Silence> ended, ending;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [key, entry] : entries_) {
            const auto state = state_at(entry.silence, now);
            if (state == SilenceState::expired && entry.told != SilenceState::expired)
                ended.push_back(entry.silence);
            if (state != entry.told) context_.publish("silence", key.second, {{"state", to_string(state)}});
            entry.told = state;
            if (ends_soon(entry.silence, now, warn_ahead_) &&
                !warned_.contains({key.first + "/" + key.second, entry.silence.ends_at}))
                ending.push_back(entry.silence);
        }
        std::erase_if(entries_, [&](const auto& entry) {
            return entry.second.silence.ends_at < now - silences::expired_kept;
        });
        std::erase_if(warned_, [&](const auto& one) { return one.second < now; });
    }
    for (const Silence& silence : ended)
        note(silence, "expired", std::string(by_itself),
             fmt::format("The silence of {}{} has ended: it was to last until {}.",
                         to_string(silence.matchers), place_of(silence),
                         core::format_rfc3339(silence.ends_at)));
    for (const Silence& silence : ending) {
        const silences::Matching matching(silence.matchers);
        const auto firing = alerts_ ? alerts_() : std::vector<silences::Alert>();
        const bool matters = std::ranges::any_of(firing, [&](const silences::Alert& alert) {
            return may_concern(silence, alert) && matching(alert.labels);
        });
        if (!matters) continue;  // what fires later is warned of then
        {
            const std::lock_guard lock(mutex_);
            warned_.insert({silence.source + "/" + silence.id.value, silence.ends_at});
        }
        note(silence, "lapsing", std::string(by_itself),
             fmt::format("The silence of {}{} ends at {}, and alerts that it matches still fire.",
                         to_string(silence.matchers), place_of(silence),
                         core::format_rfc3339(silence.ends_at)));
    }
}

bool SilenceDesk::was_warned(const incidents::IncidentId& incident, const Silence& silence) const {
    const auto events = incidents_.timeline(incident);
    const std::string until = core::format_rfc3339(silence.ends_at);
    return events && std::ranges::any_of(*events, [&](const incidents::Event& event) {
               return event.kind == incidents::EventKind::silence && event.body.phase == "lapsing" &&
                      event.body.subject == silence.id.value &&
                      event.body.text.find(until) != std::string::npos;
           });
}

void SilenceDesk::note(const Silence& silence, std::string_view phase, const std::string& actor,
                       const std::string& text) {
    context_.log().info(
        "silence",
        {{"silence", silence.id.value}, {"source", silence.source}, {"phase", phase}, {"actor", actor}});
    std::set<std::string> concerned;
    const silences::Matching matching(silence.matchers);
    for (const silences::Alert& alert : alerts_ ? alerts_() : std::vector<silences::Alert>())
        if (!alert.incident.empty() && may_concern(silence, alert) && matching(alert.labels))
            concerned.insert(alert.incident);
    for (const std::string& id : concerned) {
        const incidents::IncidentId incident(id);
        const auto now = incidents_.get(incident);
        if (!now || !incidents::is_open(now->state)) continue;
        // After a restart the same warning is not written again.
        if (phase == "lapsing" && was_warned(incident, silence)) continue;
        incidents::EventBody body;
        body.subject = silence.id.value;
        body.phase = phase;
        body.text = text;
        const auto written = incidents_.record(incident, incidents::EventKind::silence, std::move(body),
                                               actor, std::string(by_itself));
        if (!written)
            context_.log().error("a silence was not noted",
                                 {{"incident", id}, {"reason", written.error().message}});
    }
    nlohmann::json body = silences::to_json(silence);
    body["phase"] = phase;
    body["actor"] = actor;
    body["text"] = text;
    body["incidents"] = concerned;
    context_.publish("silence", silence.id.value, body);
}

}  // namespace qd::opsd
