#pragma once
// A runbook beside an incident: why it applies and how far it is, and what running a step takes and answers.
// Values and their JSON.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runbooks/match.hpp"
#include "runbooks/progress.hpp"

namespace qd::runbooks {

struct Guide {
    Runbook runbook;
    std::string source;
    std::string problem;
    bool applies = false;
    std::vector<std::string> reasons;
    std::map<std::string, StepProgress> steps;  // by the step's id; absent: to do

    StepProgress of(const std::string& step) const;
    bool operator==(const Guide&) const = default;
};

/// POST …/steps/{step}/run.
struct RunRequest {
    std::string reason;                             // needed with confirm, at most 2,000 bytes
    bool confirm = false;                           // false: only say what would be sent
    std::map<std::string, std::string> parameters;  // instead of the file's
    std::string outcome;                            // "done" | "skipped": ticked by hand; empty: run
};

struct RunAnswer {
    bool confirmed = false;
    std::string summary;             // what it does, in a sentence
    std::vector<std::string> sends;  // exactly what is sent
    std::string refusal;  // why it does not apply, or may not be done by this person; empty: it may
    std::string role;     // needed at least
    std::string outcome;  // "done" | "failed" | "skipped" once confirmed
    std::string text;     // what came back

    bool operator==(const RunAnswer&) const = default;
};

nlohmann::json to_json(const Guide& guide);
core::Result<Guide> guide_from_json(const nlohmann::json& value);
nlohmann::json to_json(const RunRequest& request);
/// Errc::invalid_argument names the field that does not fit.
core::Result<RunRequest> decode_run_request(std::string_view text);
nlohmann::json to_json(const RunAnswer& answer);
core::Result<RunAnswer> answer_from_json(const nlohmann::json& value);

}  // namespace qd::runbooks
