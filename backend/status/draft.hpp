#pragma once
// What there is to say of an incident, in the words of a template. Pure.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "incidents/incident.hpp"
#include "status/template.hpp"

namespace qd::status {

/// A name that templates may use, and what stands for it.
struct Placeholder {
    std::string_view name;
    std::string_view meaning;
};
/// incident, title, service, severity, meaning, impact, state, progress, commander, started, detected,
/// duration, suspects, last_update, next_update, now.
std::span<const Placeholder> placeholders();
std::span<const std::string_view> placeholder_names();

/// The built-in template of an audience.
const Template& default_template(std::string_view audience);

/// A value for each placeholder. `interval`: until the next update after this one; nothing: none is promised.
Values values_of(const incidents::Incident& incident, std::optional<std::chrono::minutes> interval,
                 core::WallTime now);

/// The one line above an update: customers are told no severity.
std::string headline(const incidents::Incident& incident, std::string_view audience);

/// "2026-11-25 23:05 UTC".
std::string clock_words(core::WallTime at);

}  // namespace qd::status
