#include "slo/alert.hpp"

#include <algorithm>
#include <cmath>

namespace qd::slo {
namespace {

AlertKind kind_of_alert(const BurnRow& row) {
    return row.outage ? AlertKind::outage : AlertKind::burn;
}

bool is_of(const Alert& alert, const SloId& slo, const BurnRow& row) {
    return alert.kind == kind_of_alert(row) && alert.slo_id == slo && alert.row.short_s == row.short_s &&
           alert.row.long_s == row.long_s;
}

bool is_absence_of(const Alert& alert, const SloId& slo) {
    return alert.kind == AlertKind::absent && alert.slo_id == slo;
}

bool still_exists(const Alert& alert, const Objective& objective) {
    if (alert.kind == AlertKind::absent)
        return objective.absent.has_value() && is_absence_of(alert, objective.id);
    return std::ranges::any_of(objective.rows,
                               [&](const BurnRow& row) { return is_of(alert, objective.id, row); });
}

constexpr double outage_share = 0.5;

std::string amount(std::uint64_t bad, std::uint64_t total, std::string_view unit) {
    if (unit == "milliseconds")
        return fmt::format("{:.1f} s of {:.1f} s", double(bad) / 1000, double(total) / 1000);
    return fmt::format("{} of {} {}", bad, total, unit);
}

}  // namespace

std::string_view to_string(AlertState state) {
    return state == AlertState::firing ? "firing" : "ended";
}

std::string_view to_string(AlertKind kind) {
    constexpr std::string_view kinds[] = {"burn", "outage", "absent"};
    return kinds[std::size_t(kind)];
}

std::optional<AlertKind> parse_alert_kind(std::string_view text) {
    for (const AlertKind kind : {AlertKind::burn, AlertKind::outage, AlertKind::absent})
        if (text == to_string(kind)) return kind;
    return std::nullopt;
}

Severity severity_of(const RowStatus& row) {
    if (row.short_window.counts.total >= row.row.min_events &&
        row.short_window.counts.error_ratio().value_or(0) >= outage_share)
        return Severity::sev1;
    return row.row.severity;
}

std::string explain(const Status& status, const RowStatus& row) {
    const std::string_view unit = unit_of(status.objective);
    const Counts& far = row.long_window.counts;
    if (row.row.outage)
        return fmt::format("{}: total failure, {} bad in {} s", status.objective.title,
                           amount(far.bad(), far.total, unit), row.row.long_s);
    const Counts& near = row.short_window.counts;
    std::string text = fmt::format(
        "{}: {} bad in {} s ({:.2f} %) and {} in {} s ({:.2f} %); the budget of {:g} % burns {:.1f} and "
        "{:.1f} times too "
        "fast, the bound is {:g}",
        status.objective.title, amount(far.bad(), far.total, unit), row.row.long_s,
        far.error_ratio().value_or(0) * 100, amount(near.bad(), near.total, unit), row.row.short_s,
        near.error_ratio().value_or(0) * 100, std::round((1 - status.objective.target) * 1e6) / 1e4,
        row.long_burn.value_or(0), row.short_burn.value_or(0), row.row.factor);
    if (status.budget.exhausted)
        text += "; the error budget is gone";
    else if (status.budget.exhausted_in_s)
        text += fmt::format("; the error budget is gone in {:.0f} s", *status.budget.exhausted_in_s);
    return text;
}

Alert& AlertTracker::start(const Status& status, core::WallTime at, std::string_view what) {
    Alert alert;
    alert.id =
        AlertId(fmt::format("{}.{}.{}", status.objective.id.value, what, at.time_since_epoch().count()));
    alert.slo_id = status.objective.id;
    alert.slo_title = status.objective.title;
    alert.service = status.objective.service;
    alert.started_at = at;
    return firing_.emplace_back(std::move(alert));
}

std::vector<Alert> AlertTracker::update(const Status& status, core::WallTime at) {
    std::vector<Alert> changes;
    const SloId& id = status.objective.id;
    const auto stop = [&](std::vector<Alert>::iterator known) {
        Alert alert = std::move(*known);
        firing_.erase(known);
        end(std::move(alert), at, changes);
    };
    for (const RowStatus& row : status.rows) {
        const auto known =
            std::ranges::find_if(firing_, [&](const Alert& alert) { return is_of(alert, id, row.row); });
        if (row.firing && known == firing_.end()) {
            Alert& alert = start(status, at, fmt::format("{}s-{}s", row.row.short_s, row.row.long_s));
            alert.row = row.row;
            alert.kind = kind_of_alert(row.row);
            alert.severity = severity_of(row);
            alert.reason = explain(status, row);
            changes.push_back(alert);
        } else if (!row.firing && known != firing_.end()) {
            stop(known);
        }
    }
    const bool absent = status.absent && status.absent->firing;
    const auto known =
        std::ranges::find_if(firing_, [&](const Alert& alert) { return is_absence_of(alert, id); });
    if (absent && known == firing_.end()) {
        Alert& alert = start(status, at, "absent");
        alert.row = status.objective.fastest_row();
        alert.kind = AlertKind::absent;
        alert.severity = status.objective.absent->severity;
        alert.reason = fmt::format("{}: no reading for {} s; what happens is not known",
                                   status.objective.title, status.absent->absent_s);
        changes.push_back(alert);
    } else if (!absent && known != firing_.end()) {
        stop(known);
    }
    return changes;
}

void AlertTracker::end(Alert alert, core::WallTime at, std::vector<Alert>& changes) {
    alert.state = AlertState::ended;
    alert.ended_at = std::max(at, alert.started_at);
    changes.push_back(alert);
    ended_.push_back(std::move(alert));
    if (ended_.size() > keep_) ended_.erase(ended_.begin());
}

std::vector<Alert> AlertTracker::all() const {
    std::vector<Alert> alerts = firing_;
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const Alert& a, const Alert& b) { return a.started_at > b.started_at; });
    alerts.insert(alerts.end(), ended_.rbegin(), ended_.rend());
    return alerts;
}

std::vector<Alert> AlertTracker::restore(std::vector<Alert> known, const std::vector<Objective>& objectives,
                                         core::WallTime at) {
    std::stable_sort(known.begin(), known.end(), [](const Alert& a, const Alert& b) {
        return a.ended_at.value_or(a.started_at) < b.ended_at.value_or(b.started_at);
    });
    std::vector<Alert> changes;
    for (Alert& alert : known) {
        if (alert.state == AlertState::ended) {
            ended_.push_back(std::move(alert));
            continue;
        }
        const bool exists = std::ranges::any_of(
            objectives, [&](const Objective& objective) { return still_exists(alert, objective); });
        if (exists)
            firing_.push_back(std::move(alert));
        else
            end(std::move(alert), at, changes);
    }
    while (ended_.size() > keep_) ended_.erase(ended_.begin());
    return changes;
}

std::vector<bool> AlertTracker::firing_rows(const Objective& objective) const {
    std::vector<bool> rows;
    for (const BurnRow& row : objective.rows)
        rows.push_back(std::ranges::any_of(
            firing_, [&](const Alert& alert) { return is_of(alert, objective.id, row); }));
    return rows;
}

bool AlertTracker::absent_fires(const Objective& objective) const {
    return std::ranges::any_of(firing_,
                               [&](const Alert& alert) { return is_absence_of(alert, objective.id); });
}

}  // namespace qd::slo
