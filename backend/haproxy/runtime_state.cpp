#include "haproxy/runtime_state.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace qd::haproxy {
namespace {

// srv_admin_state (HAProxy's management guide, 9.3, "show servers state").
constexpr unsigned forced_maint = 0x01, inherited_maint = 0x02, configured_maint = 0x04, forced_drain = 0x08,
                   inherited_drain = 0x10, resolution_maint = 0x20;
constexpr unsigned stopped = 0;  // srv_op_state

std::string_view cut_line(std::string_view& text) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::vector<std::string_view> parts(std::string_view line, char between) {
    std::vector<std::string_view> all;
    while (true) {
        const auto end = line.find(between);
        all.push_back(line.substr(0, end));
        if (end == std::string_view::npos) return all;
        line.remove_prefix(end + 1);
    }
}

std::optional<std::uint64_t> count(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string first_words(std::string_view text) {
    std::string words;
    for (const char c : text.substr(0, 200)) words += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    while (words.ends_with(' ')) words.pop_back();
    return words;
}

core::Failure refused(std::string_view text) {
    if (text.find("ermission denied") != std::string_view::npos)
        return core::fail(
            core::Errc::permission_denied,
            "HAProxy's socket does not allow this: it needs 'level admin' in HAProxy's configuration");
    return core::fail(core::Errc::invalid_argument, "HAProxy refuses: {}", first_words(text));
}

/// The columns of a heading, and where each of the wanted ones stands.
core::Result<std::vector<std::size_t>> columns(std::string_view heading, char between,
                                               std::initializer_list<std::string_view> wanted) {
    const auto names = parts(heading, between);
    std::vector<std::size_t> places;
    for (const std::string_view name : wanted) {
        const auto at = std::ranges::find(names, name);
        if (at == names.end())
            return core::fail(core::Errc::corrupt, "HAProxy's table has no column '{}'", name);
        places.push_back(std::size_t(at - names.begin()));
    }
    return places;
}

/// A row of "show stat" with the columns' names.
class StatRow {
public:
    StatRow(const std::vector<std::string_view>& names, std::string_view line)
        : names_(names), cells_(parts(line, ',')) {}

    /// Empty when there is no such column.
    std::string_view text(std::string_view name) const {
        const auto at = std::size_t(std::ranges::find(names_, name) - names_.begin());
        return at < std::min(names_.size(), cells_.size()) ? cells_[at] : std::string_view();
    }
    std::optional<AnswerCounts> answers() const {
        AnswerCounts sum;
        for (const std::string_view name : {"hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"}) {
            const auto more = count(text(name));
            if (!more) return std::nullopt;
            sum.answered += *more;
        }
        sum.failed = count(text("hrsp_5xx")).value_or(0);
        for (const std::string_view name : {"econ", "eresp"}) sum.unanswered += count(text(name)).value_or(0);
        return sum;
    }

private:
    const std::vector<std::string_view>& names_;
    const std::vector<std::string_view> cells_;
};

}  // namespace

std::string_view to_string(Admin admin) {
    constexpr std::array<std::string_view, 3> words{"ready", "drain", "maint"};
    return words[std::size_t(admin)];
}

core::Result<ServerStates> parse_servers_state(std::string_view text, std::string_view backend) {
    std::string_view rest = text;
    if (cut_line(rest) != "1") {
        if (text.find("find backend") != std::string_view::npos)
            return core::fail(core::Errc::not_found, "HAProxy has no backend '{}'", backend);
        return refused(text);
    }
    std::string_view heading = cut_line(rest);
    if (heading.starts_with("# ")) heading.remove_prefix(2);
    const auto at =
        columns(heading, ' ', {"be_name", "srv_name", "srv_op_state", "srv_admin_state", "srv_uweight"});
    if (!at) return core::Failure(at.error());
    const std::size_t most = *std::ranges::max_element(*at);
    ServerStates states;
    while (!rest.empty()) {
        const std::string_view line = cut_line(rest);
        if (line.empty()) continue;
        const auto cells = parts(line, ' ');
        if (cells.size() <= most)
            return core::fail(core::Errc::corrupt, "HAProxy's row is cut: {}", first_words(line));
        if (cells[(*at)[0]] != backend) continue;
        const auto op = count(cells[(*at)[2]]), admin = count(cells[(*at)[3]]),
                   weight = count(cells[(*at)[4]]);
        if (!op || !admin || !weight || *weight > 256)
            return core::fail(core::Errc::corrupt, "HAProxy's row is not understood: {}", first_words(line));
        ServerState state;
        state.up = *op != stopped;
        if ((*admin & (forced_maint | inherited_maint | configured_maint | resolution_maint)) != 0)
            state.admin = Admin::maint;
        else if ((*admin & (forced_drain | inherited_drain)) != 0)
            state.admin = Admin::drain;
        state.weight = unsigned(*weight);
        states[std::string(cells[(*at)[1]])] = state;
    }
    return states;
}

core::Result<ServerCountsByName> parse_stat(std::string_view text, std::string_view backend) {
    std::string_view rest = text;
    std::string_view heading = cut_line(rest);
    if (!heading.starts_with("# ")) return refused(text);
    heading.remove_prefix(2);
    const auto at = columns(heading, ',', {"pxname", "svname", "scur", "stot", "lbtot"});
    if (!at) return core::Failure(at.error());
    const std::size_t most = *std::ranges::max_element(*at);
    const auto names = parts(heading, ',');
    ServerCountsByName counts;
    while (!rest.empty()) {
        const std::string_view line = cut_line(rest);
        const auto cells = parts(line, ',');
        if (cells.size() <= most || cells[(*at)[0]] != backend || cells[(*at)[1]] == "BACKEND" ||
            cells[(*at)[1]] == "FRONTEND")
            continue;
        const auto current = count(cells[(*at)[2]]), sessions = count(cells[(*at)[3]]),
                   balanced = count(cells[(*at)[4]]);
        if (!current || !sessions || !balanced)
            return core::fail(core::Errc::corrupt, "HAProxy's counts of '{}' are not understood",
                              first_words(cells[(*at)[1]]));
        counts[std::string(cells[(*at)[1]])] = {*sessions, *balanced, *current,
                                                StatRow(names, line).answers()};
    }
    return counts;
}

core::Result<BackendFacts> parse_facts(std::string_view text, std::string_view backend) {
    std::string_view rest = text;
    std::string_view heading = cut_line(rest);
    if (!heading.starts_with("# ")) return refused(text);
    heading.remove_prefix(2);
    const auto names = parts(heading, ',');
    BackendFacts facts;
    bool found = false;
    while (!rest.empty()) {
        const StatRow row(names, cut_line(rest));
        if (row.text("pxname") != backend) continue;
        const std::string_view server = row.text("svname");
        if (server == "FRONTEND") continue;
        if (server == "BACKEND") {
            found = true;
            facts.mode = row.text("mode");
            facts.algorithm = row.text("algo");
        } else if (row.text("status") == "no check") {
            facts.unchecked.emplace_back(server);
        }
    }
    if (!found) return core::fail(core::Errc::not_found, "HAProxy has no backend '{}'", backend);
    return facts;
}

std::string parse_info(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const std::string_view line = cut_line(text);
        if (line.starts_with(key) && line.substr(key.size()).starts_with(": "))
            return first_words(line.substr(key.size() + 2));
    }
    return {};
}

core::Result<std::vector<std::string>> parse_map(std::string_view text, std::string_view file) {
    std::vector<std::string> keys;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = cut_line(rest);
        if (line.empty()) continue;
        // "0x55d1… key value"; the key may hold blanks.
        const auto key = line.find(' ');
        const auto value = line.rfind(' ');
        if (!line.starts_with("0x") || key == std::string_view::npos || value <= key) {
            if (line.find("nknown map") != std::string_view::npos)
                return core::fail(core::Errc::not_found, "HAProxy has not loaded the map {}", file);
            return refused(text);
        }
        if (line.substr(value + 1) == "canary") keys.emplace_back(line.substr(key + 1, value - key - 1));
    }
    return keys;
}

core::Result<> parse_done(std::string_view text) {
    if (text.find_first_not_of(" \r\n") == std::string_view::npos) return {};
    return refused(text);
}

}  // namespace qd::haproxy
