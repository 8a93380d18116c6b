#pragma once
// Feature flags as opsd tells them: each with who changed it last, and which processes serve it so. Plain
// values and their JSON.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "flags/flag.hpp"

namespace qd::opsclient {

/// A step of a flag's history, with the flag as it was from then on.
struct FlagChange {
    std::uint64_t revision = 0;  // of the whole set, by this change
    core::WallTime at;
    std::string action;  // "create", "set", "kill", "restore"
    std::string actor;
    std::string reason;
    flags::Flag flag;

    bool operator==(const FlagChange&) const = default;
};

/// How far a revision has come.
struct FlagReach {
    unsigned processes = 0;           // that evaluate flags and are ready
    unsigned reached = 0;             // of them, with this revision or a later one
    std::optional<double> after_s;    // from the change until all had it; nothing: not seen
    std::vector<std::string> behind;  // instances, at most 20

    bool operator==(const FlagReach&) const = default;
};

struct FlagView {
    FlagChange last;                            // its flag is the one in force
    FlagReach reach;                            // of last.revision
    std::map<std::string, std::string> pinned;  // instance -> the variant that its command line pins

    const flags::Flag& flag() const { return last.flag; }
    bool operator==(const FlagView&) const = default;
};

/// A process that evaluates flags, as it told when it was asked last.
struct FlagProcess {
    std::string instance, role, version;
    std::optional<std::uint64_t> revision;  // nothing: it did not say
    std::string error;                      // why it did not, or why it did not read the flags

    bool operator==(const FlagProcess&) const = default;
};

struct FlagList {
    std::uint64_t revision = 0;
    std::vector<FlagView> items;  // by key
    std::vector<FlagProcess> processes;

    bool operator==(const FlagList&) const = default;
};

/// "4 of 4 processes at revision 7, after 0.3 s", "3 of 4 processes at revision 7; not yet api-2".
std::string sentence(const FlagReach& reach, std::uint64_t revision);

/// What PUT /flags/{key} and the others take: {"reason"} and, to set, {"flag"} as a document has it.
std::string encode_flag_request(const std::string& reason, const flags::Flag* flag = nullptr);

nlohmann::json to_json(const FlagChange& change);
nlohmann::json to_json(const FlagView& view);
nlohmann::json to_json(const FlagList& list);
/// Errc::invalid_argument with the field's name.
core::Result<FlagChange> flag_change_from_json(const nlohmann::json& value);
core::Result<FlagView> flag_view_from_json(const nlohmann::json& value);
core::Result<FlagList> flag_list_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
