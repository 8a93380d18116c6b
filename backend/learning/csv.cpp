#include <fmt/format.h>

#include "learning/codec.hpp"

namespace qd::learning {
namespace {

std::string cell(std::string_view text) {
    std::string safe;
    // Spreadsheets take these for the beginning of a formula, whatever the file's type.
    if (!text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos)
        safe += '\'';
    safe += text;
    if (safe.find_first_of(",\"\r\n;") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (const char c : safe) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string joined(const std::vector<std::uint64_t>& seqs) {
    std::string text;
    for (const std::uint64_t seq : seqs) text += (text.empty() ? "" : " ") + std::to_string(seq);
    return text;
}

}  // namespace

std::string to_csv(const Report& report) {
    std::string csv = "measure,formula,incident,title,service,severity,episode,started_at,seconds,events\r\n";
    for (const Measure& measure : report.measures)
        for (const Source& source : measure.sources)
            // A number may be negative: it is written as one, never as text.
            csv += fmt::format("{},{},{},{},{},{},{},{},{:.3f},{}\r\n", cell(measure.name),
                               cell(measure.formula), cell(source.incident), cell(source.title),
                               cell(source.service), to_string(source.severity), source.episode,
                               core::format_rfc3339(source.at), double(source.value.count()) / 1e3,
                               joined(source.events));
    return csv;
}

}  // namespace qd::learning
