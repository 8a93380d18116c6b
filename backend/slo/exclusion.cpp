#include "slo/exclusion.hpp"

#include <algorithm>

namespace qd::slo {
namespace {

Span widened(const Exclusion& exclusion) {
    const auto from = std::chrono::floor<std::chrono::minutes>(exclusion.from.time_since_epoch());
    const auto to = std::chrono::ceil<std::chrono::minutes>(exclusion.to.time_since_epoch());
    return {std::chrono::seconds(from).count(), std::chrono::seconds(to).count()};
}

}  // namespace

bool Exclusion::concerns(const SloId& slo) const {
    return slos.empty() || std::ranges::find(slos, slo) != slos.end();
}

core::Result<> check(const Exclusion& exclusion, const std::vector<Objective>& objectives) {
    using core::Errc;
    if (exclusion.from >= exclusion.to) return core::fail(Errc::invalid_argument, "from: must be before to");
    if (exclusion.to - exclusion.from > std::chrono::seconds(longest_exclusion_s))
        return core::fail(Errc::invalid_argument, "to: an exclusion lasts {} days at most",
                          longest_exclusion_s / 86'400);
    if (exclusion.reason.empty() || exclusion.reason.size() > 500)
        return core::fail(Errc::invalid_argument, "reason: must have 1 to 500 bytes");
    for (const SloId& id : exclusion.slos)
        if (std::ranges::none_of(objectives, [&](const Objective& known) { return known.id == id; }))
            return core::fail(Errc::invalid_argument, "objectives: there is no SLO '{}'",
                              id.value.substr(0, 64));
    return {};
}

std::vector<Span> excluded_spans(const std::vector<Exclusion>& exclusions, const SloId& slo) {
    std::vector<Span> spans;
    for (const Exclusion& exclusion : exclusions)
        if (exclusion.concerns(slo)) spans.push_back(widened(exclusion));
    std::ranges::sort(spans, {}, &Span::from_s);
    std::vector<Span> merged;
    for (const Span& span : spans)
        if (!merged.empty() && span.from_s <= merged.back().to_s)
            merged.back().to_s = std::max(merged.back().to_s, span.to_s);
        else
            merged.push_back(span);
    return merged;
}

std::vector<std::int64_t> excluded_edges(const std::vector<Exclusion>& exclusions, const SloId& slo) {
    std::vector<std::int64_t> edges;
    for (const Exclusion& exclusion : exclusions) {
        if (!exclusion.concerns(slo)) continue;
        const Span span = widened(exclusion);
        edges.push_back(span.from_s);
        edges.push_back(span.to_s);
    }
    return edges;
}

}  // namespace qd::slo
