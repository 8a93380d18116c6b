#pragma once
// A feature flag as it is written down: its variants, who gets which, and what its kill switch serves. Plain
// values; FlagSet (flag_set.hpp) checks and evaluates them.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace qd::flags {

using Value = std::variant<bool, double, std::string>;

/// The alternatives of Value, in its order.
enum class Type { boolean, number, string };

enum class Operator {
    equals,  // of one type and value
    not_equals,
    in,  // equals one of several
    starts_with,
    ends_with,
    less,  // numbers
    less_or_equal,
    greater,
    greater_or_equal,
    semver_equal,  // precedence of Semantic Versioning 2.0.0, section 11
    semver_less,
    semver_less_or_equal,
    semver_greater,
    semver_greater_or_equal,
};

/// Does not hold when the context lacks the attribute. "targetingKey" is the context's targeting key.
struct Condition {
    std::string attribute;
    Operator op = Operator::equals;
    std::vector<Value> values;  // one; for `in` 1 to 256

    bool operator==(const Condition&) const = default;
};

struct Share {
    std::string variant;
    std::uint32_t weight = 0;  // relative to the sum of the split's

    bool operator==(const Share&) const = default;
};

/// All conditions hold: the variant, or, when there is none, the split by targeting key.
struct Rule {
    std::vector<Condition> when;
    std::string variant;
    std::vector<Share> split;  // a share that grows at its successor's expense keeps every key it had

    bool operator==(const Rule&) const = default;
};

/// Another flag gives one of these variants in the same context.
struct Prerequisite {
    std::string flag;
    std::vector<std::string> variants;

    bool operator==(const Prerequisite&) const = default;
};

struct Variant {
    std::string name;
    Value value;

    bool operator==(const Variant&) const = default;
};

struct Flag {
    std::string key;  // 1 to 100 letters, digits, '.', '-', '_'
    std::string description;
    Type type = Type::boolean;
    std::vector<Variant> variants;
    std::string default_variant;
    std::string kill_variant;  // served while not enabled; none: the caller's own default is
    bool enabled = true;
    std::vector<Prerequisite> prerequisites;  // one that is not met: the default variant
    std::vector<Rule> targeting;              // the first that applies

    bool operator==(const Flag&) const = default;
};

}  // namespace qd::flags
