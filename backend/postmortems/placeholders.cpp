#include "postmortems/placeholders.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace qd::postmortems {
namespace {

constexpr std::array<Placeholder, 28> known_placeholders{{
    {"summary", "What happened, in a few sentences"},
    {"impact", "What the objectives measured, and the budget it cost"},
    {"charts", "The objectives around the incident, as charts"},
    {"measures", "Times to detect, acknowledge, mitigate and resolve, worked out"},
    {"roles", "Who had which role"},
    {"timeline", "The journal as a table, with the evidence of each row"},
    {"messages", "What was told, to whom"},
    {"suspects", "What changed just before, and what supports the suspicion"},
    {"factors", "The contributing factors that were tagged"},
    {"action_items", "Action items: tracked ones, and what is proposed"},
    {"lessons", "What went well, what went poorly, and where we were lucky"},
    {"went_well", "What went well, as far as clocks and alerts tell"},
    {"went_poorly", "What went poorly, as far as clocks and alerts tell"},
    {"reviewers", "Who reviewed it, with their verdict"},
    {"incident", "The incident's id", false},
    {"title", "The incident's title", false},
    {"severity", "Its severity and what that means", false},
    {"state", "The incident's state", false},
    {"service", "The service", false},
    {"started_at", "The first impact (UTC)", false},
    {"detected_at", "When it was detected (UTC)", false},
    {"mitigated_at", "When it was mitigated (UTC)", false},
    {"resolved_at", "When it was resolved (UTC)", false},
    {"duration", "From the first impact to the mitigation", false},
    {"severity_times", "How long it had which severity", false},
    {"author", "Who wrote the post-mortem", false},
    {"review_state", "Draft, in review, reviewed or published", false},
    {"due", "When the review is due", false},
}};

constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyz_";

std::string_view trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// What stands between {{ and }}, if that is all of the line.
std::optional<std::string_view> alone(std::string_view line) {
    line = trimmed(line);
    if (line.size() < 5 || !line.starts_with("{{") || !line.ends_with("}}")) return std::nullopt;
    line = trimmed(line.substr(2, line.size() - 4));
    if (line.find_first_of("{}") != std::string_view::npos) return std::nullopt;
    return line;
}

bool is_block(std::string_view name) {
    const Placeholder* known = find_placeholder(name);
    return known != nullptr && known->block;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trimmed(text)).empty()) {
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// {{detached NAME EVENT [DIGEST]}}
std::optional<Piece> detached_start(std::string_view inner) {
    const auto words = words_of(inner);
    if (words.size() < 3 || words.size() > 4 || words[0] != "detached" || !is_block(words[1]))
        return std::nullopt;
    Piece piece;
    piece.kind = PieceKind::detached;
    piece.name = words[1];
    const auto read = std::from_chars(words[2].data(), words[2].data() + words[2].size(), piece.taken_at);
    if (read.ec != std::errc{} || read.ptr != words[2].data() + words[2].size()) return std::nullopt;
    if (words.size() == 4) piece.digest = words[3].substr(0, 64);
    return piece;
}

/// Goes through lines and knows which of them are fenced code.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}

    bool next() {
        if (rest_.empty()) return false;
        const auto end = rest_.find('\n');
        line = rest_.substr(0, end);
        full = rest_.substr(0, end == std::string_view::npos ? rest_.size() : end + 1);
        rest_.remove_prefix(full.size());
        ++number;
        const std::size_t indent = line.find_first_not_of(' ');
        const std::string_view bare = indent == std::string_view::npos ? "" : line.substr(indent);
        const bool mark = indent <= 3 && (bare.starts_with("```") || bare.starts_with("~~~"));
        code = fence_ != 0 || mark;
        if (mark && fence_ == 0) {
            fence_ = bare[0];
            length_ = std::min(bare.find_first_not_of(fence_), bare.size());
        } else if (mark && bare[0] == fence_) {
            const std::size_t closing = std::min(bare.find_first_not_of(fence_), bare.size());
            if (closing >= length_ && trimmed(bare.substr(closing)).empty()) fence_ = 0;
        }
        return true;
    }

    std::string_view line;  // without its end
    std::string_view full;
    std::size_t number = 0;
    bool code = false;

private:
    std::string_view rest_;
    char fence_ = 0;
    std::size_t length_ = 0;
};

}  // namespace

std::span<const Placeholder> placeholders() {
    return known_placeholders;
}

const Placeholder* find_placeholder(std::string_view name) {
    const auto at = std::ranges::find(known_placeholders, name, &Placeholder::name);
    return at == known_placeholders.end() ? nullptr : &*at;
}

std::vector<Piece> split(std::string_view text) {
    std::vector<Piece> pieces;
    const auto text_piece = [&pieces](std::size_t line) -> Piece& {
        if (pieces.empty() || pieces.back().kind != PieceKind::text) {
            pieces.emplace_back();
            pieces.back().line = line;
        }
        return pieces.back();
    };
    bool detached = false;
    for (Lines lines(text); lines.next();) {
        const auto inner = lines.code ? std::nullopt : alone(lines.line);
        if (detached) {
            if (inner == "end") {
                detached = false;
                continue;
            }
            pieces.back().text += lines.full;
            continue;
        }
        if (inner && is_block(*inner)) {
            pieces.push_back({PieceKind::block, std::string(*inner), {}, 0, {}, lines.number});
        } else if (auto start = inner ? detached_start(*inner) : std::nullopt) {
            start->line = lines.number;
            pieces.push_back(std::move(*start));
            detached = true;
        } else {
            text_piece(lines.number).text += lines.full;
        }
    }
    return pieces;
}

std::vector<Misuse> misuses(std::string_view text) {
    std::vector<Misuse> found;
    std::size_t detached_since = 0;
    for (Lines lines(text); lines.next() && found.size() < 100;) {
        if (lines.code) continue;
        if (const auto inner = alone(lines.line)) {
            if (detached_since != 0 && inner == "end") {
                detached_since = 0;
                continue;
            }
            if (detached_since == 0 && detached_start(*inner)) {
                detached_since = lines.number;
                continue;
            }
            if (find_placeholder(*inner) != nullptr) continue;
        }
        for (std::size_t at = lines.line.find("{{"); at != std::string_view::npos;
             at = lines.line.find("{{", at + 2)) {
            const auto end = lines.line.find("}}", at);
            if (end == std::string_view::npos) break;
            const auto name = trimmed(lines.line.substr(at + 2, end - at - 2));
            if (name.empty() || name.size() > 60 || name.find_first_not_of(name_letters) != name.npos) {
                if (name.starts_with("detached ") || name.starts_with("end "))
                    found.push_back(
                        {fmt::format("'{}' is no detached block: write {{{{detached NAME EVENT}}}}",
                                     name.substr(0, 60)),
                         lines.number});
                continue;
            }
            if (find_placeholder(name) == nullptr)
                found.push_back({fmt::format("there is no placeholder '{}'", name), lines.number});
            else if (is_block(name))
                found.push_back(
                    {fmt::format("'{}' is a block: write it on a line of its own", name), lines.number});
        }
    }
    if (detached_since != 0)
        found.push_back({"the detached block that begins here has no {{end}}", detached_since});
    return found;
}

std::string fill_values(std::string_view text,
                        const std::function<std::optional<std::string>(std::string_view)>& value_of) {
    std::string filled;
    filled.reserve(text.size());
    for (Lines lines(text); lines.next();) {
        if (lines.code) {
            filled += lines.full;
            continue;
        }
        std::string_view rest = lines.full;
        for (std::size_t at = rest.find("{{"); at != std::string_view::npos; at = rest.find("{{")) {
            const auto end = rest.find("}}", at);
            if (end == std::string_view::npos) break;
            const auto value = value_of(trimmed(rest.substr(at + 2, end - at - 2)));
            filled += rest.substr(0, at);
            filled += value ? *value : std::string(rest.substr(at, end + 2 - at));
            rest.remove_prefix(end + 2);
        }
        filled += rest;
    }
    return filled;
}

std::string detached_line(std::string_view block, std::uint64_t taken_at, std::string_view digest) {
    return fmt::format("{{{{detached {} {} {}}}}}", block, taken_at, digest);
}

}  // namespace qd::postmortems
