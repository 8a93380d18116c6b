#include "opsd/status_desk.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "status/audience.hpp"
#include "status/cadence.hpp"
#include "status/draft.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using core::Result;
using incidents::EventKind;
using incidents::Incident;
using incidents::IncidentId;

/// Longer ago is history: nobody is told on a first start what happened last year.
constexpr std::chrono::hours told_within{1};
/// The outbox forgets what is finished after days; a reminder must not come again then.
constexpr std::chrono::hours reminded_within{24};
constexpr std::size_t outcomes_at_once = 50;

Result<> check_audience(const std::string& audience) {
    if (status::is_audience(audience)) return {};
    return core::fail(Errc::invalid_argument, "audience: there is no '{}'; there are {}", audience,
                      fmt::join(status::audience_names(), ", "));
}

/// What may be told, or changes what is owed.
bool matters(const incidents::Event& event) {
    return event.supersedes || event.kind == EventKind::opened || event.kind == EventKind::severity ||
           event.kind == EventKind::state || event.kind == EventKind::status_update;
}

notify::Announcement announcement_of(const IncidentId& id, const status::Announced& told) {
    notify::Announcement announcement;
    announcement.id = told.id;
    announcement.incident = id.value;
    announcement.audience = told.audience;
    announcement.topic = told.audience.empty() ? notify::Topic::incident : notify::Topic::status_update;
    if (told.audience.empty()) announcement.event = told.event;
    announcement.severity = int(told.severity);
    announcement.title = told.title;
    announcement.text = told.text.substr(0, 16 << 10);
    announcement.actor = told.actor;
    announcement.at = told.occurred_at;
    return announcement;
}

std::string outcome_words(const notify::Entry& entry) {
    const auto& update = std::get<notify::Announcement>(entry.message);
    if (entry.state == notify::EntryState::sent)
        return fmt::format("The update to {} was sent to {}.", update.audience, entry.destination);
    return fmt::format("The update to {} did not get to {}: {}", update.audience, entry.destination,
                       entry.last_error);
}

}  // namespace

StatusDesk::StatusDesk(Context& context, incidents::IncidentDesk& incidents, notify::Notifier& notifier,
                       notify::Outbox& outbox, status::Settings settings)
    : context_(context),
      incidents_(incidents),
      notifier_(notifier),
      outbox_(outbox),
      settings_(std::move(settings)) {
    notifier_.on_change([this] { outbox_changed_ = true; });
    const auto since = context_.clock().now() - told_within;
    for (const Incident& incident : incidents_.list())
        if (is_open(incident.state) || incident.updated_at >= since) touched_.insert(incident.id.value);
}

void StatusDesk::touch(const IncidentId& id, const incidents::Event& event) {
    if (!matters(event)) return;
    const std::lock_guard lock(mutex_);
    touched_.insert(id.value);
}

std::optional<std::chrono::minutes> StatusDesk::interval(std::string_view audience,
                                                         incidents::Severity severity) const {
    return status::interval(settings_.cadence, audience, severity);
}

std::vector<notify::Destination> StatusDesk::destinations_of(std::string_view audience) const {
    std::vector<notify::Destination> all = notifier_.destinations();
    std::erase_if(all, [&](const notify::Destination& one) { return !one.serves(audience); });
    return all;
}

Result<std::vector<status::Announced>> StatusDesk::look_at(const IncidentId& id) {
    const auto incident = incidents_.get(id);
    if (!incident) return Failure(incident.error());
    const auto events = incidents_.timeline(id);
    if (!events) return Failure(events.error());
    auto all = status::announced(*incident, *events);
    Followed followed;
    followed.worst = incident->severity;
    for (const status::Announced& told : all) followed.worst = std::min(followed.worst, told.worst);
    for (const std::string_view audience : status::audience_names())
        if (const auto last = status::last_update_at(*events, audience))
            followed.last_update.emplace(audience, *last);
    const std::lock_guard lock(mutex_);
    if (is_open(incident->state))
        followed_[id.value] = std::move(followed);
    else
        followed_.erase(id.value);
    return all;
}

Result<> StatusDesk::tell(const IncidentId& id) {
    const auto all = look_at(id);
    if (!all) return Failure(all.error());
    const auto since = context_.clock().now() - told_within;
    for (const status::Announced& told : *all) {
        if (told.recorded_at < since) continue;
        const auto queued = notifier_.announce(announcement_of(id, told), int(told.worst));
        if (!queued) return Failure(queued.error());
    }
    return {};
}

void StatusDesk::tick() {
    std::set<std::string> touched;
    {
        const std::lock_guard lock(mutex_);
        touched.swap(touched_);
    }
    for (const std::string& id : touched) {
        if (const auto told = tell(IncidentId(id)); !told && told.error().code != Errc::not_found) {
            context_.log().error("what is new of an incident cannot be queued; it is tried again",
                                 {{"incident", id}, {"error", told.error().message}});
            const std::lock_guard lock(mutex_);
            touched_.insert(id);
        }
    }
    remind();
    if (outbox_changed_.exchange(false)) {
        tell_outcomes();
        publish_outbox();
    }
}

void StatusDesk::tell_outcomes() {
    const auto entries = outbox_.untold(outcomes_at_once);
    if (!entries)
        return context_.log().error("the outbox cannot be read", {{"error", entries.error().message}});
    if (entries->size() == outcomes_at_once) outbox_changed_ = true;
    for (const notify::Entry& entry : *entries)
        if (const auto told = tell_outcome(entry); !told) {
            outbox_changed_ = true;
            context_.log().error("what became of a status update cannot be noted; it is tried again",
                                 {{"entry", entry.id}, {"error", told.error().message}});
        }
}

Result<> StatusDesk::tell_outcome(const notify::Entry& entry) {
    const IncidentId id(notify::incident_of(entry.message));
    const auto events = incidents_.timeline(id);
    if (!events) {
        // Its incident is gone, as after a restore of an older journal: there is nowhere to note it.
        if (events.error().code == Errc::not_found) return outbox_.mark_told(entry);
        return Failure(events.error());
    }
    const bool sent = entry.state == notify::EntryState::sent;
    const std::string subject = std::to_string(entry.id);
    const std::string phase = sent ? "sent" : "failed";
    const core::WallTime at = entry.ended_at.value_or(context_.clock().now());
    // Killed between the journal and the mark, it stands there already.
    const bool noted = std::ranges::any_of(*events, [&](const incidents::Event& event) {
        return event.kind == EventKind::delivery && event.body.subject == subject &&
               event.body.phase == phase && event.occurred_at == at;
    });
    if (!noted) {
        incidents::EventBody body;
        body.subject = subject;
        body.phase = phase;
        body.text = outcome_words(entry);
        const auto written =
            incidents_.record(id, EventKind::delivery, std::move(body), "notify", "notify", at);
        // An incident that takes no more events must not keep the outbox waiting.
        const bool never =
            !written && (written.error().code == Errc::conflict || written.error().code == Errc::too_large ||
                         written.error().code == Errc::invalid_argument);
        if (!written && !never) return Failure(written.error());
        if (never)
            context_.log().error("what became of a status update has no place in its incident",
                                 {{"incident", id.value}, {"error", written.error().message}});
    }
    return outbox_.mark_told(entry);
}

void StatusDesk::remind() {
    const auto now = context_.clock().now();
    for (const StatusOwed& owed : owed()) {
        if (owed.due > now || owed.due < now - reminded_within) continue;
        const std::string key = fmt::format("{}/reminder/{}/{}", owed.incident.value, owed.audience,
                                            owed.due.time_since_epoch().count());
        if (reminded_.contains(key)) continue;
        const auto incident = incidents_.get(owed.incident);
        if (!incident) continue;
        notify::Announcement reminder;
        reminder.id = key;
        reminder.topic = notify::Topic::reminder;
        reminder.incident = owed.incident.value;
        reminder.audience = owed.audience;
        reminder.severity = int(incident->severity);
        reminder.title = fmt::format("{} {}: a status update for {} is due", to_string(incident->severity),
                                     owed.incident.value, owed.audience);
        reminder.text = fmt::format(
            "{}\nDue since {}; the last one was {}.", incident->title, status::clock_words(owed.due),
            owed.last_update_at ? "at " + status::clock_words(*owed.last_update_at) : std::string("never"));
        reminder.at = owed.due;
        Followed followed;
        {
            const std::lock_guard lock(mutex_);
            if (const auto at = followed_.find(owed.incident.value); at != followed_.end())
                followed = at->second;
        }
        if (const auto queued =
                notifier_.announce(reminder, int(std::min(followed.worst, incident->severity)));
            !queued) {
            context_.log().error("a reminder cannot be queued; it is tried again",
                                 {{"incident", owed.incident.value}, {"error", queued.error().message}});
            continue;
        }
        reminded_.insert(key);
        context_.publish("reminder", owed.incident.value,
                         {{"incident", owed.incident.value},
                          {"audience", owed.audience},
                          {"due", core::format_rfc3339(owed.due)}});
    }
}

void StatusDesk::publish_outbox() {
    const auto counts = outbox_.counts();
    if (!counts) return;
    context_.publish("outbox", "*",
                     {{"queued", counts->queued}, {"sending", counts->sending}, {"failed", counts->failed}});
}

std::vector<StatusOwed> StatusDesk::owed() const {
    std::map<std::string, Followed> followed;
    {
        const std::lock_guard lock(mutex_);
        followed = followed_;
    }
    std::vector<StatusOwed> all;
    for (const auto& [id, one] : followed) {
        const auto incident = incidents_.get(IncidentId(id));
        if (!incident) continue;
        for (const std::string_view audience : status::audience_names()) {
            const auto last = one.last_update.find(audience);
            const bool told = last != one.last_update.end();
            if (audience != status::stakeholders && !told && destinations_of(audience).empty()) continue;
            const auto at = told ? std::optional(last->second) : std::nullopt;
            if (const auto due =
                    status::next_update_due(*incident, at, interval(audience, incident->severity)))
                all.push_back({incident->id, std::string(audience), at, *due});
        }
    }
    std::ranges::stable_sort(all, {}, &StatusOwed::due);
    return all;
}

Result<StatusDraft> StatusDesk::draft(const IncidentId& id, const std::string& audience) const {
    if (auto known = check_audience(audience); !known) return Failure(known.error());
    const auto incident = incidents_.get(id);
    if (!incident) return Failure(incident.error());
    const auto events = incidents_.timeline(id);
    if (!events) return Failure(events.error());
    StatusDraft draft;
    draft.audience = audience;
    draft.title = status::headline(*incident, audience);
    draft.interval = interval(audience, incident->severity);
    auto text = settings_.template_of(audience).fill(
        status::values_of(*incident, draft.interval, context_.clock().now()));
    if (!text) return Failure(text.error());
    draft.text = std::move(*text);
    draft.last_update_at = status::last_update_at(*events, audience);
    draft.next_update_due = status::next_update_due(*incident, draft.last_update_at, draft.interval);
    draft.based_on = incident->version;
    incidents::Severity worst = incident->severity;
    for (const status::Announced& told : status::announced(*incident, *events))
        worst = std::min(worst, told.worst);
    for (const notify::Destination& one : destinations_of(audience))
        if (one.takes(int(worst))) draft.destinations.push_back(one);
    return draft;
}

Result<StatusPosted> StatusDesk::post(const IncidentId& id, const std::string& audience,
                                      const std::string& text, std::optional<std::uint64_t> based_on,
                                      const incidents::Author& author) {
    if (auto known = check_audience(audience); !known) return Failure(known.error());
    incidents::EventRequest request;
    request.kind = EventKind::status_update;
    request.body.text = text;
    request.body.purpose = audience;
    request.based_on = based_on;
    auto written = incidents_.write(id, request, author);
    if (!written) return Failure(written.error());
    if (auto told = tell(id); !told)
        return core::fail_with_context(
            "the update is in the journal, but not in the outbox yet; it is tried again", told.error());
    const auto all = look_at(id);
    if (!all) return Failure(all.error());
    StatusPosted posted{std::move(*written), {}};
    for (const status::Announced& told : *all)
        if (told.seq == posted.written.event.seq)
            posted.destinations = notifier_.takers(announcement_of(id, told), int(told.worst));
    return posted;
}

}  // namespace qd::opsd
