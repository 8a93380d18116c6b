#include "rollouts/condition_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using Kind = Condition::Kind;
using Node = Condition::Node;

struct Token {
    enum class What { number, text, name, symbol, end };
    What what = What::end;
    std::string word;
    double number = 0;
    std::size_t column = 1;
};

struct Operator {
    std::string_view word;
    int precedence;
};

// expr-lang's table.
constexpr std::array<Operator, 13> binaries{{{"||", 10},
                                             {"&&", 15},
                                             {"==", 20},
                                             {"!=", 20},
                                             {"<", 20},
                                             {"<=", 20},
                                             {">", 20},
                                             {">=", 20},
                                             {"+", 30},
                                             {"-", 30},
                                             {"*", 60},
                                             {"/", 60},
                                             {"%", 60}}};
constexpr int invert_precedence = 50, negate_precedence = 500;

struct Function {
    std::string_view name;
    std::size_t arguments;
    bool boolean;  // what it gives
};

constexpr std::array<Function, 10> functions{{{"len", 1, false},
                                              {"all", 2, true},
                                              {"any", 2, true},
                                              {"none", 2, true},
                                              {"isNaN", 1, true},
                                              {"isInf", 1, true},
                                              {"isNil", 1, true},
                                              {"asFloat", 1, false},
                                              {"asInt", 1, false},
                                              {"default", 2, true}}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

core::Failure refuse(std::size_t column, std::string_view reason) {
    return fail(Errc::invalid_argument, "column {}: {}", column, reason);
}

core::Result<std::vector<Token>> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        const std::size_t column = at + 1;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++at;
        } else if (is_digit(c) || (c == '.' && at + 1 < text.size() && is_digit(text[at + 1]))) {
            double number = 0;
            const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
            if (error != std::errc{}) return refuse(column, "is no number");
            at = std::size_t(end - text.data());
            if (at < text.size() && (is_letter(text[at]) || text[at] == '.'))
                return refuse(column, "is no number");
            tokens.push_back({Token::What::number, {}, number, column});
        } else if (is_letter(c)) {
            std::size_t end = at;
            while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) ++end;
            std::string word(text.substr(at, end - at));
            at = end;
            if (word == "and" || word == "or" || word == "not")
                tokens.push_back({Token::What::symbol,
                                  word == "and"  ? "&&"
                                  : word == "or" ? "||"
                                                 : "!",
                                  0, column});
            else
                tokens.push_back({Token::What::name, std::move(word), 0, column});
        } else if (c == '\'' || c == '"') {
            std::string word;
            for (++at; at < text.size() && text[at] != c; ++at) {
                if (text[at] == '\\' && at + 1 < text.size()) ++at;
                word += text[at];
            }
            if (at == text.size()) return refuse(column, "the text has no end");
            ++at;
            tokens.push_back({Token::What::text, std::move(word), 0, column});
        } else {
            const std::string_view two = text.substr(at, 2);
            const bool pair =
                two == "||" || two == "&&" || two == "==" || two == "!=" || two == "<=" || two == ">=";
            if (!pair && std::string_view("<>+-*/%!()[]{},#").find(c) == std::string_view::npos)
                return refuse(column, fmt::format("'{}' has no meaning here", c));
            tokens.push_back({Token::What::symbol, std::string(text.substr(at, pair ? 2 : 1)), 0, column});
            at += pair ? 2 : 1;
        }
    }
    tokens.push_back({Token::What::end, {}, 0, text.size() + 1});
    return tokens;
}

using Index = core::Result<std::size_t>;

class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    core::Result<std::vector<Node>> whole() {
        const Index root = expression(0, 0);
        if (!root) return core::Failure(root.error());
        if (here().what != Token::What::end) return unexpected();
        if (!may_be_true(nodes_[*root]))
            return refuse(1, "this is neither true nor false: compare it with something");
        return std::move(nodes_);
    }

private:
    const Token& here() const { return tokens_[at_]; }
    bool is(std::string_view symbol) const {
        return here().what == Token::What::symbol && here().word == symbol;
    }
    bool skip(std::string_view symbol) {
        if (!is(symbol)) return false;
        ++at_;
        return true;
    }
    core::Failure unexpected() const {
        if (here().what == Token::What::end) return refuse(here().column, "ends too early");
        return refuse(here().column,
                      fmt::format("'{}' is not expected here",
                                  here().what == Token::What::number ? "a number" : here().word));
    }
    std::size_t add(Node node) {
        nodes_.push_back(std::move(node));
        return nodes_.size() - 1;
    }

    static bool may_be_true(const Node& node) {
        switch (node.kind) {
            case Kind::literal:
                return std::holds_alternative<bool>(node.literal);
            case Kind::negate:
            case Kind::index:
                return false;
            case Kind::call:
                return std::ranges::find(functions, node.word, &Function::name)->boolean;
            case Kind::binary:
                return std::ranges::find(binaries, node.word, &Operator::word)->precedence <= 20;
            default:
                return true;
        }
    }

    Index expression(int least, std::size_t depth) {
        if (depth >= Condition::max_depth) return refuse(here().column, "is nested deeper than 64");
        Index left = operand(depth);
        // A chain leans to the left, so that it nests as deeply as it is long.
        for (std::size_t length = 0; left && here().what == Token::What::symbol; ++length) {
            const auto* binary = std::ranges::find(binaries, here().word, &Operator::word);
            if (binary == binaries.end() || binary->precedence < least) break;
            if (depth + length >= Condition::max_depth)
                return refuse(here().column, "is nested deeper than 64");
            const Token token = here();
            ++at_;
            const Index right = expression(binary->precedence + 1, depth + 1);
            if (!right) return right;
            left = add({Kind::binary, token.word, {}, {*left, *right}, token.column});
        }
        return left;
    }

    Index operand(std::size_t depth) {
        const std::size_t column = here().column;
        if (skip("!")) return unary(Kind::invert, invert_precedence, column, depth);
        if (skip("-")) return unary(Kind::negate, negate_precedence, column, depth);
        Index value = primary(depth);
        while (value && is("[")) {
            const std::size_t bracket = here().column;
            ++at_;
            if (nodes_[*value].kind == Kind::index) return refuse(bracket, "an element has no elements");
            const Index position = expression(0, depth + 1);
            if (!position) return position;
            if (!skip("]")) return unexpected();
            value = add({Kind::index, {}, {}, {*value, *position}, bracket});
        }
        return value;
    }

    Index unary(Kind kind, int precedence, std::size_t column, std::size_t depth) {
        const Index of = expression(precedence, depth + 1);
        if (!of) return of;
        return add({kind, {}, {}, {*of}, column});
    }

    Index primary(std::size_t depth) {
        const Token token = here();
        if (token.what == Token::What::number) {
            ++at_;
            return add({Kind::literal, {}, token.number, {}, token.column});
        }
        if (token.what == Token::What::text) {
            ++at_;
            return add({Kind::literal, {}, token.word, {}, token.column});
        }
        if (skip("(")) {
            Index inner = expression(0, depth + 1);
            if (inner && !skip(")")) return unexpected();
            return inner;
        }
        if (skip("#")) {
            if (!in_closure_) return refuse(token.column, "'#' stands only within all, any and none");
            return add({Kind::element, {}, {}, {}, token.column});
        }
        if (token.what != Token::What::name) return unexpected();
        ++at_;
        if (token.word == "result") return add({Kind::result, {}, {}, {}, token.column});
        if (token.word == "true" || token.word == "false")
            return add({Kind::literal, {}, token.word == "true", {}, token.column});
        return call(token, depth);
    }

    Index call(const Token& name, std::size_t depth) {
        const auto* function = std::ranges::find(functions, name.word, &Function::name);
        if (function == functions.end())
            return refuse(name.column, fmt::format("nobody knows '{}'; what is measured is 'result'",
                                                   std::string_view(name.word).substr(0, 40)));
        const bool closure = name.word == "all" || name.word == "any" || name.word == "none";
        // One within another could take time beyond any bound.
        if (closure && in_closure_)
            return refuse(name.column, fmt::format("'{}' must not stand within all, any or none", name.word));
        if (!skip("(")) return unexpected();
        Node node{Kind::call, name.word, {}, {}, name.column};
        for (std::size_t i = 0; i < function->arguments; ++i) {
            if (i > 0 && !skip(",")) return unexpected();
            in_closure_ = in_closure_ || (closure && i == 1);
            const bool braces = closure && i == 1 && skip("{");
            const Index argument = expression(0, depth + 1);
            if (!argument) return argument;
            if (braces && !skip("}")) return unexpected();
            if (closure) in_closure_ = false;
            node.of.push_back(*argument);
        }
        if (!skip(")")) return unexpected();
        return add(std::move(node));
    }

    std::vector<Token> tokens_;
    std::vector<Node> nodes_;
    std::size_t at_ = 0;
    bool in_closure_ = false;
};

}  // namespace

core::Result<std::vector<Condition::Node>> parse_condition_nodes(std::string_view text) {
    if (text.size() > Condition::max_bytes) return refuse(Condition::max_bytes, "is longer than 1000 bytes");
    auto tokens = tokens_of(text);
    if (!tokens) return core::Failure(tokens.error());
    return Parser(std::move(*tokens)).whole();
}

}  // namespace qd::rollouts
