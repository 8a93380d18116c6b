#include <algorithm>
#include <cmath>

#include "flags/condition.hpp"
#include "flags/flag_set.hpp"
#include "flags/semver.hpp"

namespace qd::flags {
namespace {

using core::Errc;
using core::fail;
using core::Result;

bool is_key(std::string_view text) {
    return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_';
    });
}

bool has_variant(const Flag& flag, std::string_view name) {
    return std::ranges::find(flag.variants, name, &Variant::name) != flag.variants.end();
}

Result<> check_condition(const Condition& condition) {
    if (condition.attribute.empty() || condition.attribute.size() > 100)
        return fail(Errc::invalid_argument, "a condition names an attribute of 1 to 100 bytes");
    const std::size_t most = condition.op == Operator::in ? most_values : 1;
    if (condition.values.empty() || condition.values.size() > most)
        return fail(Errc::invalid_argument, "the condition on '{}' compares with 1 to {} values",
                    condition.attribute, most);
    const Value& value = condition.values.front();
    for (const Value& each : condition.values)
        if (const auto* number = std::get_if<double>(&each); number != nullptr && !std::isfinite(*number))
            return fail(Errc::invalid_argument, "the condition on '{}' compares with no finite number",
                        condition.attribute);
    if (is_numeric(condition.op) && !std::holds_alternative<double>(value))
        return fail(Errc::invalid_argument, "the condition on '{}' compares with a number",
                    condition.attribute);
    const auto* text = std::get_if<std::string>(&value);
    const bool textual = condition.op == Operator::starts_with || condition.op == Operator::ends_with;
    if ((textual || is_semver(condition.op)) && text == nullptr)
        return fail(Errc::invalid_argument, "the condition on '{}' compares with a text",
                    condition.attribute);
    if (is_semver(condition.op) && !parse_semver(*text))
        return fail(Errc::invalid_argument, "the condition on '{}': '{}' is no semantic version",
                    condition.attribute, *text);
    return {};
}

Result<> check_rule(const Flag& flag, const Rule& rule) {
    if (rule.when.size() > most_conditions)
        return fail(Errc::invalid_argument, "a rule has at most {} conditions", most_conditions);
    for (const Condition& condition : rule.when)
        if (auto checked = check_condition(condition); !checked) return checked;
    if (rule.variant.empty() == rule.split.empty())
        return fail(Errc::invalid_argument, "a rule gives either a variant or a split");
    if (!rule.variant.empty() && !has_variant(flag, rule.variant))
        return fail(Errc::invalid_argument, "a rule's variant '{}' is none of the flag's", rule.variant);
    if (rule.split.size() > most_variants)
        return fail(Errc::invalid_argument, "a split has at most {} shares", most_variants);
    std::uint64_t total = 0;
    for (const Share& share : rule.split) {
        if (!has_variant(flag, share.variant))
            return fail(Errc::invalid_argument, "a split's variant '{}' is none of the flag's",
                        share.variant);
        if (share.weight > largest_weight)
            return fail(Errc::invalid_argument, "a weight is at most {}", largest_weight);
        total += share.weight;
    }
    if (!rule.split.empty() && total == 0) return fail(Errc::invalid_argument, "a split's weights are all 0");
    return {};
}

}  // namespace

Result<> check(const Flag& flag) {
    if (!is_key(flag.key))
        return fail(Errc::invalid_argument, "a key is 1 to 100 letters, digits, '.', '-' and '_'");
    if (flag.variants.empty() || flag.variants.size() > most_variants)
        return fail(Errc::invalid_argument, "a flag has 1 to {} variants", most_variants);
    for (auto at = flag.variants.begin(); at != flag.variants.end(); ++at) {
        if (!is_key(at->name))
            return fail(Errc::invalid_argument,
                        "a variant's name is 1 to 100 letters, digits, '.', '-' and '_'");
        if (std::find_if(flag.variants.begin(), at,
                         [&](const Variant& earlier) { return earlier.name == at->name; }) != at)
            return fail(Errc::invalid_argument, "there are two variants '{}'", at->name);
        if (at->value.index() != std::size_t(flag.type))
            return fail(Errc::invalid_argument, "the variants are not of one type");
        if (const auto* number = std::get_if<double>(&at->value);
            number != nullptr && !std::isfinite(*number))
            return fail(Errc::invalid_argument, "the variant '{}' is no finite number", at->name);
    }
    if (!has_variant(flag, flag.default_variant))
        return fail(Errc::invalid_argument, "the default variant '{}' is none of the flag's",
                    flag.default_variant);
    if (!flag.kill_variant.empty() && !has_variant(flag, flag.kill_variant))
        return fail(Errc::invalid_argument, "the kill variant '{}' is none of the flag's", flag.kill_variant);
    if (flag.prerequisites.size() > most_prerequisites)
        return fail(Errc::invalid_argument, "a flag has at most {} prerequisites", most_prerequisites);
    if (flag.targeting.size() > most_rules)
        return fail(Errc::invalid_argument, "a flag has at most {} rules", most_rules);
    for (const Rule& rule : flag.targeting)
        if (auto checked = check_rule(flag, rule); !checked) return checked;
    return {};
}

}  // namespace qd::flags
