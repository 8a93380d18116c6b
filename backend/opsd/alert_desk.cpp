#include "opsd/alert_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "notify/messages.hpp"
#include "opsd/outbox_routes.hpp"
#include "silences/codec.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t max_foreign_ended = 500, max_foreign = 10'000;

incidents::ExternalAlert external(const silences::Alert& alert) {
    incidents::ExternalAlert told;
    told.id = alert.id;
    told.title = alert.title;
    told.service = alert.service;
    told.severity = incidents::Severity(alert.severity);
    std::string_view reason = alert.reason;
    if (reason.ends_with('.')) reason.remove_suffix(1);
    told.reason = fmt::format("{} (of the Alertmanager '{}')", reason, alert.source);
    told.started_at = alert.started_at;
    told.ended_at = alert.ended_at;
    return told;
}

/// What id_of() gave: one that fired again has a further part.
std::string key_of(const std::string& id) {
    std::size_t at = std::string::npos;
    for (int dots = 0; dots < 3; ++dots) {
        at = id.find('.', at + 1);
        if (at == std::string::npos) return id;
    }
    return id.substr(0, at);
}

/// Told again it would be refused again.
bool refuses(core::Errc code) {
    return code == core::Errc::invalid_argument || code == core::Errc::conflict ||
           code == core::Errc::too_large;
}

}  // namespace

silences::Alert seen_alert(const slo::Alert& alert) {
    const notify::Notice notice = notice_of(alert);
    silences::Alert seen;
    seen.id = alert.id.value;
    seen.title = alert.slo_title;
    seen.service = alert.service;
    seen.severity = int(alert.severity);
    seen.reason = alert.reason;
    seen.labels = notify::alertmanager_labels(notice);
    seen.started_at = alert.started_at;
    seen.ended_at = notice.ends_at;
    return seen;
}

AlertDesk::AlertDesk(Context& context, incidents::IncidentDesk& incidents, SilenceDesk& silences,
                     IntakeFile& file, OwnAlerts own)
    : context_(context), incidents_(incidents), silences_(silences), file_(file), own_(std::move(own)) {}

core::Result<> AlertDesk::restore() {
    auto known = file_.alerts();
    if (!known) return core::Failure(known.error());
    const std::lock_guard lock(mutex_);
    for (silences::Alert& alert : *known) {
        Foreign entry;
        entry.opens = alertmanager::severity_of(alert.labels).has_value();
        entry.alert = std::move(alert);
        const std::string key = key_of(entry.alert.id);
        foreign_.insert_or_assign(key, std::move(entry));
    }
    return {};
}

AlertDesk::HandOn AlertDesk::unless_silenced(HandOn hand_on) {
    hand_on_ = std::move(hand_on);
    return [this](const slo::Alert& alert) -> core::Result<> {
        const bool quiet =
            alert.state == slo::AlertState::firing && !silences_.silencing(seen_alert(alert)).empty();
        {
            const std::lock_guard lock(mutex_);
            if (quiet)
                held_.insert_or_assign(alert.id.value, alert);
            else
                held_.erase(alert.id.value);
        }
        return quiet ? core::Result<>() : hand_on_(alert);
    };
}

AlertDesk::Told AlertDesk::take(const alertmanager::Alert& alert, const std::string& source,
                                const alertmanager::Webhook* group, core::WallTime at, bool polled,
                                std::vector<silences::Alert>& changed) {
    silences::Alert seen = alertmanager::to_alert(alert, source, group);
    if (seen.ended_at) seen.ended_at = std::min(*seen.ended_at, std::max(at, seen.started_at));
    const std::string key = seen.id;
    auto known = foreign_.find(key);
    if (known == foreign_.end()) {
        if (foreign_.size() >= max_foreign) return Told::nothing;
        Foreign entry{seen, at, alertmanager::severity_of(alert.labels).has_value(), false, false};
        foreign_.emplace(key, std::move(entry));
        changed.push_back(std::move(seen));
        return Told::something;
    }
    Foreign& entry = known->second;
    if (alert.ended_at) {
        if (!entry.alert.firing()) return Told::nothing;
        entry.alert.ended_at = seen.ended_at;
        entry.seen_at = at;
        changed.push_back(entry.alert);
        return Told::something;
    }
    if (!entry.alert.firing()) {
        // A late repetition of the webhook; but what its source still holds after the end fires again. The
        // start is the same: it gets an id of its own, and so an incident.
        if (!polled || at <= entry.seen_at) return Told::nothing;
        seen.id = fmt::format("{}.{}", key, at.time_since_epoch().count());
        entry = Foreign{seen, at, entry.opens, false, false};
        changed.push_back(std::move(seen));
        return Told::something;
    }
    entry.seen_at = std::max(entry.seen_at, at);
    seen.id = entry.alert.id;
    seen.service = entry.alert.service;  // an incident was found by it
    if (entry.alert.source != unnamed_source || !polled) seen.source = entry.alert.source;
    // A replica's word on silences is not mixed with that of the one that told first.
    if (!polled || seen.source != source) seen.silenced_by = entry.alert.silenced_by;
    if (seen == entry.alert) return Told::nothing;
    entry.alert = seen;
    changed.push_back(std::move(seen));
    return Told::something;
}

core::Result<AlertDesk::Received> AlertDesk::receive(const alertmanager::Webhook& webhook,
                                                     const std::string& source) {
    const core::WallTime now = context_.clock().now();
    Received received;
    std::vector<silences::Alert> changed;
    {
        const std::lock_guard lock(mutex_);
        for (const alertmanager::Alert& alert : webhook.alerts) {
            if (alertmanager::own_alert_id(alert))
                ++received.ours;
            else if (take(alert, source, &webhook, now, false, changed) == Told::something)
                ++received.taken;
            else
                ++received.known;
        }
        forget_old();
    }
    const auto kept = keep(changed);
    settle();
    if (!kept) return core::Failure(kept.error());
    if (webhook.truncated > 0)
        context_.log().warning("an Alertmanager left out alerts: polling tells of them",
                               {{"source", source}, {"left_out", webhook.truncated}});
    return received;
}

core::Result<> AlertDesk::took(const std::string& source, const std::vector<alertmanager::Alert>& held,
                               core::WallTime asked_at) {
    std::vector<silences::Alert> changed;
    {
        const std::lock_guard lock(mutex_);
        std::set<std::string> there;
        for (const alertmanager::Alert& alert : held) {
            if (alertmanager::own_alert_id(alert)) continue;
            there.insert(alertmanager::id_of(alert));
            (void)take(alert, source, nullptr, asked_at, true, changed);
        }
        for (auto& [key, entry] : foreign_) {
            if (!entry.alert.firing() || entry.alert.source != source || there.contains(key) ||
                entry.seen_at > asked_at)
                continue;
            entry.alert.ended_at = std::max(asked_at, entry.alert.started_at);
            entry.seen_at = asked_at;
            changed.push_back(entry.alert);
        }
        forget_old();
    }
    const auto kept = keep(changed);
    settle();
    return kept;
}

core::Result<> AlertDesk::keep(const std::vector<silences::Alert>& changed) {
    for (const silences::Alert& alert : changed)
        context_.publish("foreign_alert", alert.id, silences::to_json(alert));
    std::vector<silences::Alert> all;
    {
        const std::lock_guard lock(mutex_);
        for (const silences::Alert& alert : changed) unsaved_.insert_or_assign(alert.id, alert);
        for (const auto& [id, alert] : unsaved_) all.push_back(alert);
    }
    if (all.empty()) return {};
    if (auto saved = file_.save(all); !saved) {
        context_.log().error("alerts of others cannot be saved", {{"error", saved.error().message}});
        return saved;
    }
    const std::lock_guard lock(mutex_);
    for (const silences::Alert& alert : all)
        if (const auto at = unsaved_.find(alert.id); at != unsaved_.end() && at->second == alert)
            unsaved_.erase(at);
    return {};
}

void AlertDesk::forget_old() {
    std::vector<std::pair<core::WallTime, std::string>> ended;
    for (const auto& [key, entry] : foreign_)
        if (!entry.alert.firing() && entry.end_handed_on) ended.emplace_back(*entry.alert.ended_at, key);
    if (ended.size() <= max_foreign_ended) return;
    std::ranges::sort(ended);
    for (std::size_t i = 0; i + max_foreign_ended < ended.size(); ++i) foreign_.erase(ended[i].second);
}

void AlertDesk::settle() {
    std::vector<std::pair<std::string, silences::Alert>> begun, ended;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, entry] : foreign_) {
            if (entry.alert.firing() && !entry.handed_on && entry.opens)
                begun.emplace_back(key, entry.alert);
            else if (!entry.alert.firing() && !entry.end_handed_on)
                ended.emplace_back(key, entry.alert);
        }
    }
    const auto hand_on = [this](const std::string& key, const silences::Alert& alert) {
        const auto taken = incidents_.on_external(external(alert));
        const bool refused = !taken && refuses(taken.error().code);
        if (!taken)
            context_.log().error(
                refused ? "an alert was refused" : "an alert cannot be handed on; it is tried again",
                {{"alert", alert.id}, {"error", taken.error().message}});
        if (!taken && !refused) return;
        const std::lock_guard lock(mutex_);
        const auto at = foreign_.find(key);
        if (at == foreign_.end() || at->second.alert.id != alert.id) return;
        (alert.firing() ? at->second.handed_on : at->second.end_handed_on) = true;
    };
    for (const auto& [key, alert] : begun)
        if (alert.silenced_by.empty() && silences_.silencing(alert).empty()) hand_on(key, alert);
    for (const auto& [key, alert] : ended) hand_on(key, alert);
}

void AlertDesk::tick() {
    (void)keep({});
    settle();
    std::vector<slo::Alert> held;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, alert] : held_) held.push_back(alert);
    }
    for (const slo::Alert& alert : held) {
        if (!silences_.silencing(seen_alert(alert)).empty()) continue;
        if (hand_on_)
            if (auto taken = hand_on_(alert); !taken && !refuses(taken.error().code)) continue;
        const std::lock_guard lock(mutex_);
        held_.erase(alert.id.value);
    }
}

void AlertDesk::complete(silences::Alert& alert) const {
    if (const auto home = incidents_.home_of(alert.id)) alert.incident = home->value;
    if (!alert.firing()) {
        alert.silenced_by.clear();
        return;
    }
    for (silences::SilencedBy& by : silences_.silencing(alert))
        if (std::ranges::find(alert.silenced_by, by) == alert.silenced_by.end())
            alert.silenced_by.push_back(std::move(by));
}

std::vector<silences::Alert> AlertDesk::list() const {
    std::vector<silences::Alert> alerts;
    for (const slo::Alert& alert : own_()) alerts.push_back(seen_alert(alert));
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, entry] : foreign_) alerts.push_back(entry.alert);
    }
    std::ranges::stable_sort(alerts, [](const silences::Alert& a, const silences::Alert& b) {
        if (a.firing() != b.firing()) return a.firing();
        return a.started_at > b.started_at;
    });
    const auto first_ended = std::ranges::find_if(alerts, [](const auto& alert) { return !alert.firing(); });
    if (std::size_t(alerts.end() - first_ended) > max_foreign_ended)
        alerts.erase(first_ended + max_foreign_ended, alerts.end());
    for (silences::Alert& alert : alerts) complete(alert);
    return alerts;
}

std::vector<silences::Alert> AlertDesk::firing() const {
    std::vector<silences::Alert> alerts;
    for (const slo::Alert& alert : own_())
        if (alert.state == slo::AlertState::firing) alerts.push_back(seen_alert(alert));
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, entry] : foreign_)
            if (entry.alert.firing()) alerts.push_back(entry.alert);
    }
    for (silences::Alert& alert : alerts) complete(alert);
    return alerts;
}

}  // namespace qd::opsd
