#pragma once
// Files of SLO definitions in any of the formats that this house reads, told apart by what they say: "slos:"
// is our own (slo/document.hpp), apiVersion openslo/… OpenSLO, pyrra.dev/… Pyrra.

#include <filesystem>

#include "core/result.hpp"
#include "slo/interchange/reading.hpp"

namespace qd::slo::interchange {

/// Errc::config with "source:line: reason": what is wrong, what cannot be said, ids given twice, a file that
/// holds nothing or several formats. At most 1 MiB and 200 objectives. Pure.
core::Result<Reading> read_text(std::string text, std::string source);
/// The same of a file.
core::Result<Reading> read_definitions(const std::filesystem::path& file);

/// The objectives alone.
std::vector<Objective> objectives_of(Reading reading);

}  // namespace qd::slo::interchange
