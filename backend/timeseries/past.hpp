#pragma once
// Stored history as a replay wants it (slo/replay.hpp).

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "slo/objective.hpp"
#include "slo/replay.hpp"
#include "timeseries/tiers.hpp"

namespace qd::timeseries {

/// The name under which a counter file keeps the seconds in which somebody looked; no SLO's.
inline constexpr const char* looks_name = "*";
inline constexpr const char* looks_definition = "rounds of scrapes";

/// What `counted` holds of [from_s, to_s), with the looks that `looks` has counted. Both at the same moment.
slo::Past past_of(const Tiers& counted, const Tiers& looks, std::int64_t from_s, std::int64_t to_s);

/// A counter file that is only read, also while an opsd writes to it. What is asked for is read when it is
/// asked for. Thread-safe.
class PastFile {
public:
    /// Errc::not_found without such a file, Errc::corrupt for another version, Errc::io.
    static core::Result<PastFile> open(const std::filesystem::path& file);

    /// History of what `objective` counts: of its id, or of another one with the same definition.
    /// Errc::not_found, naming what is stored, when nothing was counted so; Errc::io.
    core::Result<slo::Past> past(const slo::Objective& objective, std::int64_t from_s,
                                 std::int64_t to_s) const;

private:
    struct Kept {
        std::string slo;
        std::string definition;
    };

    std::filesystem::path file_;
    std::vector<Kept> kept_;
};

}  // namespace qd::timeseries
