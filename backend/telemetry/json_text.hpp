#pragma once
// JSON written by hand where a line is built per request: appending to a string is all it costs.

#include <string>
#include <string_view>

namespace qd::telemetry {

/// Appends `text` in quotes with everything escaped that RFC 8259 (section 7) asks for. Bytes that are no
/// UTF-8 become U+FFFD, so that the result is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

/// Appends a number; what JSON cannot say (NaN, infinities) becomes null.
void append_json_number(std::string& out, double value);

}  // namespace qd::telemetry
