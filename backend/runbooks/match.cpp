#include "runbooks/match.hpp"

#include <algorithm>
#include <optional>

namespace qd::runbooks {
namespace {

bool fits(const std::string& pattern, const std::string& text) {
    if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == text;
}

/// The first of `texts` that one of `patterns` fits.
std::optional<std::string> first_fit(const std::vector<std::string>& patterns,
                                     const std::vector<std::string>& texts) {
    for (const std::string& text : texts)
        if (std::ranges::any_of(patterns, [&](const std::string& pattern) { return fits(pattern, text); }))
            return text;
    return std::nullopt;
}

std::string listed(const std::vector<std::string>& texts) {
    std::string text;
    for (const std::string& one : texts) text += (text.empty() ? "" : ", ") + one;
    return text;
}

}  // namespace

Match match(const Applies& applies, const Situation& situation) {
    Match found;
    const auto no = [](std::string why) { return Match{false, {std::move(why)}, 0}; };
    if (situation.severity > applies.severity)
        return no(fmt::format("it is for SEV1 to SEV{}", applies.severity));
    if (applies.severity < 4) {
        ++found.weight;
        found.reasons.push_back(fmt::format("it is a SEV{}", situation.severity));
    }
    struct Condition {
        const std::vector<std::string>& patterns;
        std::vector<std::string> texts;
        const char* yes;
        const char* is_for;
    };
    for (const Condition& condition : std::initializer_list<Condition>{
             {applies.services, {situation.service}, "its service is {}", "it is for the service {}"},
             {applies.objectives, situation.objectives, "the objective {} fired",
              "it is for the objective {}"},
             {applies.alerts, situation.alerts, "the alert {} fired", "it is for the alert {}"},
             {applies.causes, situation.causes, "a suspect is a {}", "it is for the suspect {}"}}) {
        if (condition.patterns.empty()) continue;
        const auto fit = first_fit(condition.patterns, condition.texts);
        if (!fit) return no(fmt::format(fmt::runtime(condition.is_for), listed(condition.patterns)));
        ++found.weight;
        found.reasons.push_back(fmt::format(fmt::runtime(condition.yes), *fit));
    }
    found.applies = true;
    if (found.reasons.empty()) found.reasons.push_back("it is for every incident");
    return found;
}

}  // namespace qd::runbooks
