#pragma once
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace qd::opsclient {

/// An Alertmanager that opsd reads: one entry of GET /alertmanagers.
struct Alertmanager {
    std::string name;
    std::string url;
    std::optional<core::WallTime> answered_at;  // the last time
    std::string error;                          // why it could not be read since; empty: it can

    bool operator==(const Alertmanager&) const = default;
};

}  // namespace qd::opsclient
