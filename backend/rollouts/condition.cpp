#include "rollouts/condition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "rollouts/condition_parser.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using Kind = Condition::Kind;
using Node = Condition::Node;
using Value = core::Result<MeasuredValue>;
using List = std::vector<double>;

std::optional<double> whole_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

std::string_view kind_of(const MeasuredValue& value) {
    constexpr std::string_view words[]{"a number", "true or false", "a text", "a list"};
    return words[value.index()];
}

core::Failure cannot(const Node& node, std::string_view reason) {
    return fail(Errc::unprocessable, "column {}: {}", node.column, reason);
}

class Evaluation {
public:
    Evaluation(const std::vector<Node>& nodes, const MeasuredValue& result)
        : nodes_(nodes), result_(result) {}

    Value of(std::size_t index) {
        const Node& node = nodes_[index];
        switch (node.kind) {
            case Kind::literal:
                return node.literal;
            case Kind::result:
                return result_;
            case Kind::element:
                return element_;
            case Kind::negate: {
                const auto operand = number(node.of[0]);
                if (!operand) return core::Failure(operand.error());
                return -*operand;
            }
            case Kind::invert: {
                const auto operand = truth(node.of[0]);
                if (!operand) return core::Failure(operand.error());
                return !*operand;
            }
            case Kind::index:
                return element_of(node);
            case Kind::call:
                return call(node);
            case Kind::binary:
                return binary(node);
        }
        return cannot(node, "cannot be answered");
    }

    core::Result<bool> truth(std::size_t index) { return as<bool>(index, "true or false"); }

private:
    template <class T>
    core::Result<T> as(std::size_t index, std::string_view wanted) {
        Value value = of(index);
        if (!value) return core::Failure(value.error());
        if (T* held = std::get_if<T>(&*value)) return std::move(*held);
        return cannot(nodes_[index], fmt::format("this is {} where {} is needed", kind_of(*value), wanted));
    }
    core::Result<double> number(std::size_t index) { return as<double>(index, "a number"); }

    Value element_of(const Node& node) {
        const auto list = as<List>(node.of[0], "a list");
        if (!list) return core::Failure(list.error());
        const auto position = number(node.of[1]);
        if (!position) return core::Failure(position.error());
        const double at = *position < 0 ? *position + double(list->size()) : *position;
        if (list->empty()) return cannot(node, "there is no data: the list is empty");
        if (!(at >= 0 && at < double(list->size())) || at != std::floor(at))
            return cannot(node, fmt::format("no element {:g} in a list of {}", *position, list->size()));
        return (*list)[std::size_t(at)];
    }

    Value over_elements(const Node& node) {
        const auto list = as<List>(node.of[0], "a list");
        if (!list) return core::Failure(list.error());
        const bool stops_at = node.word != "all";
        for (const double each : *list) {
            element_ = each;
            const auto said = truth(node.of[1]);
            if (!said) return core::Failure(said.error());
            if (*said == stops_at) return node.word == "any";
        }
        return node.word != "any";
    }

    Value call(const Node& node) {
        if (node.word == "all" || node.word == "any" || node.word == "none") return over_elements(node);
        Value first = of(node.of[0]);
        if (!first) return first;
        const auto* list = std::get_if<List>(&*first);
        const auto* text = std::get_if<std::string>(&*first);
        const bool nothing = (list != nullptr && list->empty()) || (text != nullptr && text->empty());
        if (node.word == "isNil") return nothing;
        if (node.word == "default") return nothing ? of(node.of[1]) : first;
        if (node.word == "len") {
            if (list != nullptr) return double(list->size());
            if (text != nullptr) return double(text->size());
            return cannot(node, fmt::format("{} has no length", kind_of(*first)));
        }
        std::optional<double> number;
        if (const auto* held = std::get_if<double>(&*first)) number = *held;
        if (text != nullptr && node.word.starts_with("as")) number = whole_number(*text);
        if (!number)
            return cannot(node, fmt::format("{} needs a number, this is {}", node.word, kind_of(*first)));
        if (node.word == "isNaN") return std::isnan(*number);
        if (node.word == "isInf") return std::isinf(*number);
        if (node.word == "asFloat") return *number;
        if (!std::isfinite(*number)) return cannot(node, "this is no whole number");
        return std::trunc(*number);
    }

    Value binary(const Node& node) {
        if (node.word == "&&" || node.word == "||") {
            const auto left = truth(node.of[0]);
            if (!left) return core::Failure(left.error());
            if (*left == (node.word == "||")) return *left;
            const auto right = truth(node.of[1]);
            if (!right) return core::Failure(right.error());
            return *right;
        }
        const Value left = of(node.of[0]);
        if (!left) return left;
        const Value right = of(node.of[1]);
        if (!right) return right;
        if (node.word == "==") return *left == *right;
        if (node.word == "!=") return *left != *right;
        if (const auto* a = std::get_if<std::string>(&*left), *b = std::get_if<std::string>(&*right);
            a != nullptr && b != nullptr) {
            if (node.word == "+") return *a + *b;
            if (auto said = ordered(node.word, a->compare(*b), 0)) return *said;
        }
        const auto *a = std::get_if<double>(&*left), *b = std::get_if<double>(&*right);
        if (a == nullptr || b == nullptr)
            return cannot(node, fmt::format("'{}' does not apply to {} and {}", node.word, kind_of(*left),
                                            kind_of(*right)));
        if (auto said = ordered(node.word, *a, *b)) return *said;
        return arithmetic(node, *a, *b);
    }

    template <class T>
    static std::optional<bool> ordered(std::string_view word, T a, T b) {
        if (word == "<") return a < b;
        if (word == "<=") return a <= b;
        if (word == ">") return a > b;
        if (word == ">=") return a >= b;
        return std::nullopt;
    }

    static Value arithmetic(const Node& node, double a, double b) {
        switch (node.word.front()) {
            case '+':
                return a + b;
            case '-':
                return a - b;
            case '*':
                return a * b;
            case '/':
                return a / b;
            default:
                if (b == 0 || a != std::trunc(a) || b != std::trunc(b))
                    return cannot(node, "'%' needs whole numbers, the second not 0");
                return std::fmod(a, b);
        }
    }

    const std::vector<Node>& nodes_;
    const MeasuredValue& result_;
    double element_ = 0;
};

}  // namespace

MeasuredValue parse_measured(std::string_view text) {
    text = trimmed(text);
    if (text == "true" || text == "false") return text == "true";
    if (const auto number = whole_number(text)) return *number;
    if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2) return std::string(text);
    const std::string_view inner = trimmed(text.substr(1, text.size() - 2));
    List list;
    for (std::size_t at = 0; at < inner.size();) {
        const std::size_t end = std::min(inner.find(',', at), inner.size());
        const auto number = whole_number(trimmed(inner.substr(at, end - at)));
        if (!number || end + 1 == inner.size()) return std::string(text);
        list.push_back(*number);
        at = end + 1;
    }
    return list;
}

core::Result<Condition> Condition::parse(std::string_view text) {
    auto nodes = parse_condition_nodes(text);
    if (!nodes) return core::Failure(nodes.error());
    return Condition(std::move(*nodes));
}

core::Result<bool> Condition::holds(const MeasuredValue& result) const {
    return Evaluation(nodes_, result).truth(nodes_.size() - 1);
}

}  // namespace qd::rollouts
