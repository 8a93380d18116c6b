#pragma once
// Everything there is to say about a specification's text, each with its line, instead of the first error
// alone: for whoever writes one. A team's own files for Argo Rollouts are read as they are. What is not done
// here is named: as an error where leaving it out would change what happens to traffic or how it is judged
// (`dryRun`, `valueFrom`, a provider that is not known), as a note where it would not
// (`revisionHistoryLimit`, names of Kubernetes services, `measurementRetention`).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {

struct Remark {
    enum class Kind { error, note };
    Kind kind = Kind::error;
    unsigned line = 1;  // from 1
    std::string text;   // "'setWeight' must be between 0 and 100"; at most about 2,000 bytes

    bool operator==(const Remark&) const = default;
};

std::string_view to_string(Remark::Kind kind);  // "error", "note"

struct SpecificationReading {
    std::optional<StartRequest> request;      // absent where there is an error, or no rollout
    std::vector<AnalysisTemplate> templates;  // those of this text that could be read, whatever else is wrong
    std::vector<Remark> remarks;              // by line, at most 100
    core::Errc code = core::Errc::invalid_argument;  // of what is wrong
    std::optional<Remark> first;                     // the error that was found first

    bool ok() const { return !first; }
};

struct ReadingOptions {
    bool with_request = false;                // `reason` and `override` may stand beside the others
    bool needs_rollout = true;                // else a text of templates alone is no error
    std::vector<AnalysisTemplate> elsewhere;  // of other files: a rollout that uses one gets a note
};

/// Never fails: what is wrong is among the remarks. Pure.
SpecificationReading read_specification(std::string_view text, const ReadingOptions& options = {});

}  // namespace qd::rollouts
