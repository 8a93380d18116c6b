#pragma once
// A team's own words and rhythm, as opsd's YAML says:
//
//   status_templates:             # an audience left out keeps its built-in template
//     customers: |                # placeholders: status/draft.hpp; an unknown one is refused by name
//       Since {{started}} playback may fail. {{progress}}
//       Next update: {{next_update}}.
//   status_cadence_min:           # minutes from one update to the next; 0: none are owed
//     customers: {sev1: 60, sev2: 120, sev3: 0}   # left out: 30, 60, 240, 0
//
// Audiences: responders, stakeholders, customers.

#include <map>
#include <string>

#include "core/config.hpp"
#include "status/cadence.hpp"
#include "status/template.hpp"

namespace qd::status {

struct Settings {
    std::map<std::string, Template, std::less<>> templates;  // a team's own
    Cadence cadence;

    /// The team's own, or the built-in one.
    const Template& template_of(std::string_view audience) const;
};

/// Takes those keys from `reader`, which keeps the first error with its line.
Settings read_settings(core::ConfigReader& reader);

}  // namespace qd::status
