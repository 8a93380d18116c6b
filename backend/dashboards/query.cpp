#include "dashboards/query.hpp"

#include <fmt/format.h>

namespace qd::dashboards {
namespace {

constexpr std::string_view functions[] = {"rate", "increase", "gauge", "quantile", "ratio"};

std::string text_of(const slo::Selector& selector) {
    std::string text = selector.metric;
    if (selector.labels.empty()) return text;
    text += '{';
    for (const slo::LabelMatcher& matcher : selector.labels) {
        if (text.back() != '{') text += ", ";
        text += fmt::format("{}={}", matcher.name, matcher.text());
    }
    return text + '}';
}

}  // namespace

std::string_view to_string(Function function) {
    return functions[std::size_t(function)];
}

std::string describe(const Query& query) {
    std::string text;
    if (query.function == Function::ratio)
        text = fmt::format("{} / {}", text_of(query.part), text_of(query.of));
    else if (query.function == Function::quantile)
        text = fmt::format("quantile({:g}, {})", query.q, text_of(query.of));
    else
        text = fmt::format("{}({})", to_string(query.function), text_of(query.of));
    return query.by.empty() ? text : fmt::format("{} by {}", text, query.by);
}

}  // namespace qd::dashboards
