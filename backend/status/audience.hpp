#pragma once
// Who is told how an incident stands. Each audience has words, a rhythm and destinations of its own.

#include <span>
#include <string_view>

namespace qd::status {

inline constexpr std::string_view responders = "responders";  // who works on it
inline constexpr std::string_view stakeholders =
    "stakeholders";  // who answers for the service: executives, support
inline constexpr std::string_view customers = "customers";  // who uses it

/// In that order.
std::span<const std::string_view> audience_names();
bool is_audience(std::string_view name);
/// For people: "Responders", "Stakeholders and executives", "Customers".
std::string_view title_of(std::string_view audience);

}  // namespace qd::status
