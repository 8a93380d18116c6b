#include "opsd/log_search.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "opsd/site_logs.hpp"

namespace qd::opsd {
namespace {
namespace chr = std::chrono;

constexpr std::size_t searched_block_bytes = 1u << 20;
constexpr std::size_t longest_line = 64u << 10;
constexpr std::size_t longest_fields = 8u << 10;
constexpr std::size_t longest_id = 128;

bool is_trace_id(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Nothing that JSON would escape, so that an id stands in a line as it is.
bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.' || c == ':';
    });
}

/// Of one search, across files.
class Search {
public:
    Search(const LogQuery& query, const core::Clock& clock)
        : query_(query),
          clock_(clock),
          limit_(std::min(query.limit, max_found_lines)),
          began_(clock.steady_now()) {
        if (!query.trace_id.empty()) needles_.push_back(fmt::format("\"trace_id\":\"{}\"", query.trace_id));
        if (!query.request_id.empty())
            needles_.push_back(fmt::format("\"request_id\":\"{}\"", query.request_id));
    }

    bool over() const { return !found_.stopped.empty(); }

    void look_into(const std::filesystem::path& path) {
        const auto file = core::open_for_reading(path);
        if (!file) return;
        struct stat info {};
        if (::fstat(file->get(), &info) != 0 || !S_ISREG(info.st_mode)) return;
        const core::WallTime written{chr::milliseconds(info.st_mtim.tv_sec * 1000 + 999)};
        if (written < query_.from) return;  // all of it is older
        ++found_.files;
        read_back(*file, std::uint64_t(info.st_size));
    }

    LogFindings finish() {
        std::ranges::stable_sort(found_.lines, {}, &FoundLine::at);
        std::ranges::stable_sort(found_.spans, {}, &FoundSpan::started_at);
        found_.took = chr::duration_cast<chr::milliseconds>(clock_.steady_now() - began_);
        return std::move(found_);
    }

private:
    /// Block by block from the end. `rest` is the end of a line whose beginning lies in the block before; of
    /// one that is too long it is dropped, and its beginning is then no JSON.
    void read_back(const core::UniqueFd& file, std::uint64_t size) {
        std::string rest;
        bool tail = true;  // what follows the last newline is still being written
        for (std::uint64_t begin = size; begin > 0;) {
            if (!affordable()) return;
            const std::size_t wanted = std::size_t(std::min<std::uint64_t>(begin, searched_block_bytes));
            std::string block = read(file, begin - wanted, wanted);
            if (block.size() != wanted) return;  // cut off meanwhile
            begin -= wanted;
            found_.bytes += wanted;
            block += rest;
            if (tail) {
                const std::size_t last = block.rfind('\n');
                tail = last == std::string::npos;
                block.resize(tail ? 0 : last + 1);
            }
            const std::size_t newline = block.find('\n');
            const std::size_t first = begin == 0 || newline == std::string::npos ? 0 : newline + 1;
            if (begin > 0 && newline == std::string::npos) {
                rest = block.size() > longest_line ? std::string() : std::move(block);
                continue;
            }
            const std::string_view whole = std::string_view(block).substr(first);
            search(whole);
            if (over() || older(whole)) return;
            rest = begin == 0 || first > longest_line ? std::string() : block.substr(0, first);
        }
    }

    static std::string read(const core::UniqueFd& file, std::uint64_t offset, std::size_t size) {
        std::string block(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = ::pread(file.get(), block.data() + done, size - done, off_t(offset + done));
            if (got <= 0) break;
            done += std::size_t(got);
        }
        block.resize(done);
        return block;
    }

    bool affordable() {
        if (found_.bytes >= query_.most_bytes) found_.stopped = "bytes";
        if (clock_.steady_now() - began_ >= query_.patience) found_.stopped = "time";
        return !over();
    }

    /// The newest lines first, so that these are kept.
    void search(std::string_view lines) {
        std::vector<std::size_t> hits;
        for (const std::string& needle : needles_) {
            const char* const end = lines.data() + lines.size();
            for (const char* at = lines.data(); at < end; at += needle.size()) {
                // Ten times as fast as std::string_view::find.
                at = static_cast<const char*>(
                    ::memmem(at, std::size_t(end - at), needle.data(), needle.size()));
                if (at == nullptr) break;
                hits.push_back(std::size_t(at - lines.data()));
            }
        }
        std::ranges::sort(hits, std::ranges::greater{});
        std::size_t end = lines.size();  // of what has not been looked at
        for (const std::size_t hit : hits) {
            if (hit >= end) continue;
            const std::size_t before = lines.substr(0, hit).rfind('\n');
            const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
            const std::size_t line_end = std::min(lines.find('\n', hit), lines.size());
            take(lines.substr(begin, line_end - begin));
            if (over()) return;
            end = begin;
        }
    }

    void take(std::string_view line) {
        if (line.size() > longest_line) return;
        const auto value = core::parse_json(line, longest_line);
        if (!value || !value->is_object()) return;
        core::JsonFields fields(*value);
        FoundLine found;
        found.at = fields.required_time("at");
        found.level = fields.text("level", 20);
        found.service = fields.text("service", 200);
        found.instance = fields.text("instance", 200);
        found.message = fields.text("message", longest_line);
        const std::string trace = fields.text("trace_id", longest_id),
                          id = fields.text("request_id", longest_id);
        const bool asked_for = (!query_.trace_id.empty() && trace == query_.trace_id) ||
                               (!query_.request_id.empty() && id == query_.request_id);
        // The text may stand anywhere in a line; a field it must be.
        if (!fields.finish() || !asked_for || found.at < query_.from || found.at > query_.to) return;
        if (found_.lines.size() >= limit_) {
            found_.stopped = "lines";
            return;
        }
        add_span(fields, found, trace);
        auto others = nlohmann::json::object();
        for (const auto& [name, field] : value->items())
            if (name != "at" && name != "level" && name != "service" && name != "instance" &&
                name != "message")
                others[name] = field;
        found.fields = core::dump_json(others);
        if (found.fields.size() > longest_fields) found.fields = "{}";
        found_.lines.push_back(std::move(found));
    }

    void add_span(core::JsonFields& fields, const FoundLine& line, const std::string& trace) {
        FoundSpan span;
        span.span_id = fields.text("span_id", longest_id);
        const auto duration = fields.number("duration_ms");
        if (line.message != "request" || span.span_id.empty() || !duration || !(*duration >= 0) ||
            *duration > 1e9)
            return;
        span.service = line.service;
        span.instance = line.instance;
        span.name = fmt::format("{} {}", fields.text("method", 20), fields.text("route", 200));
        span.trace_id = trace;
        span.duration_ms = *duration;
        span.started_at = line.at - chr::milliseconds(std::int64_t(*duration + 0.5));
        span.status = fields.count("status").value_or(0);
        if (fields.finish()) found_.spans.push_back(std::move(span));
    }

    /// The first of these lines that has a time is before what is asked for: so is all before it.
    bool older(std::string_view lines) const {
        constexpr std::string_view key = "\"at\":\"";
        const std::size_t at = lines.find(key);
        if (at == std::string_view::npos) return false;
        const std::size_t begin = at + key.size(), end = lines.find('"', begin);
        if (end == std::string_view::npos || end - begin > 40) return false;
        const auto time = core::parse_rfc3339(lines.substr(begin, end - begin));
        return time && *time < query_.from;
    }

    const LogQuery& query_;
    const core::Clock& clock_;
    const std::size_t limit_;
    const core::SteadyTime began_;
    std::vector<std::string> needles_;
    LogFindings found_;
};

}  // namespace

core::Result<LogFindings> search_logs(const std::filesystem::path& folder, const LogQuery& query,
                                      const core::Clock& clock) {
    using core::Errc;
    if (query.trace_id.empty() && query.request_id.empty())
        return core::fail(Errc::invalid_argument, "a trace or a request must be named");
    if (!query.trace_id.empty() && !is_trace_id(query.trace_id))
        return core::fail(Errc::invalid_argument, "trace must be 32 lowercase hexadecimal digits");
    if (!query.request_id.empty() && !is_request_id(query.request_id))
        return core::fail(Errc::invalid_argument,
                          "request must be 1 to {} letters, digits, '-', '_', '.' or ':'", longest_id);
    if (query.from > query.to) return core::fail(Errc::invalid_argument, "from must be before to");
    const auto files = list_logs(folder);
    if (!files) return core::Failure(files.error());
    std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> by_time;
    for (const auto& path : files->paths) {
        std::error_code gone;
        const auto written = std::filesystem::last_write_time(path, gone);
        if (!gone) by_time.emplace_back(written, path);
    }
    std::ranges::stable_sort(by_time, std::ranges::greater{}, [](const auto& entry) { return entry.first; });
    Search search(query, clock);
    for (const auto& [written, path] : by_time) {
        if (search.over()) break;
        search.look_into(path);
    }
    LogFindings findings = search.finish();
    if (files->cut && findings.stopped.empty()) findings.stopped = "files";
    return findings;
}

nlohmann::json to_json(const LogFindings& findings) {
    auto items = nlohmann::json::array(), spans = nlohmann::json::array();
    for (const FoundLine& line : findings.lines)
        items.push_back({{"at", core::format_rfc3339(line.at)},
                         {"level", line.level},
                         {"service", line.service},
                         {"instance", line.instance},
                         {"message", line.message},
                         {"fields", nlohmann::json::parse(line.fields, nullptr, false)}});
    for (const FoundSpan& span : findings.spans)
        spans.push_back({{"service", span.service},
                         {"instance", span.instance},
                         {"name", span.name},
                         {"trace_id", span.trace_id},
                         {"span_id", span.span_id},
                         {"started_at", core::format_rfc3339(span.started_at)},
                         {"duration_ms", span.duration_ms},
                         {"status", span.status}});
    return {
        {"items", std::move(items)},
        {"next", nullptr},
        {"spans", std::move(spans)},
        {"complete", findings.stopped.empty()},
        {"stopped", findings.stopped.empty() ? nlohmann::json(nullptr) : nlohmann::json(findings.stopped)},
        {"searched",
         {{"files", findings.files},
          {"bytes", findings.bytes},
          {"took_s", core::Seconds(findings.took).count()}}}};
}

}  // namespace qd::opsd
