#pragma once
// What is told to the world outside of one phase of one alert. A plain value: this room knows no SLO.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::notify {

enum class Phase { firing, resolved };

std::string_view to_string(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

struct Notice {
    std::string alert_id;  // 1 to 256 bytes; the same in both phases and after a restart
    Phase phase = Phase::firing;
    std::string slo;      // the objective's id
    std::string service;  // may be empty
    std::string row;      // what of the objective fired: "10s/60s"
    int severity = 2;     // 1 (complete outage) to 4 (cosmetic)
    core::WallTime starts_at{};
    std::optional<core::WallTime> ends_at;  // when resolved, not before starts_at
    std::string summary;                    // one line
    std::string description;                // with the numbers

    bool operator==(const Notice&) const = default;
};

/// Errc::invalid_argument naming the field.
core::Result<> check(const Notice& notice);

/// {"id","phase","slo","service","row","severity","starts_at","ends_at" or null,"summary","description"}
nlohmann::json to_json(const Notice& notice);
core::Result<Notice> notice_from_json(const nlohmann::json& value);

}  // namespace qd::notify
