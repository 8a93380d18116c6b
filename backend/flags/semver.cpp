#include "flags/semver.hpp"

#include <algorithm>
#include <charconv>
#include <compare>

namespace qd::flags {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

bool are_identifiers(std::string_view text) {
    if (text.empty() || text.ends_with('.')) return false;
    while (!text.empty())
        if (!is_identifier(take(text, '.'))) return false;
    return true;
}

/// Numbers of any length, without leading zeros' effect.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
    const bool number_a = is_number(a), number_b = is_number(b);
    if (number_a && number_b) return compare_numbers(a, b);
    if (number_a != number_b) return number_a ? std::strong_ordering::less : std::strong_ordering::greater;
    return a <=> b;
}

std::strong_ordering precedence(const SemanticVersion& a, const SemanticVersion& b) {
    if (const auto order = a.numbers <=> b.numbers; order != 0) return order;
    if (a.prerelease.empty() || b.prerelease.empty()) return a.prerelease.empty() <=> b.prerelease.empty();
    std::string_view left = a.prerelease, right = b.prerelease;
    while (!left.empty() && !right.empty())
        if (const auto order = compare_identifiers(take(left, '.'), take(right, '.')); order != 0)
            return order;
    return right.empty() <=> left.empty();
}

}  // namespace

std::optional<SemanticVersion> parse_semver(std::string_view text) {
    if (text.starts_with('v')) text.remove_prefix(1);
    SemanticVersion version;
    if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
        if (!are_identifiers(text.substr(plus + 1))) return std::nullopt;
        text = text.substr(0, plus);
    }
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        version.prerelease = text.substr(dash + 1);
        if (!are_identifiers(version.prerelease)) return std::nullopt;
        text = text.substr(0, dash);
    }
    if (text.ends_with('.')) return std::nullopt;
    for (std::size_t i = 0; i == 0 || !text.empty(); ++i) {
        const std::string_view part = take(text, '.');
        if (i == version.numbers.size() || !is_number(part)) return std::nullopt;
        if (std::from_chars(part.data(), part.data() + part.size(), version.numbers[i]).ec != std::errc{})
            return std::nullopt;
    }
    return version;
}

int compare(const SemanticVersion& a, const SemanticVersion& b) {
    const auto order = precedence(a, b);
    return order < 0 ? -1 : int(order > 0);
}

}  // namespace qd::flags
