#include "slo/replay.hpp"

#include <algorithm>
#include <utility>

#include "slo/past_windows.hpp"
#include "slo/replay_limits.hpp"

namespace qd::slo {
namespace {

core::WallTime time_of(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(second));
}

std::int64_t second_at(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::int64_t edge_step_s(const Past& past, std::int64_t length_s) {
    for (const WindowEdge& edge : past.edges)
        if (length_s <= edge.longest_s) return edge.step_s;
    return past.edges.empty() ? 1 : past.edges.back().step_s;
}

std::int64_t longest_row_s(const Objective& objective) {
    return std::ranges::max(objective.rows, {}, &BurnRow::long_s).long_s;
}

bool overlaps(const std::vector<Span>& spans, const PastCell& cell) {
    const auto span = std::ranges::upper_bound(spans, cell.at_s, {}, &Span::to_s);
    return span != spans.end() && span->from_s < cell.end_s();
}

/// One run through the cells.
class Run {
public:
    Run(const Objective& objective, const Past& past, const std::vector<Span>& excluded,
        const ReplayRequest& request);
    core::Result<Replay> go();

private:
    struct Row {
        PastWindow near, far;
        bool judged = false;
    };

    core::Result<> check_work() const;
    /// Each cell once, in order.
    std::int64_t looks_in(const ReplayCell& cell);
    void pass(const ReplayCell& cell);
    void move_windows(std::int64_t second);
    void evaluate(const ReplayCell& cell, std::int64_t second);
    void take(const std::vector<Alert>& changes, const ReplayCell& cell);
    void draw(const ReplayCell& cell, const Status& status);
    void finish();

    const std::vector<Span>& excluded_;
    const std::int64_t from_s_, to_s_, judged_from_s_;
    Evaluator evaluator_;
    AlertTracker tracker_;
    std::vector<ReplayCell> cells_;
    PastWindow budget_window_;
    std::vector<Row> rows_;
    ReplayLimits limits_;
    std::optional<Span> period_;
    std::int64_t last_read_s_ = -1;
    std::int64_t blind_s_ = 0;           // looks since the last reading
    Counts counted_;                     // so far, exclusions aside
    std::vector<Counts> before_alerts_;  // beside result_.alerts
    Replay result_;
};

Run::Run(const Objective& objective, const Past& past, const std::vector<Span>& excluded,
         const ReplayRequest& request)
    : excluded_(excluded),
      from_s_(second_at(request.from)),
      to_s_(second_at(request.to)),
      judged_from_s_(from_s_ - longest_row_s(objective)),
      evaluator_(objective),
      budget_window_(objective.window_s, edge_step_s(past, objective.window_s), INT64_MAX),
      limits_(objective, past, from_s_, to_s_) {
    for (const BurnRow& row : objective.rows)
        rows_.push_back({PastWindow(row.short_s, edge_step_s(past, row.short_s), row.short_s),
                         PastWindow(row.long_s, edge_step_s(past, row.long_s), row.short_s)});
    const std::int64_t needed_s = needs_history_from(objective, from_s_);
    for (const PastCell& cell : past.cells)
        if (cell.end_s() > needed_s && cell.at_s < to_s_) {
            cells_.push_back({cell, overlaps(excluded, cell)});
            cells_.back().looks = looks_in(cells_.back());
            limits_.see(cell, cells_.back().excluded, excluded);
        }
    result_.slo_id = objective.id;
    result_.from = time_of(from_s_);
    result_.to = time_of(to_s_);
    result_.objective = objective;
    result_.step_s = std::max<std::int64_t>(1, (to_s_ - from_s_ + request.points - 1) / request.points);
}

std::int64_t Run::looks_in(const ReplayCell& cell) {
    if (cell.past.end_s() <= judged_from_s_) return 0;
    const auto& absent = evaluator_.objective().absent;
    const bool blind = absent && cell.past.covered_s == 0 && !cell.excluded;
    const std::int64_t before_s = std::exchange(blind_s_, blind ? blind_s_ + cell.past.looked_s : 0);
    if (!blind) return 1;
    // Absence is counted by looks: a coarse cell with nothing in it was looked at each second. What is absent
    // already stays so.
    const std::int64_t enough_s = absent->after_s + stale_after_s + 1;
    return std::max<std::int64_t>(1, std::min(cell.past.looked_s, enough_s - before_s));
}

core::Result<> Run::check_work() const {
    std::int64_t steps = 0;
    for (const ReplayCell& cell : cells_) steps += cell.looks;
    if (steps <= max_replayed_steps) return {};
    return core::fail(core::Errc::invalid_argument,
                      "to replay this takes {} steps, and {} are the most: ask for a shorter time", steps,
                      max_replayed_steps);
}

void Run::move_windows(std::int64_t second) {
    budget_window_.slide(cells_, second);
    for (Row& row : rows_) {
        row.near.slide(cells_, second);
        row.far.slide(cells_, second);
    }
    const auto& calendar = evaluator_.objective().calendar;
    if (!calendar || (period_ && period_->contains(second))) return;
    if (const auto period = period_of(*calendar, second)) {
        period_ = *period;
        budget_window_.begin(cells_, *period);
    }
}

void Run::pass(const ReplayCell& cell) {
    const std::int64_t last_s = cell.past.end_s() - 1;
    for (std::int64_t look = 1; look < cell.looks; ++look) evaluate(cell, cell.past.at_s + look - 1);
    budget_window_.add(cell);
    for (Row& row : rows_) {
        row.near.add(cell);
        row.far.add(cell);
    }
    if (cell.past.covered_s > 0) last_read_s_ = last_s;
    if (!cell.excluded) counted_ += cell.past.counts;
    if (cell.looks > 0) evaluate(cell, last_s);
}

void Run::evaluate(const ReplayCell& cell, std::int64_t second) {
    move_windows(second);
    Reading reading;
    reading.window = budget_window_.reading();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const BurnRow& row = evaluator_.objective().rows[i];
        rows_[i].judged = !rows_[i].far.too_coarse();
        reading.shorts.push_back(rows_[i].judged ? rows_[i].near.reading()
                                                 : WindowReading{row.short_s, 0, {}});
        reading.longs.push_back(rows_[i].judged ? rows_[i].far.reading() : WindowReading{row.long_s, 0, {}});
        if (!rows_[i].judged) limits_.not_judged(i, cell.past);
    }
    reading.excluded = budget_window_.excluded();
    reading.excluded.now = cell.excluded;
    reading.period = period_;
    reading.seen = reading.window.covered_s + reading.excluded.covered_s > 0;
    reading.as_of = time_of(std::max<std::int64_t>(0, last_read_s_));
    reading.age_s = double(second - last_read_s_);
    const Status status = evaluator_.evaluate(reading, second);
    take(tracker_.update(status, time_of(second)), cell);
    if (cell.past.end_s() > from_s_) draw(cell, status);
}

void Run::take(const std::vector<Alert>& changes, const ReplayCell& cell) {
    for (const Alert& change : changes) {
        const auto known = std::ranges::find(result_.alerts, change.id,
                                             [](const ReplayedAlert& replayed) { return replayed.alert.id; });
        if (known != result_.alerts.end()) {
            known->alert = change;
            known->counts = counted_;
            known->counts -= before_alerts_[std::size_t(known - result_.alerts.begin())];
            const double allowed =
                (1 - evaluator_.objective().target) * double(budget_window_.reading().counts.total);
            if (allowed > 0) known->budget_share = double(known->counts.bad()) / allowed;
        } else if (result_.alerts.size() < max_replayed_alerts) {
            Counts before = counted_;
            if (!cell.excluded) before -= cell.past.counts;
            before_alerts_.push_back(before);
            result_.alerts.push_back({change, {}, {}});
        } else if (change.state == AlertState::firing) {
            limits_.too_many_alerts(change.started_at);
        }
    }
}

void Run::draw(const ReplayCell& cell, const Status& status) {
    const auto& remaining = status.budget.remaining;
    if (remaining && (!result_.lowest || *remaining < *result_.lowest)) {
        result_.lowest = remaining;
        result_.lowest_at = time_of(std::max(from_s_, cell.past.at_s));
    }
    if (cell.past.covered_s == 0) return;
    const std::int64_t place = (std::max(from_s_, cell.past.at_s) - from_s_) / result_.step_s;
    const core::WallTime at = time_of(from_s_ + place * result_.step_s);
    if (result_.points.empty() || result_.points.back().at != at)
        result_.points.push_back({at, {}, {}, {}, {}});
    ReplayPoint& point = result_.points.back();
    if (!cell.excluded) point.counts += cell.past.counts;
    point.remaining = remaining;
    if (remaining) point.lowest = std::min(point.lowest.value_or(*remaining), *remaining);
    point.burn = burn_rate(point.counts, evaluator_.objective().target);
}

void Run::finish() {
    // After the last cell nobody looked, and what there was has grown older.
    move_windows(std::max(to_s_ - 1, cells_.empty() ? 0 : cells_.back().past.end_s() - 1));
    result_.window = budget_window_.reading();
    if (period_) result_.objective.window_s = period_->length_s();
    result_.budget = error_budget(result_.objective.target, result_.window, {});
    for (std::size_t i = 0; i < result_.alerts.size(); ++i) {
        ReplayedAlert& replayed = result_.alerts[i];
        if (replayed.alert.ended_at) continue;
        replayed.counts = counted_;
        replayed.counts -= before_alerts_[i];
        if (result_.budget.allowed > 0)
            replayed.budget_share = double(replayed.counts.bad()) / result_.budget.allowed;
    }
    // The rows have begun earlier than what is asked for, to know which of them fire then.
    std::erase_if(result_.alerts, [&](const ReplayedAlert& replayed) {
        return replayed.alert.ended_at && *replayed.alert.ended_at <= result_.from;
    });
    result_.limits = limits_.texts();
}

core::Result<Replay> Run::go() {
    if (auto bounded = check_work(); !bounded) return core::Failure(bounded.error());
    for (const ReplayCell& cell : cells_) pass(cell);
    finish();
    return std::move(result_);
}

}  // namespace

std::int64_t needs_history_from(const Objective& objective, std::int64_t from_s) {
    constexpr std::int64_t whole_hour_s = 3600;  // the greatest step at which a window is cut
    std::int64_t needed_s = from_s - 2 * longest_row_s(objective);
    if (objective.calendar) {
        if (const auto period = period_of(*objective.calendar, from_s - longest_row_s(objective)))
            needed_s = std::min(needed_s, period->from_s);
    } else {
        needed_s = std::min(needed_s, from_s - longest_row_s(objective) - objective.window_s);
    }
    return std::max<std::int64_t>(0, needed_s - whole_hour_s);
}

core::Result<Replay> replay(const Objective& objective, const Past& past, const std::vector<Span>& excluded,
                            const ReplayRequest& request) {
    return Run(objective, past, excluded, request).go();
}

}  // namespace qd::slo
