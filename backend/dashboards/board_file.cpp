#include "dashboards/board_file.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "core/config.hpp"

namespace qd::dashboards {
namespace {

constexpr std::size_t max_title = 120;
constexpr std::size_t max_text = 4'000;
constexpr std::size_t max_name = 200;
constexpr std::size_t max_matchers = 10;
constexpr std::size_t max_pattern = 500;
constexpr int max_columns = 4;
constexpr int max_rows = 12;

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// A metric's or a label's name, as Prometheus has them.
bool is_name(std::string_view text) {
    if (text.empty() || text.size() > max_name || std::isdigit((unsigned char)text.front())) return false;
    return std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) || c == '_' || c == ':'; });
}

std::string read_line(core::ConfigReader& reader, const std::string& key, bool required) {
    std::string text = required ? reader.require<std::string>(key) : reader.get<std::string>(key, "");
    const bool fits = text.size() <= max_title &&
                      std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' '; });
    if (!fits || (required && text.empty()))
        reader.reject(key, fmt::format("must be one line of 1 to {} bytes", max_title));
    return fits ? text : std::string();
}

template <class Parse>
auto read_word(core::ConfigReader& reader, const std::string& key, std::string_view fallback, Parse parse,
               std::string_view known) {
    const auto value = parse(reader.get<std::string>(key, std::string(fallback)));
    if (!value) reader.reject(key, fmt::format("must be one of {}", known));
    return value ? *value : *parse(fallback);
}

std::string read_metric(core::ConfigReader& reader, const std::string& key) {
    std::string metric = reader.require<std::string>(key);
    if (!is_name(metric)) reader.reject(key, "must be a metric's name");
    return metric;
}

std::vector<slo::LabelMatcher> read_where(core::ConfigReader& reader) {
    std::vector<slo::LabelMatcher> matchers;
    for (const auto& [name, text] : reader.get<std::map<std::string, std::string>>("where", {})) {
        if (!is_name(name)) reader.reject("where", fmt::format("has '{}', which is no label's name", name));
        if (text.size() > max_pattern) reader.reject("where", "has a pattern of more than 500 bytes");
        if (text.size() <= max_pattern) matchers.push_back(slo::LabelMatcher::parse(name, text));
    }
    if (matchers.size() > max_matchers) reader.reject("where", "compares too many labels: at most 10");
    return matchers;
}

slo::Selector read_side(core::ConfigReader& ratio, const std::string& key) {
    if (!ratio.has(key)) ratio.reject(key, "is missing");
    core::ConfigReader reader = ratio.child(key);
    slo::Selector selector;
    if (ratio.has(key)) {
        selector = {read_metric(reader, "metric"), read_where(reader)};
        (void)reader.finish();
        ratio.merge(reader);
    }
    return selector;
}

Query read_query(core::ConfigReader& reader) {
    Query query;
    constexpr Function all[] = {Function::rate, Function::increase, Function::gauge, Function::quantile,
                                Function::ratio};
    int given = 0;
    for (const Function function : all) {
        if (!reader.has(std::string(to_string(function)))) continue;
        query.function = function;
        ++given;
    }
    const std::string key(to_string(query.function));
    if (given != 1) {
        reader.reject(key, given == 0
                               ? "is missing: a series has one of rate, increase, gauge, quantile, ratio"
                               : "stands beside another of rate, increase, gauge, quantile, ratio");
        return query;
    }
    if (query.function == Function::ratio) {
        core::ConfigReader ratio = reader.child("ratio");
        query.of = read_side(ratio, "of");
        query.part = read_side(ratio, "part");
        (void)ratio.finish();
        reader.merge(ratio);
    } else {
        query.of = {read_metric(reader, key), read_where(reader)};
    }
    if (query.function == Function::quantile) query.q = reader.get_in_range<double>("q", 0.95, 0.0, 1.0);
    query.by = reader.get<std::string>("by", "");
    if (!query.by.empty() && !is_name(query.by)) reader.reject("by", "must be a label's name");
    return query;
}

void read_series(core::ConfigReader& reader, Panel& panel) {
    const bool stat = panel.kind == PanelKind::stat;
    for (core::ConfigReader& entry : reader.children("series")) {
        PanelSeries series;
        series.query = read_query(entry);
        series.label = read_line(entry, "label", false);
        if (series.label.empty() && series.query.by.empty() && !stat)
            entry.reject("label", "is missing: a line needs a name");
        if (stat && !series.query.by.empty()) entry.reject("by", "splits into lines: a stat is one number");
        if (!stat && series.query.function == Function::increase)
            entry.reject("increase", "is for stats: a chart draws the rate");
        (void)entry.finish();
        reader.merge(entry);
        panel.series.push_back(std::move(series));
    }
    if (panel.series.empty()) reader.reject("series", "is missing: what shall be drawn?");
    if (stat && panel.series.size() > 1) reader.reject("series", "are too many: a stat is one number");
    if (panel.series.size() > max_series) reader.reject("series", "are too many: at most 8");
}

/// Rows that a panel takes if its file does not say.
int usual_height(PanelKind kind) {
    switch (kind) {
        case PanelKind::stat:
        case PanelKind::slo:
        case PanelKind::text:
            return 2;
        case PanelKind::slos:
        case PanelKind::alerts:
            return 5;
        default:
            return 3;
    }
}

Panel read_panel(core::ConfigReader& reader, int columns) {
    Panel panel;
    panel.title = read_line(reader, "title", true);
    panel.kind = read_word(reader, "kind", "chart", parse_panel_kind,
                           "chart, stat, slo, slos, text, alerts, rollouts");
    panel.unit = read_word(reader, "unit", "count", parse_unit,
                           "count, ratio, percent, seconds, per_second, per_minute, bytes, bytes_per_second");
    panel.width = reader.get_in_range<int>("width", 1, 1, columns);
    panel.height = reader.get_in_range<int>("height", usual_height(panel.kind), 1, max_rows);
    // Keys of another kind are not known, and refused as such.
    if (panel.kind == PanelKind::slo) {
        panel.slo = reader.require<std::string>("slo");
        if (!is_id(panel.slo)) reader.reject("slo", "must be an SLO's id: a-z, 0-9 and '-'");
    } else if (panel.kind == PanelKind::text) {
        panel.text = reader.require<std::string>("text");
        if (panel.text.empty() || panel.text.size() > max_text)
            reader.reject("text", fmt::format("must be 1 to {} bytes", max_text));
    } else if (panel.kind == PanelKind::chart || panel.kind == PanelKind::stat) {
        read_series(reader, panel);
    }
    return panel;
}

}  // namespace

core::Result<Dashboard> parse_board(std::string text, std::string source) {
    if (text.size() > max_file_bytes)
        return core::fail(core::Errc::config, "{}:1: larger than 64 KiB", source);
    auto parsed = core::ConfigReader::parse(std::move(text), std::move(source));
    if (!parsed) return core::Failure(parsed.error());
    core::ConfigReader& reader = *parsed;
    Dashboard board;
    board.id = DashboardId(reader.require<std::string>("id"));
    if (!is_id(board.id.value)) reader.reject("id", "must be 1 to 64 of a-z, 0-9 and '-'");
    board.title = read_line(reader, "title", true);
    board.role = read_word(reader, "role", "other", parse_role, "on-call, release-manager, business, other");
    board.columns = reader.get_in_range<int>("columns", 2, 1, max_columns);
    auto panels = reader.children("panels");
    if (panels.empty()) reader.reject("panels", "is missing: a dashboard has 1 to 24");
    if (panels.size() > max_panels) {
        reader.reject("panels", "are too many: at most 24");
        panels.clear();
    }
    for (core::ConfigReader& entry : panels) {
        board.panels.push_back(read_panel(entry, board.columns));
        (void)entry.finish();
        reader.merge(entry);
    }
    if (auto done = reader.finish(); !done) return core::Failure(done.error());
    return board;
}

}  // namespace qd::dashboards
