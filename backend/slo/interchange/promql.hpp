#pragma once
// The part of PromQL that our selectors can say: one metric with label matchers, as a counter or as its rate.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "slo/indicator.hpp"

namespace qd::slo::interchange {

struct Query {
    Selector selector;
    bool rated = false;   // within rate() or increase(): the counter is the metric inside
    bool summed = false;  // within sum()
};

/// Reads metric{label="v", label2=~"a|b"}, also within rate(...[5m]) or increase(...[5m]), and either of
/// these within sum(...). What is read from the range is nothing: the windows of the objective say it.
/// A regular expression is read when it is an alternation of literal text and ".*"; of a label
/// called code or status "5.." counts as "5.*", for such codes have three digits. Errc::invalid_argument,
/// with the reason, for the rest of the language, and for values that our patterns cannot say ('*', '|' in a
/// literal).
core::Result<Query> parse_query(std::string_view text);

/// metric{label="v"}; '*' in patterns becomes ".*". `extra` is put behind the matchers: le="0.1".
/// Errc::invalid_argument for a label that PromQL has no name for.
core::Result<std::string> write_selector(const Selector& selector, std::string_view extra = {});

/// As a PromQL string, with its quotes.
std::string promql_string(std::string_view text);

}  // namespace qd::slo::interchange
