#include "opsd/site_logs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "core/files.hpp"
#include "core/json_fields.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t most_files = 200;
constexpr std::size_t longest_line = 64u << 10;
constexpr std::size_t longest_message = 2'000;
constexpr std::size_t block_bytes = 256u << 10;

std::optional<std::string> read_block(const core::UniqueFd& file, std::uint64_t offset, std::size_t size) {
    std::string block(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file.get(), block.data() + done, size - done, off_t(offset + done));
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        done += std::size_t(got);
    }
    block.resize(done);
    return block;
}

/// Only the time, without parsing the rest: most lines are of no interest.
std::optional<core::WallTime> time_of(std::string_view line) {
    constexpr std::string_view key = "\"at\":\"";
    const std::size_t at = line.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t end = line.find('"', at + key.size());
    if (end == std::string_view::npos) return std::nullopt;
    const auto time = core::parse_rfc3339(line.substr(at + key.size(), end - at - key.size()));
    return time ? std::optional(*time) : std::nullopt;
}

std::optional<LogLine> parse(std::string_view text, core::WallTime at) {
    if (text.find("\"warn") == std::string_view::npos && text.find("\"error\"") == std::string_view::npos)
        return std::nullopt;
    const auto value = core::parse_json(text, longest_line);
    if (!value || !value->is_object()) return std::nullopt;
    core::JsonFields fields(*value);
    const std::string level = fields.text("level", 20);
    if (level != "warning" && level != "warn" && level != "error") return std::nullopt;
    LogLine line;
    line.at = at;
    line.error = level == "error";
    line.service = fields.text("service", 200);
    line.instance = fields.text("instance", 200);
    line.message = fields.text("message", longest_line);
    for (const auto& [name, field] : value->items()) {
        if (name == "at" || name == "level" || name == "service" || name == "instance" || name == "message")
            continue;
        line.message += fmt::format(" {}={}", name,
                                    field.is_string() ? field.get<std::string>() : core::dump_json(field));
    }
    if (line.message.size() > longest_message) {
        line.message.resize(longest_message);
        line.message += " …";
    }
    return line;
}

/// Backwards from the end of one file, until its lines are older than `from`.
void read_back(const std::filesystem::path& path, core::WallTime from, core::WallTime to, std::size_t limit,
               LogExcerpt& excerpt) {
    const auto file = core::open_for_reading(path);
    if (!file) return;
    const auto size = core::file_size(*file);
    if (!size) return;
    std::uint64_t begin = *size;
    const std::uint64_t reach = *size > log_reach_bytes ? *size - log_reach_bytes : 0;
    std::string rest;  // the beginning of the block after: the end of a line
    std::size_t taken = 0;
    bool tail = true;  // what follows the last newline is still being written
    while (begin > reach) {
        const std::uint64_t from_byte =
            std::max<std::uint64_t>(reach, begin > block_bytes ? begin - block_bytes : 0);
        auto block = read_block(*file, from_byte, std::size_t(begin - from_byte));
        if (!block) return;
        *block += rest;
        if (tail) {
            const std::size_t last = block->rfind('\n');
            tail = last == std::string::npos;
            block->resize(tail ? 0 : last + 1);
        }
        begin = from_byte;
        // The first line of a block that is not the file's first belongs to the block before.
        const std::size_t first = begin == 0 ? 0 : block->find('\n');
        if (first == std::string::npos) {
            rest = block->size() > longest_line ? std::string() : std::move(*block);
            continue;
        }
        std::size_t end = block->size();
        while (end > first) {
            const std::size_t newline = end >= 2 ? block->rfind('\n', end - 2) : std::string::npos;
            const std::size_t start = newline == std::string::npos ? 0 : newline + 1;
            if (start < first) break;
            const std::string_view line = std::string_view(*block).substr(start, end - start);
            end = start;
            if (line.size() > longest_line) continue;
            const auto at = time_of(line);
            if (!at) continue;
            if (*at < from) return;
            if (*at > to) continue;
            if (auto parsed = parse(line, *at)) {
                if (taken++ >= limit) {
                    excerpt.cut = true;
                    return;
                }
                excerpt.lines.push_back(std::move(*parsed));
            }
            if (start == 0) break;
        }
        rest = begin == 0 ? std::string() : block->substr(0, first + 1);
    }
    if (reach > 0) excerpt.cut = true;
}

bool is_log(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    const std::size_t at = name.find(".log");
    if (at != std::string::npos && at + 4 == name.size()) return true;
    // Rotated: x.log.1 or x.1.log.
    return at != std::string::npos && name.find_first_not_of(".0123456789", at + 4) == std::string::npos;
}

}  // namespace

core::Result<LogFiles> list_logs(const std::filesystem::path& folder) {
    LogFiles found;
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return found;
    for (auto entry = std::filesystem::directory_iterator(folder, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        std::error_code gone;
        if (!is_log(entry->path()) || !entry->is_regular_file(gone) || entry->is_symlink(gone)) continue;
        if (found.paths.size() >= most_files) {
            found.cut = true;
            break;
        }
        found.paths.push_back(entry->path());
    }
    if (error) return core::fail(core::Errc::io, "{} cannot be read: {}", folder.string(), error.message());
    std::ranges::sort(found.paths);
    return found;
}

core::Result<LogExcerpt> read_logs(const std::filesystem::path& folder, core::WallTime from,
                                   core::WallTime to, std::size_t limit) {
    LogExcerpt excerpt;
    limit = std::min(limit, max_log_lines);
    const auto files = list_logs(folder);
    if (!files) return core::Failure(files.error());
    excerpt.cut = files->cut;
    for (const auto& file : files->paths) read_back(file, from, to, limit, excerpt);
    std::ranges::stable_sort(excerpt.lines, {}, &LogLine::at);
    if (excerpt.lines.size() > limit) {
        excerpt.lines.erase(excerpt.lines.begin(), excerpt.lines.end() - std::ptrdiff_t(limit));
        excerpt.cut = true;
    }
    return excerpt;
}

}  // namespace qd::opsd
