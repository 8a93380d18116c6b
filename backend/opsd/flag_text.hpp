#pragma once
// Feature flags as lines of text, for the command line. Pure.

#include <string>

#include "opsclient/flags.hpp"

namespace qd::opsd {

/// "uploads.enabled                  on          enabled  4 of 4 processes at revision 7, after 0.3 s",
/// without an end of line.
std::string line_of(const opsclient::FlagView& view);
std::string text_of(const opsclient::FlagView& view);
/// "7     2026-11-26T14:00:00.000Z  kill     kim: the disk is full", without an end of line.
std::string line_of(const opsclient::FlagChange& change);

}  // namespace qd::opsd
