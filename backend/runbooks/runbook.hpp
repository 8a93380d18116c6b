#pragma once
// A runbook: what to do when this happens, step by step. Values, and their JSON on the wire.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/strong_id.hpp"
#include "runbooks/action.hpp"

namespace qd::runbooks {

using RunbookId = core::StrongId<struct RunbookTag>;

inline constexpr std::size_t max_steps = 100;

struct Step {
    std::string id;     // a-z 0-9 '-', at most 64: made of the title, so that it survives a new order
    std::string title;  // its first line, without marks
    std::string text;   // Markdown of the whole step, without the directive
    std::optional<Action> action;  // nothing: a person does it and ticks it

    bool operator==(const Step&) const = default;
};

/// When it applies. What is empty does not matter; of each list one match is enough. "a*" matches beginnings.
struct Applies {
    std::vector<std::string> services;
    std::vector<std::string> alerts;      // ids
    std::vector<std::string> objectives;  // ids of SLOs
    std::vector<std::string> causes;      // kinds of suspects: rollout, chaos, deploy, config, flag
    int severity = 4;                     // for incidents of SEV1 to this

    bool operator==(const Applies&) const = default;
};

struct Runbook {
    RunbookId id;  // a-z 0-9 '-', at most 64
    std::string title;
    Applies applies;
    std::string markdown;  // the body, directives replaced by what they do
    std::vector<Step> steps;

    const Step* find(const std::string& step) const;
    bool operator==(const Runbook&) const = default;
};

/// With `whole` the Markdown, too.
nlohmann::json to_json(const Runbook& runbook, bool whole);
/// Errc::invalid_argument names the field that does not fit.
core::Result<Runbook> runbook_from_json(const nlohmann::json& value);

}  // namespace qd::runbooks
