#pragma once
// What GET /logs?trace=|request= tells of one request.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

/// At least one of the ids. Without times: the last hour.
struct RequestLogQuery {
    std::string trace_id;
    std::string request_id;
    std::optional<core::WallTime> from;
    std::optional<core::WallTime> to;
    int limit = 200;  // 1..1,000
};

struct RequestLogLine {
    core::WallTime at{};
    std::string level;  // "debug", "info", "warning", "error"
    std::string service;
    std::string instance;
    std::string message;
    std::vector<std::pair<std::string, std::string>> fields;  // the others, in order of name; as text

    bool operator==(const RequestLogLine&) const = default;
};

/// One process's part in the request.
struct RequestSpan {
    std::string service;
    std::string instance;
    std::string name;  // "GET /media"
    std::string trace_id, span_id;
    core::WallTime started_at{};
    double duration_ms = 0;
    std::uint64_t status = 0;  // 0: the client went away first

    bool operator==(const RequestSpan&) const = default;
};

struct RequestLog {
    std::vector<RequestLogLine> lines;  // in order of time
    std::vector<RequestSpan> spans;     // the same
    bool complete = true;
    std::string stopped;  // why it is not: "lines", "bytes", "time", "files"
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    double took_s = 0;
};

/// Errc::invalid_argument naming the field that makes no sense.
core::Result<RequestLog> request_log_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
