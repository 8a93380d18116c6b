#pragma once
// What HAProxy says of itself, read: "show servers state", "show stat", "show map". Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::haproxy {

enum class Admin { ready, drain, maint };

std::string_view to_string(Admin admin);

struct ServerState {
    bool up = false;  // takes traffic as far as its checks go
    Admin admin = Admin::ready;
    unsigned weight = 0;  // as set, 0..256; in drain none of it counts

    bool operator==(const ServerState&) const = default;
};

/// Of HTTP requests that are over.
struct AnswerCounts {
    std::uint64_t answered = 0;  // by the server, whatever it said; without 1xx, which come before an answer
    std::uint64_t failed = 0;    // of these: 5xx
    std::uint64_t unanswered = 0;  // it could not be connected to, or broke off

    bool operator==(const AnswerCounts&) const = default;
};

struct ServerCounts {
    std::uint64_t sessions = 0;                // requests it got, whatever for
    std::uint64_t balanced = 0;                // of these: drawn by weight
    std::uint64_t current = 0;                 // answered now
    std::optional<AnswerCounts> answers = {};  // nothing where HAProxy does not count them: no mode http

    bool operator==(const ServerCounts&) const = default;
};

using ServerStates = std::map<std::string, ServerState>;
using ServerCountsByName = std::map<std::string, ServerCounts>;

/// Server -> state, of `backend`. Errc::not_found when HAProxy knows no such backend; Errc::permission_denied
/// with what to change; Errc::corrupt on anything that is no such table.
core::Result<ServerStates> parse_servers_state(std::string_view text, std::string_view backend);
/// Server -> counts, of `backend`. Errc::corrupt.
core::Result<ServerCountsByName> parse_stat(std::string_view text, std::string_view backend);
/// What "show stat" says of a backend as it is configured.
struct BackendFacts {
    std::string mode;                    // "http", "tcp"
    std::string algorithm;               // "roundrobin"; empty when the socket's level hides it
    std::vector<std::string> unchecked;  // servers without a health check

    bool operator==(const BackendFacts&) const = default;
};
core::Result<BackendFacts> parse_facts(std::string_view text, std::string_view backend);

/// The value of a line "key: value" of "show info"; empty when there is none.
std::string parse_info(std::string_view text, std::string_view key);

/// The keys in the order of the file whose value is "canary". Errc::not_found for a map HAProxy has not
/// loaded.
core::Result<std::vector<std::string>> parse_map(std::string_view text, std::string_view file);

/// HAProxy says nothing when a command that changes something was done: anything else is a refusal.
core::Result<> parse_done(std::string_view text);

}  // namespace qd::haproxy
