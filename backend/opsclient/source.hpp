#pragma once
// Where the figures of objectives come from, as GET /api/v1/sources tells. Plain values and their decoding.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

/// What of the past, from before a source was read, has been fetched.
struct Backfill {
    std::uint64_t left_s = 0;    // of all its objectives, still to be asked for
    std::uint64_t filled_s = 0;  // since opsd's start
    std::string reason;          // why some of it cannot be had; empty: nothing is known to be wrong

    bool operator==(const Backfill&) const = default;
};

struct Source {
    std::string name;                           // "site" is the site's own scrape
    std::string kind;                           // "scrape" or "prometheus"
    std::string url;                            // empty for a scrape
    std::string health;                         // unknown | up | slow | partial | skewed | lost
    std::vector<std::string> reasons;           // one for each trouble, the worst first
    std::optional<core::WallTime> since;        // of this health; nothing: never asked
    std::optional<core::WallTime> answered_at;  // the last time; nothing: never
    std::optional<double> took_s;               // of the last answer
    std::optional<double> ahead_s;              // its clock minus ours, within half a second
    std::vector<std::string> objectives;        // ids of those that read it
    std::optional<Backfill> backfill;           // nothing: it has no past to tell of

    bool operator==(const Source&) const = default;
};

/// Errc::invalid_argument with the field's name.
core::Result<Source> source_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
