#include "flags/condition.hpp"

#include <algorithm>
#include <compare>
#include <optional>

#include "flags/semver.hpp"

namespace qd::flags {
namespace {

using AttributeValue = decltype(Attribute::value);

std::optional<AttributeValue> find(std::string_view name, const EvaluationContext& context) noexcept {
    if (name == "targetingKey")
        return context.targeting_key.empty() ? std::nullopt
                                             : std::optional<AttributeValue>(context.targeting_key);
    for (const Attribute& attribute : context.attributes)
        if (attribute.name == name) return attribute.value;
    return std::nullopt;
}

bool equal(const AttributeValue& actual, const Value& wanted) noexcept {
    if (const auto* text = std::get_if<std::string>(&wanted)) {
        const auto* other = std::get_if<std::string_view>(&actual);
        return other != nullptr && *other == *text;
    }
    if (const auto* number = std::get_if<double>(&wanted)) {
        const auto* other = std::get_if<double>(&actual);
        return other != nullptr && *other == *number;
    }
    const auto* wanted_bool = std::get_if<bool>(&wanted);
    const auto* other = std::get_if<bool>(&actual);
    return wanted_bool != nullptr && other != nullptr && *other == *wanted_bool;
}

bool ordered(Operator op, std::partial_ordering order) noexcept {
    switch (op) {
        case Operator::less:
        case Operator::semver_less:
            return order < 0;
        case Operator::less_or_equal:
        case Operator::semver_less_or_equal:
            return order <= 0;
        case Operator::greater:
        case Operator::semver_greater:
            return order > 0;
        case Operator::greater_or_equal:
        case Operator::semver_greater_or_equal:
            return order >= 0;
        case Operator::semver_equal:
            return order == 0;
        default:
            return false;
    }
}

}  // namespace

bool holds(const Condition& condition, const EvaluationContext& context) noexcept {
    const auto actual = find(condition.attribute, context);
    if (!actual || condition.values.empty()) return false;
    const Value& wanted = condition.values.front();
    switch (condition.op) {
        case Operator::equals:
            return equal(*actual, wanted);
        case Operator::not_equals:
            return !equal(*actual, wanted);
        case Operator::in:
            return std::ranges::any_of(condition.values,
                                       [&](const Value& value) { return equal(*actual, value); });
        default:
            break;
    }
    if (is_numeric(condition.op)) {
        const auto* a = std::get_if<double>(&*actual);
        const auto* b = std::get_if<double>(&wanted);
        return a != nullptr && b != nullptr && ordered(condition.op, *a <=> *b);
    }
    const auto* a = std::get_if<std::string_view>(&*actual);
    const auto* b = std::get_if<std::string>(&wanted);
    if (a == nullptr || b == nullptr) return false;
    if (condition.op == Operator::starts_with) return a->starts_with(*b);
    if (condition.op == Operator::ends_with) return a->ends_with(*b);
    const auto left = parse_semver(*a), right = parse_semver(*b);
    return left && right && ordered(condition.op, compare(*left, *right) <=> 0);
}

}  // namespace qd::flags
