#pragma once
// Conditions over a measured `result`, as in Argo Rollouts' metrics (a subset of expr-lang's language, with
// its precedence): "result[0] >= 0.95", "len(result) == 0 || all(result, {# < 1})", "result == 'pass'".
//
//   values       result, numbers, 'text', "text", true, false, # (the element, within all, any and none)
//   operators    or || · and && · == != < <= > >= · + - · not ! · * / % · unary -, index [i] (-1: the last)
//   functions    len(list or text), all|any|none(list, {condition of #}), isNaN(x), isInf(x), asFloat(x),
//                asInt(x), isNil(x): x is an empty list or text, which is how an answer without data arrives;
//                default(x, y): y when isNil(x)
//
// Values of different types are never equal, as in Argo Rollouts; to order or add them is an error.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"

namespace qd::rollouts {

using MeasuredValue = std::variant<double, bool, std::string, std::vector<double>>;

/// "0.97", "NaN", "+Inf", "true", "[0.97,1]"; whatever is none of these is text.
MeasuredValue parse_measured(std::string_view text);

/// Immutable, so thread-safe.
class Condition {
public:
    static constexpr std::size_t max_bytes = 1'000, max_depth = 64;

    /// Errc::invalid_argument as "column 8: …" for what cannot be read, names nobody knows, too few or too
    /// many arguments, what can be neither true nor false, and beyond the limits.
    static core::Result<Condition> parse(std::string_view text);

    /// Errc::unprocessable as "column 7: …" when it cannot be answered for this result, such as an index
    /// beyond an empty list: there is no data.
    core::Result<bool> holds(const MeasuredValue& result) const;

    enum class Kind { literal, result, element, negate, invert, index, call, binary };
    struct Node {
        Kind kind = Kind::literal;
        std::string word;  // of binary: the operator; of call: the function
        MeasuredValue literal;
        std::vector<std::size_t> of;  // indices of the operands
        std::size_t column = 1;
    };

private:
    explicit Condition(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}

    std::vector<Node> nodes_;  // operands before what they are of; the last is the whole
};

}  // namespace qd::rollouts
