#include "slo/indicator.hpp"

#include <fmt/format.h>

namespace qd::slo {
namespace {

std::string describe(const Selector& selector) {
    std::string text = selector.metric;
    if (selector.labels.empty()) return text;
    text += '{';
    for (const LabelMatcher& matcher : selector.labels) {
        if (text.back() != '{') text += ", ";
        text += fmt::format("{}={}", matcher.name, matcher.text());
    }
    return text + '}';
}

constexpr std::string_view comparisons[] = {"lt", "lte", "gt", "gte"};

}  // namespace

std::string_view to_string(Comparison op) {
    return comparisons[std::size_t(op)];
}

std::optional<Comparison> parse_comparison(std::string_view text) {
    for (std::size_t i = 0; i < std::size(comparisons); ++i)
        if (text == comparisons[i]) return Comparison(i);
    return std::nullopt;
}

bool holds(double value, Comparison op, double bound) {
    switch (op) {
        case Comparison::lt:
            return value < bound;
        case Comparison::lte:
            return value <= bound;
        case Comparison::gt:
            return value > bound;
        case Comparison::gte:
            return value >= bound;
    }
    return false;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0;
    std::size_t star = std::string_view::npos, resume = 0;  // the last '*' and where its match may grow from
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

LabelMatcher LabelMatcher::parse(std::string name, std::string_view text) {
    LabelMatcher matcher{std::move(name), false, {}};
    if (text.starts_with('!')) {
        matcher.negated = true;
        text.remove_prefix(1);
    }
    for (;;) {
        const std::size_t bar = text.find('|');
        matcher.patterns.emplace_back(text.substr(0, bar));
        if (bar == std::string_view::npos) return matcher;
        text.remove_prefix(bar + 1);
    }
}

std::string LabelMatcher::text() const {
    return fmt::format("{}{}", negated ? "!" : "", fmt::join(patterns, "|"));
}

bool LabelMatcher::matches(std::string_view value) const {
    for (const std::string& pattern : patterns)
        if (matches_glob(pattern, value)) return !negated;
    return negated;
}

std::string_view kind_of(const Indicator& indicator) {
    constexpr std::string_view kinds[] = {"ratio", "latency", "time", "threshold", "bool_gauge", "promql"};
    return kinds[indicator.index()];
}

std::string_view unit_of(const Indicator& indicator) {
    constexpr std::string_view units[] = {"requests", "observations", "milliseconds",
                                          "readings", "readings",     "events"};
    return units[indicator.index()];
}

std::string describe(const Indicator& indicator) {
    if (const auto* ratio = std::get_if<RatioIndicator>(&indicator))
        return fmt::format("{} of {}", describe(ratio->good), describe(ratio->total));
    if (const auto* latency = std::get_if<LatencyIndicator>(&indicator))
        return fmt::format("{} within {:g} ms", describe(latency->histogram), latency->threshold_s * 1000);
    if (const auto* threshold = std::get_if<ThresholdIndicator>(&indicator)) {
        constexpr std::string_view signs[] = {"<", "<=", ">", ">="};
        return fmt::format("{} {} {}", describe(threshold->gauge), signs[std::size_t(threshold->op)],
                           threshold->bound);
    }
    if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&indicator))
        return fmt::format("{} is 1", describe(gauge->gauge));
    if (const auto* promql = std::get_if<PromqlIndicator>(&indicator))
        return fmt::format("{} of {}", describe(Selector{promql->good, promql->labels}), promql->total);
    const auto& time = std::get<TimeIndicator>(indicator);
    return fmt::format("{} {} {}", describe(time.bad), time.bad_within ? "within" : "against",
                       describe(time.good));
}

}  // namespace qd::slo
