#include <algorithm>
#include <array>

#include "postmortems/check.hpp"

namespace qd::postmortems {
namespace {

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return lower;
}

bool holds_any(std::string_view text, std::span<const std::string_view> words) {
    const std::string lower = in_lower_case(text);
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace

bool is_about_causes(std::string_view title) {
    constexpr std::array<std::string_view, 7> words{"cause", "factor", "suspect", "trigger",
                                                    "whys",  "fault",  "theme"};
    return holds_any(title, words);
}

bool tells_impact(std::string_view text) {
    constexpr std::array<std::string_view, 11> felt{"user",    "customer", "viewer",  "request",
                                                    "visitor", "events",   "session", "order",
                                                    "people",  "client",   "stream"};
    return text.find_first_of("0123456789") != std::string_view::npos && holds_any(text, felt);
}

void check_words(std::vector<Finding>& findings, const std::string& section, bool about_causes,
                 std::string_view text, std::span<const std::string> names, std::size_t line) {
    for (const std::string& word : blaming_words(text))
        findings.push_back(finding(rule::blame, section, fmt::format("\"{}\" blames", word), line));
    for (const std::string& word : counterfactuals(text))
        findings.push_back(finding(rule::counterfactual, section,
                                   fmt::format("\"{}\" tells of a past that was not", word), line));
    if (!about_causes) return;
    for (const std::string& name : names) {
        const std::string lower = in_lower_case(name);
        const std::array<std::string_view, 1> sought{lower};
        if (name.size() >= 3 && !whole_words(text, sought).empty())
            findings.push_back(finding(rule::named_person, section,
                                       fmt::format("\"{}\" is named in a section about causes", name), line));
    }
}

}  // namespace qd::postmortems
