// Whatever stands as a metric's condition, about whatever was measured: read or refused, answered or not, and
// always the same. The condition is the text up to the first line break, the result what follows.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "rollouts/condition.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto condition = qd::rollouts::Condition::parse(text.substr(0, end));
    if (!condition) return 0;
    const auto result = qd::rollouts::parse_measured(text.substr(std::min(end + 1, text.size())));
    const auto first = condition->holds(result);
    const auto second = condition->holds(result);
    if (first.has_value() != second.has_value() || (first && *first != *second)) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {"result[0] >= 0.95\n[0.97,1]",
            "len(result) == 0 || all(result, {# < 1})\n[]",
            "isNil(result) or default(result, 0) < 0.05\n[]",
            "not (asFloat(result) * 100 % 7 == -1) && result != 'pass'\n3.5",
            "isNaN(result[-1]) || isInf(result[0])\n[NaN,+Inf]",
            "asInt(result) + 1 > 2 and none(result, # == 1)\n\"12\"",
            "((((result))))\ntrue"};
}

}  // namespace qd::fuzz
