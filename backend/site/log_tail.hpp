#pragma once
// The last words of a process that did not start.

#include <cstdint>
#include <filesystem>
#include <string>

namespace qd::site {

/// The last five lines (2,000 bytes at most) of what `log` holds from `begin` on, joined to one; empty when
/// there is nothing or it cannot be read.
std::string last_lines(const std::filesystem::path& log, std::uintmax_t begin);

}  // namespace qd::site
