// Mean time between failures: how long the site was up, by how often it was not.

#include <algorithm>

#include "learning/parts.hpp"

namespace qd::learning {
namespace {

using std::chrono::milliseconds;

struct Stretch {
    core::WallTime from, to;
    const Interval* first = nullptr;  // the interval that began it
};

/// In order, disjoint, cut to the bounds.
std::vector<Stretch> merged(std::vector<Stretch> all, core::WallTime from, core::WallTime to) {
    std::ranges::stable_sort(all, {}, &Stretch::from);
    std::vector<Stretch> joined;
    for (Stretch one : all) {
        one.from = std::max(one.from, from);
        one.to = std::min(one.to, to);
        if (one.from > one.to || one.from >= to) continue;
        if (!joined.empty() && one.from <= joined.back().to)
            joined.back().to = std::max(joined.back().to, one.to);
        else
            joined.push_back(one);
    }
    return joined;
}

milliseconds length(const std::vector<Stretch>& stretches) {
    milliseconds sum{0};
    for (const Stretch& one : stretches) sum += one.to - one.from;
    return sum;
}

/// Maintenance of a service is whatever takes one of its objectives out; that of the whole site takes all.
bool concerns(const slo::Exclusion& exclusion, const std::string& service, const Material& material) {
    if (exclusion.slos.empty()) return true;
    const auto out = [&](const Watched& one) { return exclusion.concerns(one.objective); };
    if (service.empty()) return !material.watched.empty() && std::ranges::all_of(material.watched, out);
    return std::ranges::any_of(material.watched,
                               [&](const Watched& one) { return one.service == service && out(one); });
}

/// What of [from, to) is in `others`, which are in order and disjoint.
milliseconds overlap(core::WallTime from, core::WallTime to, const std::vector<Stretch>& others) {
    milliseconds sum{0};
    auto one = std::ranges::upper_bound(others, from, {}, &Stretch::to);
    for (; one != others.end() && one->from < to; ++one)
        sum += std::min(one->to, to) - std::max(one->from, from);
    return sum;
}

}  // namespace

Reliability reliability(std::span<const Interval> intervals, const Query& query, const std::string& service,
                        const Material& material, core::WallTime now, bool whole) {
    Reliability found;
    Measure& measure = found.measure;
    measure.name = "MTBF";
    measure.title = "mean time between failures";
    measure.formula =
        "(counted time - impact - maintenance) / outages; episodes that overlap are one outage. "
        "Median and distribution are of the times from one outage's end to the next one's begin.";
    if (!material.counted_since) {
        measure.note = "Nothing has been counted yet: whether the site was up is not known.";
        return found;
    }
    const core::WallTime from = std::max(query.from, *material.counted_since);
    const core::WallTime to = std::min(query.to, now);
    if (from >= to) {
        measure.note = "Counting began after this range.";
        return found;
    }
    std::vector<Stretch> down, out;
    for (const Interval& interval : intervals)
        if (interval.episode().started_at >= from && interval.episode().started_at < to)
            down.push_back(
                {interval.episode().started_at, interval.episode().resolved_at.value_or(to), &interval});
    for (const slo::Exclusion& exclusion : material.exclusions)
        if (concerns(exclusion, service, material)) out.push_back({exclusion.from, exclusion.to});
    down = merged(std::move(down), from, to);
    out = merged(std::move(out), from, to);

    Uptime& uptime = found.uptime;
    uptime.counted_from = from;
    uptime.impact = length(down);
    uptime.outages = down.size();
    milliseconds both{0};
    for (const Stretch& one : down) both += overlap(one.from, one.to, out);
    uptime.maintenance = length(out) - both;
    uptime.up = (to - from) - uptime.impact - uptime.maintenance;
    if (from > query.from)
        measure.note =
            fmt::format("Counting began {}: the time before is not known.", core::format_rfc3339(from));
    if (down.empty()) {
        if (!measure.note.empty()) measure.note += ' ';
        measure.note += "No outage: there is no time between failures to tell.";
        return found;
    }
    measure.mean = uptime.up / std::int64_t(down.size());
    std::vector<milliseconds> gaps;
    std::vector<Timed> timed;
    for (std::size_t i = 1; i < down.size(); ++i) {
        const core::WallTime begin = down[i - 1].to, end = down[i].from;
        const milliseconds gap = (end - begin) - overlap(begin, end, out);
        gaps.push_back(gap);
        if (!whole) continue;
        timed.push_back({end, gap});
        measure.sources.push_back(source_of(*down[i].first, gap));
    }
    measure.sources_total = gaps.size();
    std::ranges::reverse(measure.sources);
    if (measure.sources.size() > most_sources) measure.sources.resize(most_sources);
    measure.spread = distribution(std::move(gaps));
    if (whole) add_course(measure, timed, query);
    return found;
}

}  // namespace qd::learning
