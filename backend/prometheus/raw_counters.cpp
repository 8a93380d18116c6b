#include "prometheus/raw_counters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace qd::prometheus {
namespace {

/// As the exposition writes names; Prometheus 3 knows others.
bool is_name(std::string_view text) {
    return !text.empty() && (text.front() < '0' || text.front() > '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == ':';
           });
}

std::string exposition_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + '"';
}

std::string value_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

std::vector<RawCounters> raw_counters(const Answer& answer) {
    std::map<std::string, std::string> by_process;
    for (const Series& series : answer.series) {
        const std::string_view name = series.label("__name__"), instance = series.label("instance");
        if (!is_name(name) || series.samples.empty()) continue;
        std::string labels;
        for (const auto& [label, value] : series.labels) {
            if (label == "__name__" || !is_name(label)) continue;
            labels += (labels.empty() ? "" : ",") + label + "=" + exposition_string(value);
        }
        const std::string process =
            instance.empty() ? std::string() : fmt::format("{}/{}", series.label("job"), instance);
        by_process[process] +=
            fmt::format("{}{{{}}} {}\n", name, labels, value_text(series.samples.back().value));
    }
    std::vector<RawCounters> counters;
    for (auto& [process, text] : by_process) counters.push_back({process, std::move(text)});
    return counters;
}

}  // namespace qd::prometheus
