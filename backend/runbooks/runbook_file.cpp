#include "runbooks/runbook_file.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/config.hpp"

namespace qd::runbooks {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t max_title = 200, max_patterns = 50, max_id = 64;
constexpr std::string_view inline_mark = "`qd:";

std::string slug_of(std::string_view text) {
    std::string slug;
    for (const unsigned char c : text) {
        if (slug.size() >= max_id - 4) break;
        if (std::isalnum(c) && c < 128)
            slug += char(std::tolower(c));
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    while (slug.ends_with('-')) slug.pop_back();
    return slug;
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= max_id && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

/// The text after "3. ", "3) " or "- [ ] " at the margin.
std::optional<std::string_view> item_text(std::string_view line) {
    std::size_t digits = 0;
    while (digits < line.size() && digits < 4 && std::isdigit((unsigned char)line[digits])) ++digits;
    if (digits > 0 && digits < 4) {
        if (line.size() > digits + 1 && (line[digits] == '.' || line[digits] == ')') &&
            line[digits + 1] == ' ')
            return trimmed(line.substr(digits + 2));
        return std::nullopt;
    }
    for (const std::string_view mark : {"- [ ] ", "* [ ] ", "- [x] ", "- [X] "})
        if (line.starts_with(mark)) return trimmed(line.substr(mark.size()));
    return std::nullopt;
}

std::string without_marks(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != '*' && c != '`' && c != '_') plain += c;
    std::string_view cut = trimmed(plain);
    while (cut.ends_with(':')) cut.remove_suffix(1);
    cut = cut.substr(0, max_title);
    // Not in the middle of a character.
    while (!cut.empty() && cut.size() == max_title && (cut.back() & 0xC0) == 0x80) cut.remove_suffix(1);
    return std::string(cut);
}

class RunbookReader {
public:
    RunbookReader(std::string_view text, const std::string& source) : source_(source) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            std::string_view line = text.substr(at, end - at);
            if (line.ends_with('\r')) line.remove_suffix(1);
            lines_.push_back(line);
            at = end + 1;
        }
    }

    core::Result<Runbook> read() {
        if (auto head = read_head(); !head) return core::Failure(head.error());
        for (; at_ < lines_.size(); ++at_)
            if (auto taken = take_line(lines_[at_]); !taken) return core::Failure(taken.error());
        end_step();
        if (runbook_.steps.empty())
            return wrong(int(lines_.size()), "there is no step: a numbered list, or check boxes");
        return std::move(runbook_);
    }

private:
    core::Failure wrong(int line, std::string_view why) const {
        return fail(Errc::config, "{}:{}: {}", source_, std::max(1, line), why);
    }
    int number() const { return int(at_) + 1; }

    core::Result<> read_head() {
        if (lines_.empty() || trimmed(lines_[0]) != "---")
            return wrong(1, "expected a head between two lines '---'");
        std::string head = "\n";  // the reader counts from the file's first line
        for (at_ = 1; at_ < lines_.size() && trimmed(lines_[at_]) != "---"; ++at_)
            head.append(lines_[at_]) += '\n';
        if (at_ == lines_.size()) return wrong(1, "the head does not end: a second line '---' is missing");
        ++at_;
        auto parsed = core::ConfigReader::parse(std::move(head), source_);
        if (!parsed) return core::Failure(parsed.error());
        core::ConfigReader& reader = *parsed;
        const std::string stem = slug_of(std::filesystem::path(source_).stem().string());
        runbook_.id = RunbookId(reader.get<std::string>("id", stem.empty() ? "runbook" : stem));
        if (!is_id(runbook_.id.value)) reader.reject("id", "must be 1 to 64 of a-z, 0-9 and '-'");
        runbook_.title = reader.require<std::string>("title");
        if (runbook_.title.empty() || runbook_.title.size() > max_title ||
            runbook_.title.find_first_of("\n\r") != std::string::npos)
            reader.reject("title", fmt::format("must be one line of 1 to {} bytes", max_title));
        Applies& applies = runbook_.applies;
        applies.services = read_patterns(reader, "services");
        applies.alerts = read_patterns(reader, "alerts");
        applies.objectives = read_patterns(reader, "objectives");
        applies.causes = read_patterns(reader, "causes");
        for (const std::string& cause : applies.causes)
            if (cause != "rollout" && cause != "chaos" && cause != "deploy" && cause != "config" &&
                cause != "flag")
                reader.reject("causes", fmt::format("has '{}': one of rollout, chaos, deploy, config, flag",
                                                    cause.substr(0, 40)));
        applies.severity = reader.get_in_range<int>("severity", 4, 1, 4);
        return reader.finish();
    }

    static std::vector<std::string> read_patterns(core::ConfigReader& reader, const std::string& key) {
        auto patterns = reader.get<std::vector<std::string>>(key, {});
        if (patterns.size() > max_patterns || std::ranges::any_of(patterns, [](const std::string& pattern) {
                return pattern.empty() || pattern.size() > max_title;
            }))
            reader.reject(key,
                          fmt::format("must be at most {} texts of 1 to {} bytes", max_patterns, max_title));
        return patterns;
    }

    core::Result<> take_line(std::string_view line) {
        const std::string_view bare = trimmed(line);
        if (bare.starts_with("```")) return take_fence(line, trimmed(bare.substr(3)));
        if (const auto text = item_text(line)) {
            end_step();
            if (runbook_.steps.size() + 1 > max_steps)
                return wrong(number(), fmt::format("more than {} steps", max_steps));
            in_step_ = true;
            step_ = {};
            const std::string_view before_directive = text->substr(0, text->find(inline_mark));
            step_.title = without_marks(before_directive);
            if (step_.title.empty()) return wrong(number(), "this step has no text");
        } else if (in_step_ && !bare.empty() && indent_of(line) < 2 &&
                   (after_blank_ || bare.starts_with('#'))) {
            end_step();
        }
        after_blank_ = bare.empty();
        return put(line);
    }

    /// One line of text, its directive taken out.
    core::Result<> put(std::string_view line) {
        const std::size_t begin = line.find(inline_mark);
        if (begin == std::string_view::npos) {
            keep(line);
            return {};
        }
        const std::size_t inside = begin + inline_mark.size();
        const std::size_t end = line.find('`', inside);
        if (end == std::string_view::npos)
            return wrong(number(), "the directive does not end: '`' is missing");
        const auto action = read_action(std::string(line.substr(inside, end - inside)), number());
        if (!action) return core::Failure(action.error());
        keep(std::string(line.substr(0, begin)) + "*" + describe(*action) + "*" +
             std::string(line.substr(end + 1)));
        return {};
    }

    core::Result<> take_fence(std::string_view line, std::string_view info) {
        const int first = number();
        const std::size_t indent = indent_of(line);
        const bool directive = info == "qd";
        if (!directive) keep(line);
        std::string inside;
        for (++at_; at_ < lines_.size() && !trimmed(lines_[at_]).starts_with("```"); ++at_) {
            const std::string_view one = lines_[at_];
            if (directive)
                inside.append(one.substr(std::min(indent, indent_of(one)))) += '\n';
            else
                keep(one);
        }
        if (at_ == lines_.size()) return wrong(first, "this block does not end: '```' is missing");
        if (!directive) {
            keep(lines_[at_]);
            return {};
        }
        const auto action = read_action(inside, first + 1);
        if (!action) return core::Failure(action.error());
        keep(std::string(indent, ' ') + "*" + describe(*action) + "*");
        return {};
    }

    core::Result<Action> read_action(const std::string& text, int first_line) {
        if (!in_step_) return wrong(first_line, "this directive stands in no step");
        if (step_.action) return wrong(first_line, "a second directive: a step does one thing");
        auto parsed =
            core::ConfigReader::parse(std::string(std::size_t(first_line - 1), '\n') + text, source_);
        if (!parsed) return core::Failure(parsed.error());
        core::ConfigReader& reader = *parsed;
        Action action{reader.require<std::string>("action"), {}};
        if (const ActionKind* kind = find_action(action.name))
            for (const std::string_view key : kind->parameters)
                if (reader.has(std::string(key)))
                    action.parameters[std::string(key)] = reader.get<std::string>(std::string(key), "");
        if (const auto fits = check(action); !fits) {
            const std::string& why = fits.error().message;
            const std::size_t colon = std::min(why.find(": "), why.size());
            const std::string key = why.substr(0, colon);
            reader.reject(reader.has(key) ? key : "action", why);
        }
        if (auto done = reader.finish(); !done) return core::Failure(done.error());
        step_.action = action;
        return action;
    }

    void keep(std::string_view line) {
        runbook_.markdown.append(line) += '\n';
        if (in_step_) step_.text.append(line) += '\n';
    }

    void end_step() {
        if (!in_step_) return;
        in_step_ = false;
        while (step_.text.ends_with('\n')) step_.text.pop_back();
        const std::string slug = slug_of(step_.title);
        step_.id = slug.empty() ? "step" : slug;
        for (int n = 2; runbook_.find(step_.id) != nullptr; ++n)
            step_.id = fmt::format("{}-{}", slug.empty() ? "step" : slug, n);
        runbook_.steps.push_back(std::move(step_));
    }

    const std::string& source_;
    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
    Runbook runbook_;
    Step step_;
    bool in_step_ = false, after_blank_ = false;
};

}  // namespace

core::Result<Runbook> parse_runbook(std::string_view text, const std::string& source) {
    if (text.size() > max_file_bytes)
        return fail(Errc::config, "{}:1: larger than {} KiB", source, max_file_bytes >> 10);
    if (text.find('\0') != std::string_view::npos)
        return fail(Errc::config, "{}:1: holds a NUL byte", source);
    return RunbookReader(text, source).read();
}

}  // namespace qd::runbooks
