#include "flags/words.hpp"

#include <fmt/format.h>

#include <array>

namespace qd::flags {
namespace {

constexpr std::array<std::string_view, 14> operator_phrases{
    "is",           "is not",          "is one of",    "begins with",   "ends with",
    "is less than", "is at most",      "is more than", "is at least",   "is version",
    "is before",    "is at or before", "is after",     "is at or after"};

}  // namespace

std::string text_of(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    return std::get<std::string>(value);
}

std::string text_of(const Condition& condition) {
    std::string text =
        fmt::format("{} {} ", condition.attribute == "targetingKey" ? "the key" : condition.attribute,
                    operator_phrases[std::size_t(condition.op)]);
    for (std::size_t i = 0; i < condition.values.size(); ++i)
        text += (i > 0 ? ", " : "") + text_of(condition.values[i]);
    return text;
}

std::string text_of(const Rule& rule) {
    std::string text;
    for (const Condition& condition : rule.when)
        text += (text.empty() ? "when " : " and ") + text_of(condition);
    if (text.empty()) text = "for everybody";
    text += ": ";
    if (!rule.variant.empty()) return text + rule.variant;
    double total = 0;
    for (const Share& share : rule.split) total += share.weight;
    for (std::size_t i = 0; i < rule.split.size(); ++i)
        text += fmt::format("{}{} {:.3g} %", i > 0 ? ", " : "", rule.split[i].variant,
                            total > 0 ? rule.split[i].weight * 100 / total : 0);
    return text;
}

std::string served_of(const Flag& flag) {
    if (flag.enabled) return flag.default_variant;
    return (flag.kill_variant.empty() ? "the code's own value" : flag.kill_variant) + " (killed)";
}

}  // namespace qd::flags
