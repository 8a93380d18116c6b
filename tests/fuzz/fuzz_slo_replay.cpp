// Requests to replay an objective otherwise: refused with a reason, or carried out within their bounds.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "slo/codec_replay.hpp"
#include "support/slo_samples.hpp"

using namespace qd::slo;

namespace {

constexpr std::int64_t begin_s = 1'800'000'000;

/// Half an hour of seconds and, before it, minutes and hours: with errors, a total failure and gaps.
const Past& stored() {
    static const Past past = [] {
        Past made{{}, {{7'200, 1}, {7 * 86'400, 60}, {93 * 86'400, 3'600}}, begin_s - 4'000};
        for (std::int64_t at = begin_s - 20 * 3'600; at < begin_s - 3'600; at += 3'600)
            made.cells.push_back({at, 3'600, {71'000, 72'000}, 3'500, 3'600});
        for (std::int64_t at = begin_s - 3'600; at < begin_s; at += 60)
            made.cells.push_back({at, 60, {1'190, 1'200}, 60, 60});
        for (std::int64_t second = 0; second < 1'800; ++second) {
            if (second >= 700 && second < 760) continue;
            const std::uint64_t bad = second >= 1'200 && second < 1'230 ? 20 : second % 300 < 40 ? 3 : 0;
            made.cells.push_back({begin_s + second, 1, {20 - bad, 20}, second % 11 != 0, 1});
        }
        return made;
    }();
    return past;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    const auto request = replay_request_from_json(value);
    if (!request) {
        if (request.error().message.empty()) std::abort();
        return 0;
    }
    std::vector<std::string> limits;
    const auto objective = changed(qd::test::availability(), *request, limits);
    if (!objective) {
        if (objective.error().message.empty()) std::abort();
        return 0;
    }
    if (!check(*objective)) std::abort();
    const auto result =
        replay(*objective, stored(), request->excluded.value_or(std::vector<Span>{}), *request);
    if (!result) {
        if (result.error().message.empty()) std::abort();
        return 0;
    }
    if (result->points.size() > std::size_t(request->points) || result->alerts.size() > max_replayed_alerts)
        std::abort();
    Counts sum, all;
    for (const ReplayPoint& point : result->points) {
        if (point.counts.good > point.counts.total) std::abort();
        if (point.remaining && (*point.remaining > 1 || !point.lowest || *point.lowest > *point.remaining))
            std::abort();
        sum += point.counts;
    }
    for (const PastCell& cell : stored().cells) all += cell.counts;
    if (sum.total > all.total || sum.good > all.good) std::abort();
    // What is answered can be read by who asked.
    if (!replay_from_json(to_json(*result))) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    // 1,800,000,000 is 2027-01-15T08:00:00Z.
    return {
        R"({"from":"2027-01-15T08:05:00Z","to":"2027-01-15T08:30:00Z"})",
        R"({"from":"2027-01-15T08:05:00Z","to":"2027-01-15T08:25:00Z","points":30,"objective_percent":99.9,"window_s":900,"outage":true})",
        R"({"from":"2027-01-14T20:00:00Z","to":"2027-01-15T08:30:00Z","points":300,"window_s":36000,"rows":[{"short_s":10,"long_s":60,"factor":2,"min_events":5},{"short_s":300,"long_s":3600,"factor":13.4,"min_events":20,"min_bad":3,"severity":1,"clear_share":0.5,"clear_s":30}]})",
        R"({"from":"2027-01-15T08:00:00Z","to":"2027-01-15T08:30:00Z","exclusions":[{"from":"2027-01-15T08:20:00Z","to":"2027-01-15T08:21:00Z"},{"from":"2027-01-15T08:02:30Z","to":"2027-01-15T08:03:00Z"}],"outage":false})"};
}

}  // namespace qd::fuzz
