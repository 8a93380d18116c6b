#include "slo/past_windows.hpp"

#include <algorithm>

namespace qd::slo {

void PastWindow::count(const ReplayCell& cell, int sign) {
    std::int64_t& seconds = cell.excluded ? excluded_s_ : covered_s_;
    Counts& counts = cell.excluded ? excluded_counts_ : counts_;
    seconds += sign * cell.past.covered_s;
    coarse_ += sign * std::int64_t(cell.past.step_s > finest_s_);
    if (sign > 0)
        counts += cell.past.counts;
    else
        counts -= cell.past.counts;
}

void PastWindow::leave_before(const std::vector<ReplayCell>& cells, std::int64_t edge_s) {
    for (; first_ < cells.size() && cells[first_].past.end_s() <= edge_s; ++first_) count(cells[first_], -1);
}

void PastWindow::slide(const std::vector<ReplayCell>& cells, std::int64_t second) {
    if (calendar_) return;
    const std::int64_t begin_s = std::max<std::int64_t>(0, second - length_s_ + 1);
    leave_before(cells, begin_s / edge_step_s_ * edge_step_s_);
}

void PastWindow::begin(const std::vector<ReplayCell>& cells, const Span& period) {
    calendar_ = true;
    length_s_ = period.length_s();
    leave_before(cells, period.from_s);
}

WindowReading PastWindow::reading() const {
    const std::int64_t covered_s =
        std::clamp<std::int64_t>(covered_s_, 0, length_s_ - std::min(length_s_, excluded_s_));
    return {length_s_, covered_s, counts_};
}

}  // namespace qd::slo
