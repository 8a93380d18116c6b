#pragma once
// Which alerts a silence is about, as Alertmanager means it: every matcher must hold of an alert's labels; a
// label that is missing counts as empty; a pattern (RE2 syntax) must match the whole value.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace re2 {
class RE2;
}

namespace qd::silences {

using Labels = std::map<std::string, std::string>;

struct Matcher {
    std::string name;
    std::string value;
    bool is_regex = false;
    bool is_equal = true;  // false: what it says must not hold

    bool operator==(const Matcher&) const = default;
};

inline constexpr std::size_t max_matchers = 50;
inline constexpr std::size_t max_label_bytes = 1'000;

/// `service="gateway"`, `severity=~"sev1|sev2"`, with `!=` and `!~`.
std::string to_string(const Matcher& matcher);
/// Joined by ", ".
std::string to_string(const std::vector<Matcher>& matchers);
/// What to_string() writes; braces around it and quotes around plain values may be left out, and matchers may
/// stand on lines of their own. Errc::invalid_argument says where it stopped to make sense.
core::Result<std::vector<Matcher>> parse_matchers(std::string_view text);

/// 1 to 50 matchers with names ([a-zA-Z_][a-zA-Z0-9_]*) and patterns that compile, of which at least one
/// needs a label to be there: a silence must not match everything. Errc::invalid_argument.
core::Result<> check(const std::vector<Matcher>& matchers);

/// Matchers made ready to be asked often. Cheap to copy. One that check() would refuse matches nothing.
class Matching {
public:
    explicit Matching(std::vector<Matcher> matchers);
    bool operator()(const Labels& labels) const;

private:
    struct Ready {
        Matcher matcher;
        std::shared_ptr<const re2::RE2> pattern;  // of a regex
    };
    std::vector<Ready> ready_;
    bool usable_ = false;
};

}  // namespace qd::silences
