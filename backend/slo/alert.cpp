#include "slo/alert.hpp"

#include <algorithm>
#include <cmath>

namespace qd::slo {
namespace {

bool same_row(const BurnRow& a, const BurnRow& b) {
    return a.short_s == b.short_s && a.long_s == b.long_s;
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

Severity severity_of(const RowStatus& row) {
    if (row.short_window.counts.total >= row.row.min_events &&
        row.short_window.counts.error_ratio().value_or(0) >= outage_share)
        return Severity::sev1;
    return row.row.severity;
}

std::string explain(const Status& status, const RowStatus& row) {
    const std::string_view unit = unit_of(status.objective.indicator);
    const Counts& far = row.long_window.counts;
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

std::vector<Alert> AlertTracker::update(const Status& status, core::WallTime at) {
    std::vector<Alert> changes;
    for (const RowStatus& row : status.rows) {
        const auto known = std::find_if(firing_.begin(), firing_.end(), [&](const Alert& alert) {
            return alert.slo_id == status.objective.id && same_row(alert.row, row.row);
        });
        if (row.firing && known == firing_.end()) {
            Alert alert;
            alert.id = AlertId(fmt::format("{}.{}s-{}s.{}", status.objective.id.value, row.row.short_s,
                                           row.row.long_s, at.time_since_epoch().count()));
            alert.slo_id = status.objective.id;
            alert.slo_title = status.objective.title;
            alert.service = status.objective.service;
            alert.row = row.row;
            alert.severity = severity_of(row);
            alert.started_at = at;
            alert.reason = explain(status, row);
            firing_.push_back(alert);
            changes.push_back(std::move(alert));
        } else if (!row.firing && known != firing_.end()) {
            Alert alert = std::move(*known);
            firing_.erase(known);
            end(std::move(alert), at, changes);
        }
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
        const bool exists =
            std::any_of(objectives.begin(), objectives.end(), [&](const Objective& objective) {
                return objective.id == alert.slo_id &&
                       std::any_of(objective.rows.begin(), objective.rows.end(),
                                   [&](const BurnRow& row) { return same_row(row, alert.row); });
            });
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
        rows.push_back(std::any_of(firing_.begin(), firing_.end(), [&](const Alert& alert) {
            return alert.slo_id == objective.id && same_row(alert.row, row);
        }));
    return rows;
}

}  // namespace qd::slo
