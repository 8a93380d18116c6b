#pragma once
// What was changed on the site, as GET /api/v1/changes tells. Plain values and their decoding.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

struct Change {
    std::uint64_t seq = 0;
    std::string kind;     // "deploy", "config", "flag"
    std::string subject;  // what was changed
    std::string service;  // empty: the whole site's
    std::string text;     // a sentence
    std::string actor;
    core::WallTime at;

    bool operator==(const Change&) const = default;
};

/// Errc::invalid_argument with the field's name.
core::Result<Change> change_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
