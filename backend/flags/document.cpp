#include "flags/document.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "flags/flag_set.hpp"

namespace qd::flags {
namespace {

using core::Errc;

constexpr std::array<std::string_view, 14> operator_words{"equals",
                                                          "notEquals",
                                                          "in",
                                                          "startsWith",
                                                          "endsWith",
                                                          "less",
                                                          "lessOrEqual",
                                                          "greater",
                                                          "greaterOrEqual",
                                                          "semverEqual",
                                                          "semverLess",
                                                          "semverLessOrEqual",
                                                          "semverGreater",
                                                          "semverGreaterOrEqual"};

/// Ends the reading of a document; does not leave this file.
struct Mistake {
    int line;
    std::string reason;
};

template <class... Args>
[[noreturn]] void refuse(const YAML::Node& node, fmt::format_string<Args...> format, Args&&... args) {
    throw Mistake{node.Mark().line + 1, fmt::format(format, std::forward<Args>(args)...)};
}

/// RFC 3629. JSON could not hold anything else, and a flag must come back as it was written.
bool is_utf8(std::string_view text) {
    constexpr std::uint32_t smallest[]{0, 0, 0x80, 0x800, 0x10000};
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = first < 0x80             ? 1
                                   : (first & 0xe0) == 0xc0 ? 2
                                   : (first & 0xf0) == 0xe0 ? 3
                                   : (first & 0xf8) == 0xf0 ? 4
                                                            : 0;
        if (length == 0 || length > text.size()) return false;
        std::uint32_t point = length == 1 ? first : first & (0x7fu >> length);
        for (const char c : text.substr(1, length - 1)) {
            if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) return false;
            point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
        }
        if (length > 1 && (point < smallest[length] || point > 0x10ffff || (point & ~0x7ffu) == 0xd800))
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string text(const YAML::Node& node, std::string_view what, std::size_t most = 1'000) {
    if (!node.IsScalar()) refuse(node, "{} is no text", what);
    if (!is_utf8(node.Scalar())) refuse(node, "{} is no valid UTF-8", what);
    if (node.Scalar().size() > most) refuse(node, "{} is longer than {} bytes", what, most);
    return node.Scalar();
}

template <class T>
std::optional<T> parse_number(std::string_view text) {
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// What is quoted is a text, whatever it looks like.
Value value(const YAML::Node& node, std::string_view what) {
    std::string word = text(node, what);
    if (node.Tag() == "!") return word;
    if (word == "true") return true;
    if (word == "false") return false;
    if (const auto number = parse_number<double>(word)) return *number;
    return word;
}

/// The elements of a list or, of a map, its pairs by `read`, refusing what is repeated.
void each_element(const YAML::Node& node, std::string_view what, std::size_t most, auto&& read) {
    if (!node.IsSequence()) refuse(node, "{} is no list", what);
    if (node.size() > most) refuse(node, "{} has more than {} elements", what, most);
    for (const YAML::Node& element : node) read(element);
}

void each_field(const YAML::Node& node, std::string_view what, std::size_t most, auto&& read) {
    if (!node.IsMap()) refuse(node, "{} is no map", what);
    if (node.size() > most) refuse(node, "{} has more than {} fields", what, most);
    std::vector<std::string> seen;
    for (const auto& field : node) {
        const std::string name = text(field.first, "a field's name", 200);
        if (std::ranges::find(seen, name) != seen.end()) refuse(field.first, "'{}' is there twice", name);
        seen.push_back(name);
        read(name, field.first, field.second);
    }
}

Condition read_condition(const YAML::Node& node) {
    Condition condition;
    bool compares = false;
    each_field(
        node, "a condition", 2, [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
            if (name == "attribute") {
                condition.attribute = text(to, "attribute");
                return;
            }
            const auto word = std::ranges::find(operator_words, name);
            if (word == operator_words.end()) refuse(at, "a condition has no field '{}'", name);
            condition.op = Operator(word - operator_words.begin());
            compares = true;
            if (condition.op != Operator::in) return condition.values.push_back(value(to, name));
            each_element(to, name, most_values,
                         [&](const YAML::Node& one) { condition.values.push_back(value(one, "a value")); });
        });
    if (!compares) refuse(node, "a condition has an attribute and a comparison, such as equals");
    return condition;
}

Share read_share(const YAML::Node& node) {
    Share share;
    each_field(node, "a share", 2, [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
        if (name == "variant") {
            share.variant = text(to, name);
        } else if (name == "weight") {
            const auto weight = parse_number<std::uint32_t>(text(to, name));
            if (!weight) refuse(to, "weight is no whole number of 0 or more");
            share.weight = *weight;
        } else {
            refuse(at, "a share has no field '{}'", name);
        }
    });
    return share;
}

Rule read_rule(const YAML::Node& node) {
    Rule rule;
    each_field(node, "a rule", 3, [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
        if (name == "when")
            each_element(to, name, most_conditions,
                         [&](const YAML::Node& one) { rule.when.push_back(read_condition(one)); });
        else if (name == "variant")
            rule.variant = text(to, name);
        else if (name == "split")
            each_element(to, name, most_variants,
                         [&](const YAML::Node& one) { rule.split.push_back(read_share(one)); });
        else
            refuse(at, "a rule has no field '{}'", name);
    });
    return rule;
}

Prerequisite read_prerequisite(const YAML::Node& node) {
    Prerequisite prerequisite;
    each_field(node, "a prerequisite", 2,
               [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
                   if (name == "flag")
                       prerequisite.flag = text(to, name);
                   else if (name == "variants")
                       each_element(to, name, most_variants, [&](const YAML::Node& one) {
                           prerequisite.variants.push_back(text(one, "a variant"));
                       });
                   else
                       refuse(at, "a prerequisite has no field '{}'", name);
               });
    return prerequisite;
}

bool read_state(const YAML::Node& node) {
    const std::string word = text(node, "state");
    if (word != "ENABLED" && word != "DISABLED") refuse(node, "state is ENABLED or DISABLED");
    return word == "ENABLED";
}

Flag read_flag(const std::string& key, const YAML::Node& node, const YAML::Node& content) {
    Flag flag;
    flag.key = key;
    each_field(
        content, "a flag", 16, [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
            if (name == "description")
                flag.description = text(to, name, 4'000);
            else if (name == "state")
                flag.enabled = read_state(to);
            else if (name == "variants")
                each_field(to, name, most_variants,
                           [&](const std::string& variant, const YAML::Node&, const YAML::Node& given) {
                               flag.variants.push_back({variant, value(given, "a variant")});
                           });
            else if (name == "defaultVariant")
                flag.default_variant = text(to, name);
            else if (name == "killVariant")
                flag.kill_variant = text(to, name);
            else if (name == "prerequisites")
                each_element(to, name, most_prerequisites, [&](const YAML::Node& one) {
                    flag.prerequisites.push_back(read_prerequisite(one));
                });
            else if (name == "targeting")
                each_element(to, name, most_rules,
                             [&](const YAML::Node& one) { flag.targeting.push_back(read_rule(one)); });
            else
                refuse(at, "a flag has no field '{}'", name);
        });
    std::ranges::sort(flag.variants, {}, &Variant::name);
    if (!flag.variants.empty()) flag.type = Type(flag.variants.front().value.index());
    if (const auto checked = check(flag); !checked)
        refuse(node, "flag '{}': {}", key, checked.error().message);
    return flag;
}

Document read(const YAML::Node& root) {
    Document document;
    bool flags = false;
    each_field(
        root, "the document", 8, [&](const std::string& name, const YAML::Node& at, const YAML::Node& to) {
            if (name == "revision") {
                const auto revision = parse_number<std::uint64_t>(text(to, name));
                if (!revision) refuse(to, "revision is no whole number of 0 or more");
                document.revision = *revision;
            } else if (name == "flags") {
                flags = true;
                each_field(to, name, most_flags,
                           [&](const std::string& key, const YAML::Node& node, const YAML::Node& content) {
                               document.flags.push_back(read_flag(key, node, content));
                           });
            } else {
                refuse(at, "the document has no field '{}'", name);
            }
        });
    if (!flags) refuse(root, "the document has no field 'flags'");
    std::ranges::sort(document.flags, {}, &Flag::key);
    return document;
}

}  // namespace

std::string_view to_string(Operator op) {
    return operator_words[std::size_t(op)];
}

namespace {

template <class T>
core::Result<T> load(std::string_view text, auto&& read_root) {
    if (text.size() > largest_document)
        return core::fail(Errc::too_large, "the flags are longer than {} bytes", largest_document);
    try {
        return read_root(YAML::Load(std::string(text)));
    } catch (const Mistake& mistake) {
        return core::fail(Errc::invalid_argument, "line {}: {}", mistake.line, mistake.reason);
    } catch (const YAML::Exception& mistake) {
        return core::fail(Errc::invalid_argument, "line {}: {}", mistake.mark.line + 1, mistake.msg);
    }
}

}  // namespace

core::Result<Document> read_document(std::string_view text) {
    return load<Document>(text, [](const YAML::Node& root) { return read(root); });
}

core::Result<Flag> read_flag(std::string_view key, std::string_view text) {
    return load<Flag>(text, [&](const YAML::Node& root) { return read_flag(std::string(key), root, root); });
}

}  // namespace qd::flags
