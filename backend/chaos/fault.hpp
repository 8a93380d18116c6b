#pragma once
// A fault as a value, and its JSON (wire: "chaos/faults"). Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/strong_id.hpp"

namespace qd::chaos {

using FaultId = core::StrongId<struct FaultTag>;

enum class FaultKind {
    delay,      // amount: milliseconds before the request is served
    error,      // amount: the status answered instead, 400..599; 0 means 503
    reset,      // the connection is reset without an answer
    corrupt,    // bits of media bodies are flipped; amount: how many per answer; 0 means 1
    kill,       // a process is killed: for whoever owns processes, a filter does nothing
    partition,  // requests hang, then fail, as if the network were cut; amount: milliseconds, 0 means 30,000
    playlist,   // media playlists name segments that do not exist and too short a target duration
    leak,       // each request takes memory that is kept until the fault ends; amount: KiB, 0 means 64
    crash,      // the process dies; amount: seconds after its start, each time it is started
    hang,       // the process answers nothing, health included; amount: seconds after its start
    no_start,   // the process says why and exits with code 78 instead of starting
};

/// Of a whole process from its birth: a filter does nothing for these, and `ratio` means nothing to them.
bool is_of_process(FaultKind kind);
/// "delay, error, …": what a version can be born with; for messages.
std::string born_fault_kinds();

std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view text);

/// Whom a fault is for; an empty field means any.
struct FaultTarget {
    std::string role;      // "api", "gateway", …
    std::string version;   // "v2"
    std::string instance;  // "api-3"
    std::string route;     // a prefix of the path: "/media/"

    bool operator==(const FaultTarget&) const = default;
};

struct Fault {
    FaultId id;
    FaultTarget target;
    FaultKind kind = FaultKind::delay;
    double amount = 0;           // by kind, see there
    double ratio = 1;            // share of the requests, 0 < ratio <= 1
    core::Seconds duration{60};  // 0 < duration <= 86,400: a fault always ends by itself
    core::WallTime started_at{};
    core::WallTime ends_at{};

    bool operator==(const Fault&) const = default;
};

/// Errc::invalid_argument with the field and the range it must be in.
core::Result<> validate(const Fault& fault);

/// One fault as wire JSON; a `route` may stand beside the kind where there is no target; unknown fields are
/// ignored, times are optional. Bounded: 16 KiB.
core::Result<Fault> parse_fault(std::string_view json);
/// {"id","target":{"role","version","instance","route"},"kind","amount","ratio","for_s","started_at","ends_at"}
std::string to_json(const Fault& fault);
/// {"items":[…],"next":null}
std::string to_json(const std::vector<Fault>& faults);

}  // namespace qd::chaos
