#include "flags/flag_set.hpp"

#include <algorithm>
#include <limits>

#include "flags/bucket.hpp"
#include "flags/condition.hpp"

namespace qd::flags {
namespace {

using core::Errc;
using core::fail;
using core::Result;

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

std::size_t variant_index(const Flag& flag, std::string_view name) {
    const auto at = std::ranges::find(flag.variants, name, &Variant::name);
    return at == flag.variants.end() ? none : std::size_t(at - flag.variants.begin());
}

}  // namespace

struct FlagSet::Compiled {
    struct Wanted {
        std::size_t flag = 0;
        std::vector<bool> variants;  // by index
    };
    struct Target {
        std::size_t variant = none;
        std::vector<std::pair<std::uint32_t, std::size_t>> until;  // buckets below -> variant
    };

    std::size_t default_variant = 0;
    std::size_t kill_variant = none;
    std::vector<Wanted> prerequisites;
    std::vector<Target> targets;  // of the rules, by index
};

struct FlagSet::Outcome {
    std::size_t variant = none;
    Reason reason = Reason::error;
    std::optional<ErrorCode> error;
};

FlagSet::FlagSet() = default;
FlagSet::~FlagSet() = default;

Result<std::shared_ptr<const FlagSet>> FlagSet::compile(std::vector<Flag> flags) {
    if (flags.size() > most_flags)
        return fail(Errc::invalid_argument, "there are at most {} flags", most_flags);
    std::shared_ptr<FlagSet> set(new FlagSet);
    std::ranges::sort(flags, {}, &Flag::key);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const Flag& flag = flags[i];
        if (auto checked = check(flag); !checked)
            return core::fail_with_context(fmt::format("flag '{}'", flag.key), checked.error());
        if (i > 0 && flags[i - 1].key == flag.key)
            return fail(Errc::invalid_argument, "flag '{}': there are two of this key", flag.key);
        Compiled& compiled = set->compiled_.emplace_back();
        compiled.default_variant = variant_index(flag, flag.default_variant);
        compiled.kill_variant = variant_index(flag, flag.kill_variant);
        for (const Rule& rule : flag.targeting) {
            Compiled::Target& target = compiled.targets.emplace_back();
            target.variant = variant_index(flag, rule.variant);
            std::uint32_t end = 0;
            for (const Share& share : rule.split)
                target.until.emplace_back(end += share.weight, variant_index(flag, share.variant));
        }
    }
    set->flags_ = std::move(flags);
    if (auto resolved = set->resolve_prerequisites(); !resolved) return core::Failure(resolved.error());
    return set;
}

Result<> FlagSet::resolve_prerequisites() {
    for (std::size_t i = 0; i < flags_.size(); ++i)
        for (const Prerequisite& prerequisite : flags_[i].prerequisites) {
            const std::size_t other = index_of(prerequisite.flag);
            if (other == flags_.size())
                return fail(Errc::invalid_argument, "flag '{}': its prerequisite '{}' does not exist",
                            flags_[i].key, prerequisite.flag);
            Compiled::Wanted wanted{other, std::vector<bool>(flags_[other].variants.size())};
            for (const std::string& name : prerequisite.variants) {
                const std::size_t variant = variant_index(flags_[other], name);
                if (variant == none)
                    return fail(Errc::invalid_argument,
                                "flag '{}': its prerequisite '{}' has no variant '{}'", flags_[i].key,
                                prerequisite.flag, name);
                wanted.variants[variant] = true;
            }
            compiled_[i].prerequisites.push_back(std::move(wanted));
        }
    std::vector<int> known(flags_.size(), 0);
    for (std::size_t i = 0; i < flags_.size(); ++i)
        if (auto measured = depth(i, known); !measured) return core::Failure(measured.error());
    return {};
}

/// 1 + that of the deepest prerequisite; `known` holds 0 for what is not measured yet, -1 for what is about
/// to be.
Result<int> FlagSet::depth(std::size_t flag, std::vector<int>& known) const {
    if (known[flag] > 0) return known[flag];
    if (known[flag] < 0)
        return fail(Errc::invalid_argument, "flag '{}': its prerequisites go in a circle", flags_[flag].key);
    known[flag] = -1;
    int deepest = 1;
    for (const auto& wanted : compiled_[flag].prerequisites) {
        const auto below = depth(wanted.flag, known);
        if (!below) return below;
        deepest = std::max(deepest, 1 + *below);
    }
    if (deepest > 1 + deepest_prerequisite)
        return fail(Errc::invalid_argument, "flag '{}': its prerequisites go deeper than {}",
                    flags_[flag].key, deepest_prerequisite);
    return known[flag] = deepest;
}

std::size_t FlagSet::index_of(std::string_view key) const noexcept {
    const auto at = std::lower_bound(flags_.begin(), flags_.end(), key,
                                     [](const Flag& flag, std::string_view k) { return flag.key < k; });
    return at != flags_.end() && at->key == key ? std::size_t(at - flags_.begin()) : flags_.size();
}

const Flag* FlagSet::find(std::string_view key) const noexcept {
    const std::size_t at = index_of(key);
    return at == flags_.size() ? nullptr : &flags_[at];
}

FlagSet::Outcome FlagSet::evaluate(std::size_t index, const EvaluationContext& context) const noexcept {
    const Flag& flag = flags_[index];
    const Compiled& compiled = compiled_[index];
    if (!flag.enabled) return {compiled.kill_variant, Reason::disabled, {}};
    for (const Compiled::Wanted& wanted : compiled.prerequisites) {
        const Outcome other = evaluate(wanted.flag, context);
        if (other.variant == none || !wanted.variants[other.variant])
            return {compiled.default_variant, Reason::fallback, {}};
    }
    for (std::size_t i = 0; i < flag.targeting.size(); ++i) {
        if (!std::ranges::all_of(flag.targeting[i].when,
                                 [&](const Condition& condition) { return holds(condition, context); }))
            continue;
        const Compiled::Target& target = compiled.targets[i];
        if (target.until.empty()) return {target.variant, Reason::targeting_match, {}};
        if (context.targeting_key.empty()) return {none, Reason::error, ErrorCode::targeting_key_missing};
        const std::uint32_t at = bucket(flag.key, context.targeting_key, target.until.back().first);
        for (const auto& [end, variant] : target.until)
            if (at < end) return {variant, Reason::split, {}};
    }
    const bool targets = !flag.targeting.empty() || !flag.prerequisites.empty();
    return {compiled.default_variant, targets ? Reason::fallback : Reason::is_static, {}};
}

template <class T, class Stored>
Evaluation<T> FlagSet::typed(std::string_view key, const EvaluationContext& context,
                             T fallback) const noexcept {
    const std::size_t index = index_of(key);
    if (index == flags_.size()) return {fallback, {}, Reason::error, ErrorCode::flag_not_found};
    const Flag& flag = flags_[index];
    if (!std::holds_alternative<Stored>(flag.variants.front().value))
        return {fallback, {}, Reason::error, ErrorCode::type_mismatch};
    const Outcome outcome = evaluate(index, context);
    if (outcome.variant == none) return {fallback, {}, outcome.reason, outcome.error};
    const Variant& variant = flag.variants[outcome.variant];
    return {T(*std::get_if<Stored>(&variant.value)), variant.name, outcome.reason, {}};
}

Evaluation<bool> FlagSet::boolean(std::string_view key, const EvaluationContext& context,
                                  bool fallback) const noexcept {
    return typed<bool, bool>(key, context, fallback);
}

Evaluation<double> FlagSet::number(std::string_view key, const EvaluationContext& context,
                                   double fallback) const noexcept {
    return typed<double, double>(key, context, fallback);
}

Evaluation<std::string_view> FlagSet::text(std::string_view key, const EvaluationContext& context,
                                           std::string_view fallback) const noexcept {
    return typed<std::string_view, std::string>(key, context, fallback);
}

}  // namespace qd::flags
