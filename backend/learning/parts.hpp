#pragma once
// The parts of a report. For this room's .cpp files only.

#include "learning/report.hpp"

namespace qd::learning {

/// An episode that counts.
struct Interval {
    const incidents::Incident* incident;
    std::size_t index;  // from 0

    const incidents::Episode& episode() const { return incident->episodes[index]; }
};

/// Those of the query, the newest first.
std::vector<Interval> intervals_of(std::span<const incidents::Incident> incidents, const Query& query);
Source source_of(const Interval& interval, std::chrono::milliseconds value);

/// MTTD to MTTR of these intervals; without `whole` neither their sources nor their course.
std::vector<Measure> time_measures(std::span<const Interval> intervals, const Query& query, bool whole);
/// MTBF of these intervals, which are of `service` (empty: of all), and what it was made from.
struct Reliability {
    Measure measure;
    Uptime uptime;
};
Reliability reliability(std::span<const Interval> intervals, const Query& query, const std::string& service,
                        const Material& material, core::WallTime now, bool whole);
/// Fills in buckets and the trend.
void add_course(Measure& measure, std::span<const Timed> values, const Query& query);
std::string_view bucket_name(const Query& query);

std::vector<Factor> factors_of(std::span<const Interval> intervals, const Material& material,
                               std::string& note);
Delivery delivery_of(std::span<const Interval> intervals, const Query& query, const Material& material,
                     core::WallTime now);

}  // namespace qd::learning
