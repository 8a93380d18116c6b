// Reports as the wire has them: refused with a reason, or read, and given back the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "learning/codec.hpp"
#include "learning/compile.hpp"

using namespace qd::learning;

namespace {

/// Two incidents, the first with a name that a spreadsheet would run.
Report sample() {
    std::vector<qd::incidents::Incident> incidents(2);
    for (int i = 0; i < 2; ++i) {
        auto& one = incidents[std::size_t(i)];
        one.id = qd::incidents::IncidentId(i == 0 ? "=1+1" : "INC-2");
        one.service = "gateway";
        one.title = "Stalls, \"again\"";
        const qd::core::WallTime at{std::chrono::hours(480'000 + 5 * i)};
        one.started_at = at;
        one.detected_at = at + std::chrono::seconds(30);
        one.episodes = {{at, one.detected_at, {}, {}, at + std::chrono::hours(1)}};
    }
    Material material;
    material.incidents = incidents;
    material.counted_since = qd::core::WallTime(std::chrono::hours(479'990));
    const qd::core::WallTime end{std::chrono::hours(480'100)};
    return compile({*material.counted_since, end, {}, {}}, end, material);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    const auto report = report_from_json(value);
    if (!report) {
        if (report.error().message.empty()) std::abort();
        return 0;
    }
    const auto again = report_from_json(to_json(*report));
    if (!again || again->measures.size() != report->measures.size() || again->costs != report->costs)
        std::abort();
    // No cell of the table is a formula.
    const std::string csv = to_csv(*report);
    bool quoted = false, begins = true;
    for (const char c : csv) {
        if (begins && !quoted && (c == '=' || c == '@' || c == '+')) std::abort();
        if (c == '"') quoted = !quoted;
        begins = !quoted && (c == ',' || c == '\n');
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {to_json(sample()).dump(),
            R"({"from":"2027-01-15T08:05:00Z","to":"2027-01-15T08:30:00Z","as_of":"2027-01-15T08:30:00Z"})"};
}

}  // namespace qd::fuzz
