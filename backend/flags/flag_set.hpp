#pragma once
// Flags that fit together, made ready for evaluation: immutable, thread-safe, and neither doing I/O nor
// allocating when asked. What an evaluation refers to lives as long as the set.

#include <memory>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "flags/evaluation.hpp"
#include "flags/flag.hpp"

namespace qd::flags {

inline constexpr std::size_t most_flags = 1'000;
inline constexpr std::size_t most_variants = 32;
inline constexpr std::size_t most_rules = 64;
inline constexpr std::size_t most_conditions = 16;
inline constexpr std::size_t most_values = 256;
inline constexpr std::size_t most_prerequisites = 4;
inline constexpr int deepest_prerequisite = 4;
inline constexpr std::uint32_t largest_weight = 1'000'000;

/// What can be said of a flag alone. Errc::invalid_argument with the reason.
core::Result<> check(const Flag& flag);

class FlagSet {
public:
    /// Errc::invalid_argument, naming the flag, for one that does not pass check(), for two of one key, and
    /// for prerequisites that do not exist, go in a circle or deeper than deepest_prerequisite.
    static core::Result<std::shared_ptr<const FlagSet>> compile(std::vector<Flag> flags);
    ~FlagSet();

    Evaluation<bool> boolean(std::string_view key, const EvaluationContext& context,
                             bool fallback) const noexcept;
    Evaluation<double> number(std::string_view key, const EvaluationContext& context,
                              double fallback) const noexcept;
    Evaluation<std::string_view> text(std::string_view key, const EvaluationContext& context,
                                      std::string_view fallback) const noexcept;

    const std::vector<Flag>& flags() const { return flags_; }  // by key
    const Flag* find(std::string_view key) const noexcept;

private:
    struct Compiled;
    struct Outcome;

    FlagSet();
    core::Result<> resolve_prerequisites();
    core::Result<int> depth(std::size_t flag, std::vector<int>& known) const;
    std::size_t index_of(std::string_view key) const noexcept;  // flags_.size(): there is none
    Outcome evaluate(std::size_t flag, const EvaluationContext& context) const noexcept;
    template <class T, class Stored>
    Evaluation<T> typed(std::string_view key, const EvaluationContext& context, T fallback) const noexcept;

    std::vector<Flag> flags_;
    std::vector<Compiled> compiled_;  // of flags_, by index
};

}  // namespace qd::flags
