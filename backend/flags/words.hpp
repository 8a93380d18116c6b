#pragma once
// Flags in words, for people. Pure.

#include <string>

#include "flags/flag.hpp"

namespace qd::flags {

/// "true", "480", "on".
std::string text_of(const Value& value);
/// "version is before 2.1.0", "country is one of de, at".
std::string text_of(const Condition& condition);
/// "when version is before 2.1.0 and arm is canary: sd", "for everybody: sd 10 %, all 90 %".
std::string text_of(const Rule& rule);
/// What somebody gets to whom no rule applies, or everybody: "all", "240p (killed)", "the code's own value
/// (killed)".
std::string served_of(const Flag& flag);

}  // namespace qd::flags
