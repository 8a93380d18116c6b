#include "slo/interchange/promql.hpp"

#include <algorithm>
#include <charconv>

#include "slo/interchange/duration.hpp"

namespace qd::slo::interchange {
namespace {

constexpr std::size_t max_query_bytes = 4'096;
constexpr std::string_view shape =
    "; what can be read is metric{label=\"v\"}, in rate(...[5m]) and sum(...) if need be";

template <class... Args>
core::Failure refused(fmt::format_string<Args...> format, Args&&... args) {
    return core::fail(core::Errc::invalid_argument, format, std::forward<Args>(args)...);
}

bool is_word(char c, bool colon) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (colon && c == ':');
}

/// What is left to read.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    void skip_space() {
        while (!text_.empty() && std::string_view(" \t\r\n").find(text_[0]) != std::string_view::npos)
            text_.remove_prefix(1);
    }
    bool take(std::string_view token) {
        skip_space();
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    std::string_view word(bool colon) {
        skip_space();
        std::size_t size = 0;
        while (size < text_.size() && is_word(text_[size], colon)) ++size;
        if (size > 0 && text_[0] >= '0' && text_[0] <= '9') size = 0;
        const std::string_view word = text_.substr(0, size);
        text_.remove_prefix(size);
        return word;
    }
    std::string_view until(char end) {
        const std::size_t at = text_.find(end);
        if (at == std::string_view::npos) return {};
        const std::string_view found = text_.substr(0, at);
        text_.remove_prefix(at + 1);
        return found;
    }
    core::Result<std::string> string();
    std::string_view rest() const { return text_.substr(0, 40); }
    bool done() {
        skip_space();
        return text_.empty();
    }

private:
    std::string_view text_;
};

core::Result<std::string> Cursor::string() {
    skip_space();
    const char quote = text_.empty() ? '\0' : text_[0];
    if (quote != '"' && quote != '\'' && quote != '`') return refused("needs a quoted value at '{}'", rest());
    text_.remove_prefix(1);
    std::string value;
    while (!text_.empty()) {
        const char c = text_[0];
        text_.remove_prefix(1);
        if (c == quote) return value;
        if (c != '\\' || quote == '`') {
            value += c;
            continue;
        }
        const char escaped = text_.empty() ? '\0' : text_[0];
        constexpr std::string_view letters = "nrt\\\"'", meanings = "\n\r\t\\\"'";
        const std::size_t at = letters.find(escaped);
        unsigned byte = 0;
        if (escaped != '\0' && at != std::string_view::npos) {
            value += meanings[at];
            text_.remove_prefix(1);
        } else if (escaped == 'x' && text_.size() >= 3 &&
                   std::from_chars(text_.data() + 1, text_.data() + 3, byte, 16).ptr == text_.data() + 3) {
            value += char(byte);
            text_.remove_prefix(3);
        } else {
            return refused("has an escape that cannot be read at '\\{}'", rest());
        }
    }
    return refused("has a value without its closing quote");
}

/// A literal value as one pattern: it must not hold what patterns give a meaning to.
core::Result<std::string> literal_pattern(const std::string& value) {
    if (value.find_first_of("*|") != std::string::npos || value.starts_with('!'))
        return refused("compares with '{}': '*', '|' and a leading '!' mean something in our patterns",
                       value.substr(0, 60));
    return value;
}

bool is_status_class(std::string_view alternative) {
    return alternative.size() == 3 && alternative[0] >= '1' && alternative[0] <= '5' &&
           alternative.substr(1) == "..";
}

bool holds_status_codes(std::string_view label) {
    return label.find("code") != std::string_view::npos || label.find("status") != std::string_view::npos;
}

/// "a|b.*" -> {"a", "b*"}. Every other use of what is special in RE2 is refused.
core::Result<std::vector<std::string>> patterns_of(std::string_view label, std::string_view regex) {
    const auto unreadable = [&](std::string_view what) {
        return refused("has the regular expression '{}': {} cannot be read, only text, '|' and '.*'",
                       regex.substr(0, 60), what);
    };
    std::vector<std::string> patterns(1);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < regex.size(); ++i) {
        const char c = regex[i];
        if (i == begin && holds_status_codes(label) &&
            is_status_class(regex.substr(i, regex.find('|', i) - i))) {
            patterns.back() = fmt::format("{}*", c);
            i += 2;
        } else if (c == '|') {
            patterns.emplace_back();
            begin = i + 1;
        } else if (c == '.' && regex.substr(i).starts_with(".*")) {
            if (regex.substr(i + 2).starts_with('?')) return unreadable("'.*?'");
            patterns.back() += '*';
            ++i;
        } else if (c == '\\') {
            // A letter or a digit behind '\' is a class or a reference; punctuation is itself.
            const char next = i + 1 < regex.size() ? regex[++i] : '\0';
            if (next == '\0' || is_word(next, false) || next == '*' || next == '|')
                return unreadable("this '\\'");
            patterns.back() += next;
        } else if (std::string_view(".*+?()[]{}^$").find(c) != std::string_view::npos) {
            return unreadable(fmt::format("'{}'", c));
        } else {
            patterns.back() += c;
        }
    }
    if (patterns.front().starts_with('!')) return unreadable("a leading '!'");
    return patterns;
}

core::Result<std::vector<LabelMatcher>> read_matchers(Cursor& cursor) {
    std::vector<LabelMatcher> matchers;
    while (!cursor.take("}")) {
        if (!matchers.empty() && !cursor.take(","))
            return refused("needs ',' or '}}' at '{}'", cursor.rest());
        if (!matchers.empty() && cursor.take("}")) break;
        LabelMatcher matcher{std::string(cursor.word(false)), false, {}};
        if (matcher.name.empty()) return refused("needs a label at '{}'", cursor.rest());
        if (matcher.name == "__name__")
            return refused("names its metric by a label; put the name before '{{'");
        for (const LabelMatcher& other : matchers)
            if (other.name == matcher.name)
                return refused("compares '{}' twice; say it in one comparison", matcher.name);
        const bool regex = cursor.take("=~");
        const bool negated_regex = !regex && cursor.take("!~");
        matcher.negated = negated_regex || (!regex && cursor.take("!="));
        if (!regex && !matcher.negated && !cursor.take("="))
            return refused("needs =, !=, =~ or !~ at '{}'", cursor.rest());
        auto value = cursor.string();
        if (!value) return core::Failure(value.error());
        if (regex || negated_regex) {
            auto patterns = patterns_of(matcher.name, *value);
            if (!patterns) return core::Failure(patterns.error());
            matcher.patterns = std::move(*patterns);
        } else {
            auto pattern = literal_pattern(*value);
            if (!pattern) return core::Failure(pattern.error());
            matcher.patterns = {std::move(*pattern)};
        }
        matchers.push_back(std::move(matcher));
    }
    return matchers;
}

core::Result<Selector> read_metric(Cursor& cursor, std::string_view name) {
    if (name.empty()) return refused("has no metric at '{}'{}", cursor.rest(), shape);
    Selector selector{std::string(name), {}};
    if (cursor.take("{")) {
        auto matchers = read_matchers(cursor);
        if (!matchers) return core::Failure(matchers.error());
        selector.labels = std::move(*matchers);
    }
    return selector;
}

/// rate(metric[5m]) or metric.
core::Result<Query> read_counter(Cursor& cursor, std::string_view name) {
    if (!cursor.take("(")) {
        auto selector = read_metric(cursor, name);
        if (!selector) return core::Failure(selector.error());
        return Query{std::move(*selector), false, false};
    }
    if (name != "rate" && name != "increase") return refused("calls '{}'{}", name, shape);
    auto selector = read_metric(cursor, cursor.word(true));
    if (!selector) return core::Failure(selector.error());
    if (!cursor.take("[")) return refused("needs a range such as [5m] at '{}'", cursor.rest());
    const std::string_view range = cursor.until(']');
    if (auto seconds = parse_prometheus_duration(range); !seconds)
        return refused("range {}", seconds.error().message);
    if (!cursor.take(")")) return refused("goes on with '{}'{}", cursor.rest(), shape);
    return Query{std::move(*selector), true, false};
}

std::string escaped_for_regex(std::string_view pattern) {
    std::string regex;
    for (const char c : pattern) {
        if (c == '*') {
            regex += ".*";
            continue;
        }
        if (std::string_view("\\.+?()[]{}^$").find(c) != std::string_view::npos) regex += '\\';
        regex += c;
    }
    return regex;
}

}  // namespace

core::Result<Query> parse_query(std::string_view text) {
    if (text.size() > max_query_bytes) return refused("is longer than {} bytes", max_query_bytes);
    Cursor cursor(text);
    std::string_view name = cursor.word(true);
    const bool summed = name == "sum";
    if (summed) {
        if (!cursor.take("(")) return refused("goes on with '{}'{}", cursor.rest(), shape);
        name = cursor.word(true);
    }
    auto query = read_counter(cursor, name);
    if (!query) return query;
    query->summed = summed;
    if (summed && !cursor.take(")")) return refused("goes on with '{}'{}", cursor.rest(), shape);
    if (!cursor.done()) return refused("goes on with '{}'{}", cursor.rest(), shape);
    return query;
}

std::string promql_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            (result += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            result += fmt::format("\\x{:02x}", unsigned(c));
        else
            result += c;
    }
    return result + '"';
}

core::Result<std::string> write_selector(const Selector& selector, std::string_view extra) {
    std::string text = selector.metric;
    std::string_view separator = "{";
    for (const LabelMatcher& matcher : selector.labels) {
        if (matcher.name.find(':') != std::string::npos)
            return refused("the label '{}' has no name in PromQL", matcher.name);
        const bool literal =
            matcher.patterns.size() == 1 && matcher.patterns[0].find('*') == std::string::npos;
        std::string value;
        if (literal) {
            value = matcher.patterns[0];
        } else {
            for (const std::string& pattern : matcher.patterns) {
                if (&pattern != &matcher.patterns.front()) value += '|';
                value += escaped_for_regex(pattern);
            }
        }
        text += fmt::format("{}{}{}{}{}", separator, matcher.name, matcher.negated ? "!" : "=",
                            literal ? (matcher.negated ? "=" : "") : "~", promql_string(value));
        separator = ",";
    }
    if (!extra.empty()) {
        text += fmt::format("{}{}", separator, extra);
        separator = ",";
    }
    return separator == "," ? text + '}' : text;
}

}  // namespace qd::slo::interchange
