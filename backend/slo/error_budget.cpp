#include "slo/error_budget.hpp"

namespace qd::slo {

ErrorBudget error_budget(double target, const WindowReading& window, const WindowReading& recent,
                         std::optional<std::int64_t> resets_in_s) {
    ErrorBudget budget;
    budget.allowed = (1 - target) * double(window.counts.total);
    budget.spent = window.counts.bad();
    if (window.counts.total == 0) return budget;
    const double left = budget.allowed - double(budget.spent);
    budget.remaining = left / budget.allowed;
    // The subtraction leaves rounding of the order of 1e-16 per event: exactly spent counts as spent.
    budget.exhausted = budget.spent > 0 && left <= 1e-9 * budget.allowed;
    if (budget.exhausted) {
        budget.exhausted_in_s = 0;
        return budget;
    }
    const double bad = recent.bad_rate();
    const double earned = (1 - target) * recent.total_rate();
    if (bad <= earned || bad <= 0) return budget;
    const double while_filling_s = left / (bad - earned);
    if (resets_in_s) {
        if (while_filling_s < double(*resets_in_s)) budget.exhausted_in_s = while_filling_s;
        return budget;
    }
    const double filling_s = double(window.window_s - window.covered_s);
    if (while_filling_s <= filling_s)
        budget.exhausted_in_s = while_filling_s;
    else
        budget.exhausted_in_s = filling_s + (left - (bad - earned) * filling_s) / bad;
    return budget;
}

}  // namespace qd::slo
