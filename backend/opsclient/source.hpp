#pragma once
// Where the figures of objectives come from, as GET /api/v1/sources tells. Plain values and their decoding.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

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

    bool operator==(const Source&) const = default;
};

/// Errc::invalid_argument with the field's name.
core::Result<Source> source_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
