#include "prometheus/promql.hpp"

#include <algorithm>
#include <cmath>

namespace qd::prometheus {
namespace {

using core::Errc;
using core::Result;

bool is_identifier(std::string_view text, bool colons) {
    if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               (colons && c == ':');
    });
}

/// A PromQL string: Go's escapes.
std::string promql_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c >= 0 && c < 32)
            out += fmt::format("\\x{:02x}", int(c));
        else
            out += c;
    }
    return out + '"';
}

/// RE2's special characters, each behind a backslash.
std::string literal_pattern(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string glob_pattern(std::string_view glob) {
    std::string out;
    for (std::size_t star; (star = glob.find('*')) != std::string_view::npos; glob.remove_prefix(star + 1))
        out += literal_pattern(glob.substr(0, star)) + ".*";
    return out + literal_pattern(glob);
}

std::string matcher_text(const slo::LabelMatcher& matcher) {
    if (matcher.patterns.size() == 1 && matcher.patterns[0].find('*') == std::string::npos)
        return fmt::format("{}{}{}", matcher.name, matcher.negated ? "!=" : "=",
                           promql_string(matcher.patterns[0]));
    std::string pattern;
    for (const std::string& one : matcher.patterns) {
        if (&one != &matcher.patterns.front()) pattern += '|';
        pattern += glob_pattern(one);
    }
    return fmt::format("{}{}{}", matcher.name, matcher.negated ? "!~" : "=~", promql_string(pattern));
}

Result<std::string> selected(const slo::Selector& selector, std::string_view suffix,
                             const std::string& more) {
    std::string matchers;
    const std::string metric = selector.metric + std::string(suffix);
    const bool plain = is_identifier(metric, true);
    if (!plain) matchers = "__name__=" + promql_string(metric);
    for (const slo::LabelMatcher& matcher : selector.labels) {
        if (!is_identifier(matcher.name, false))
            return core::fail(Errc::invalid_argument, "'{}' is no name of a label", matcher.name);
        matchers += (matchers.empty() ? "" : ",") + matcher_text(matcher);
    }
    if (!more.empty()) matchers += (matchers.empty() ? "" : ",") + more;
    return (plain ? metric : std::string()) + (matchers.empty() ? std::string() : "{" + matchers + "}");
}

Result<std::string> increase(const slo::Selector& selector, std::int64_t window_s,
                             std::string_view suffix = {}, const std::string& more = {}) {
    auto text = selected(selector, suffix, more);
    if (!text) return text;
    return fmt::format("sum(increase({}[{}s]))", *text, window_s);
}

Result<CountQueries> both(Result<std::string> good, Result<std::string> total) {
    if (!good) return core::Failure(good.error());
    if (!total) return core::Failure(total.error());
    return CountQueries{std::move(*good), std::move(*total)};
}

Result<CountQueries> of_time(const slo::TimeIndicator& time, std::int64_t window_s) {
    const auto good = increase(time.good, window_s);
    const auto bad = increase(time.bad, window_s);
    if (!good) return core::Failure(good.error());
    if (!bad) return core::Failure(bad.error());
    // Bad time that was never counted is none; good time that was never counted is no data.
    const std::string sum = fmt::format("1000 * {}", *good);
    const std::string with_bad =
        fmt::format("1000 * ({} {} ({} or vector(0)))", *good, time.bad_within ? '-' : '+', *bad);
    return time.bad_within ? CountQueries{with_bad, sum} : CountQueries{sum, with_bad};
}

/// On lines of its own: the expression may end with a comment.
std::string in_brackets(const std::string& expression) {
    return "(\n" + expression + "\n)";
}

std::string with_label(const std::string& vector, std::string_view label, std::string_view value) {
    return fmt::format("label_replace({}, \"{}\", \"{}\", \"\", \"\")", vector, label, value);
}

/// Both as one vector. `or` leaves out of the second what has the labels of the first, whatever their names.
std::string united(const std::string& a, const std::string& b) {
    return with_label(a, "quarterdeck_side", "a") + " or " + with_label(b, "quarterdeck_side", "b");
}

Result<std::string> united(const slo::Selector& first, const slo::Selector& second) {
    const auto a = selector_text(first), b = selector_text(second);
    if (!a) return a;
    if (!b || *a == *b) return b;
    return first.metric == second.metric ? *a + " or " + *b : united(*a, *b);
}

Result<std::string> raw_histogram(const slo::LatencyIndicator& latency) {
    std::string matchers = fmt::format(
        "__name__=~{},le=~{}",
        promql_string(fmt::format("{0}_bucket|{0}_count", literal_pattern(latency.histogram.metric))),
        promql_string("|" + bound_pattern(latency.threshold_s)));
    for (const slo::LabelMatcher& matcher : latency.histogram.labels) {
        if (!is_identifier(matcher.name, false))
            return core::fail(Errc::invalid_argument, "'{}' is no name of a label", matcher.name);
        matchers += "," + matcher_text(matcher);
    }
    return "{" + matchers + "}";
}

}  // namespace

Result<std::string> raw_query(const slo::Indicator& indicator) {
    if (const auto* ratio = std::get_if<slo::RatioIndicator>(&indicator)) {
        // The good ones are among all of them and told apart by their labels.
        if (ratio->good.metric == ratio->total.metric) return selector_text(ratio->total);
        return united(ratio->total, ratio->good);
    }
    if (const auto* time = std::get_if<slo::TimeIndicator>(&indicator)) return united(time->good, time->bad);
    if (const auto* latency = std::get_if<slo::LatencyIndicator>(&indicator)) return raw_histogram(*latency);
    if (const auto* threshold = std::get_if<slo::ThresholdIndicator>(&indicator))
        return selector_text(threshold->gauge);
    if (const auto* gauge = std::get_if<slo::BoolGaugeIndicator>(&indicator))
        return selector_text(gauge->gauge);
    const auto& promql = std::get<slo::PromqlIndicator>(indicator);
    return united(with_label(in_brackets(promql.total), "__name__", slo::promql_total),
                  with_label(in_brackets(promql.good), "__name__", slo::promql_good));
}

std::string bound_pattern(double bound) {
    const std::string shortest = fmt::format("{}", bound);
    if (std::floor(bound) != bound || shortest.find('e') != std::string::npos)
        return literal_pattern(shortest);
    const std::string whole = shortest.substr(0, shortest.find('.'));
    return fmt::format("{}|{}", whole, literal_pattern(whole + ".0"));
}

Result<std::string> selector_text(const slo::Selector& selector, std::string_view suffix) {
    return selected(selector, suffix, {});
}

Result<CountQueries> count_queries(const slo::Indicator& indicator, std::int64_t window_s) {
    if (window_s < 1) return core::fail(Errc::invalid_argument, "a window must be 1 s or longer");
    if (const auto* ratio = std::get_if<slo::RatioIndicator>(&indicator))
        return both(increase(ratio->good, window_s), increase(ratio->total, window_s));
    if (const auto* latency = std::get_if<slo::LatencyIndicator>(&indicator))
        return both(increase(latency->histogram, window_s, "_bucket",
                             "le=~" + promql_string(bound_pattern(latency->threshold_s))),
                    increase(latency->histogram, window_s, "_count"));
    if (const auto* time = std::get_if<slo::TimeIndicator>(&indicator)) return of_time(*time, window_s);
    if (const auto* promql = std::get_if<slo::PromqlIndicator>(&indicator)) {
        if (!promql->labels.empty())
            return core::fail(Errc::invalid_argument, "a part of PromQL's answers has no PromQL of its own");
        const auto sum = [&](const std::string& expression) {
            return fmt::format("sum(increase({}[{}s:20s]))", in_brackets(expression), window_s);
        };
        return CountQueries{sum(promql->good), sum(promql->total)};
    }
    return core::fail(Errc::invalid_argument, "an indicator of kind {} has no PromQL",
                      slo::kind_of(indicator));
}

}  // namespace qd::prometheus
