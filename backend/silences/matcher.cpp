#include "silences/matcher.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace qd::silences {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::int64_t pattern_memory_bytes = 1 << 20;

bool is_name_begin(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
    return is_name_begin(c) || (c >= '0' && c <= '9');
}

std::shared_ptr<const re2::RE2> compile(const std::string& pattern) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(pattern_memory_bytes);
    return std::make_shared<const re2::RE2>(pattern, options);
}

bool holds(const Matcher& matcher, const re2::RE2* pattern, const std::string& value) {
    const bool equal = pattern ? re2::RE2::FullMatch(value, *pattern) : value == matcher.value;
    return equal == matcher.is_equal;
}

/// Reads one matcher after the other.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    core::Result<std::vector<Matcher>> all() {
        std::vector<Matcher> matchers;
        skip(" \t\r\n{,");
        while (at_ < text_.size() && text_[at_] != '}') {
            auto matcher = one();
            if (!matcher) return Failure(matcher.error());
            matchers.push_back(std::move(*matcher));
            if (matchers.size() > max_matchers)
                return fail(Errc::invalid_argument, "there are more than {} matchers", max_matchers);
            skip(" \t\r");
            if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '}')
                return fail(Errc::invalid_argument, "a comma is missing before '{}'", rest());
            skip(" \t\r\n,");
        }
        skip(" \t\r\n}");
        if (at_ < text_.size()) return fail(Errc::invalid_argument, "'{}' stands behind the end", rest());
        return matchers;
    }

private:
    void skip(std::string_view what) {
        while (at_ < text_.size() && what.find(text_[at_]) != std::string_view::npos) ++at_;
    }
    std::string rest() const { return std::string(text_.substr(at_, 40)); }

    core::Result<Matcher> one() {
        Matcher matcher;
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        matcher.name = std::string(text_.substr(begin, at_ - begin));
        skip(" \t");
        const std::string_view sign = text_.substr(at_, 2);
        if (matcher.name.empty() || sign.empty() || (sign[0] != '=' && sign[0] != '!'))
            return fail(Errc::invalid_argument, "'{}' is no matcher: write name=\"value\", !=, =~ or !~",
                        std::string(text_.substr(begin, 40)));
        matcher.is_equal = sign[0] == '=';
        matcher.is_regex = sign.ends_with('~');
        if (!matcher.is_equal && sign != "!=" && sign != "!~")
            return fail(Errc::invalid_argument, "after '{}' stands neither = nor !=, =~, !~", matcher.name);
        at_ += matcher.is_regex || !matcher.is_equal ? 2 : 1;
        skip(" \t");
        auto value = read_value();
        if (!value) return Failure(value.error());
        matcher.value = std::move(*value);
        return matcher;
    }

    core::Result<std::string> read_value() {
        std::string value;
        if (at_ >= text_.size() || text_[at_] != '"') {
            while (at_ < text_.size() &&
                   std::string_view(", \t\r\n}").find(text_[at_]) == std::string_view::npos)
                value += text_[at_++];
            return value;
        }
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"') return ++at_, value;
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                ++at_;
                value += text_[at_] == 'n' ? '\n' : text_[at_];
            } else {
                value += text_[at_];
            }
        }
        return fail(Errc::invalid_argument, "a quotation mark is missing at the end");
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string to_string(const Matcher& matcher) {
    std::string quoted;
    for (const char c : matcher.value) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '\n')
            quoted += "\\n";
        else
            quoted += c;
    }
    const char* sign = matcher.is_regex ? (matcher.is_equal ? "=~" : "!~") : (matcher.is_equal ? "=" : "!=");
    return fmt::format("{}{}\"{}\"", matcher.name, sign, quoted);
}

std::string to_string(const std::vector<Matcher>& matchers) {
    std::string text;
    for (const Matcher& matcher : matchers) {
        if (!text.empty()) text += ", ";
        text += to_string(matcher);
    }
    return text;
}

core::Result<std::vector<Matcher>> parse_matchers(std::string_view text) {
    return Reader(text).all();
}

core::Result<> check(const std::vector<Matcher>& matchers) {
    if (matchers.empty()) return fail(Errc::invalid_argument, "matchers: none is given");
    if (matchers.size() > max_matchers)
        return fail(Errc::invalid_argument, "matchers: at most {}", max_matchers);
    bool narrows = false;
    for (const Matcher& matcher : matchers) {
        if (matcher.name.empty() || matcher.name.size() > max_label_bytes ||
            !is_name_begin(matcher.name[0]) || !std::ranges::all_of(matcher.name, is_name))
            return fail(Errc::invalid_argument, "matchers: '{}' is no name of a label",
                        matcher.name.substr(0, 64));
        if (matcher.value.size() > max_label_bytes)
            return fail(Errc::invalid_argument, "matchers: the value of {} has more than {} bytes",
                        matcher.name, max_label_bytes);
        const auto pattern = matcher.is_regex ? compile(matcher.value) : nullptr;
        if (pattern && !pattern->ok())
            return fail(Errc::invalid_argument, "matchers: {} is no pattern: {}", to_string(matcher),
                        pattern->error());
        narrows = narrows || !holds(matcher, pattern.get(), "");
    }
    if (!narrows)
        return fail(Errc::invalid_argument,
                    "matchers: at least one must need a label to be there, or everything would be silenced");
    return {};
}

Matching::Matching(std::vector<Matcher> matchers) : usable_(check(matchers).has_value()) {
    for (Matcher& matcher : matchers) {
        auto pattern = matcher.is_regex ? compile(matcher.value) : nullptr;
        ready_.push_back({std::move(matcher), std::move(pattern)});
    }
}

bool Matching::operator()(const Labels& labels) const {
    static const std::string missing;
    return usable_ && std::ranges::all_of(ready_, [&](const Ready& ready) {
               const auto label = labels.find(ready.matcher.name);
               return holds(ready.matcher, ready.pattern.get(),
                            label == labels.end() ? missing : label->second);
           });
}

}  // namespace qd::silences
