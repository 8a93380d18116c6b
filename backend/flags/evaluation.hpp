#pragma once
// For whom a flag is evaluated, and what came out, in the terms of OpenFeature (specification, "Types and
// Data Structures"). Both refer to what others own: a context to its caller's texts, an outcome to its
// FlagSet or the caller's fallback.

#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace qd::flags {

struct Attribute {
    std::string_view name;
    std::variant<bool, double, std::string_view> value;
};

struct EvaluationContext {
    std::string_view targeting_key;  // of splits; empty: none
    std::span<const Attribute> attributes;
};

enum class Reason {
    is_static,  // STATIC: there is nothing to target by
    fallback,   // DEFAULT: no rule applied
    targeting_match,
    split,
    disabled,
    error,
};

enum class ErrorCode { flag_not_found, type_mismatch, targeting_key_missing, provider_not_ready };

/// OpenFeature's words: "TARGETING_MATCH", "FLAG_NOT_FOUND".
std::string_view to_string(Reason reason);
std::string_view to_string(ErrorCode code);

template <class T>
struct Evaluation {
    T value{};                 // the caller's fallback when there is no variant
    std::string_view variant;  // empty: none was served
    Reason reason = Reason::error;
    std::optional<ErrorCode> error;
};

}  // namespace qd::flags
