#include <array>
#include <stdexcept>
#include <utility>

#include "postmortems/template.hpp"

namespace qd::postmortems {
namespace {

constexpr std::string_view five_sections = R"(# Five sections
## Summary
<!-- What happened and what it meant for users, for somebody who was not there. -->
{{summary}}

### Impact

{{impact}}

{{charts}}

### Times

{{measures}}

### Roles

{{roles}}
## Timeline
<!-- Facts, each with its evidence; it begins before anybody knew. Corrections belong into the journal. -->
{{timeline}}
## Root Cause
<!-- Why it could happen, and what contributed. Systems and processes, not people. -->
{{suspects}}

### Contributing factors

{{factors}}
## Action Items
<!-- A deed, an owner, a due date and a test for done. Declined ones stay, with the reason. -->
{{action_items}}
## Lessons Learned
<!-- What to keep, what to change, and where it could have gone worse. -->
{{lessons}}
)";

constexpr std::string_view google = R"(# Google
## Status
<!-- Who wrote it, and how far it is. -->
Incident {{incident}}, {{severity}}. Post-mortem {{review_state}}, by {{author}}; due {{due}}.

{{reviewers}}
## Summary
<!-- Two or three sentences. -->
{{summary}}
## Impact
<!-- In numbers: users, requests, revenue. -->
{{impact}}

{{charts}}
## Root Causes
<!-- What in the design, the code or the process made it possible. -->
{{suspects}}

{{factors}}
## Trigger
<!-- What set it off this time. -->
## Resolution
<!-- What was done to end it. -->
## Detection
<!-- What noticed it, and how late. -->
{{measures}}
## Action Items
<!-- Each with its kind: prevent, detect, mitigate, process. -->
{{action_items}}
## Lessons Learned
<!-- What went well, what went wrong, where we got lucky. -->
{{lessons}}
## Timeline
<!-- UTC, with evidence. -->
{{timeline}}
## Supporting Information
<!-- Links to dashboards, logs and messages. -->
{{roles}}
)";

constexpr std::string_view pagerduty = R"(# PagerDuty
## Overview
<!-- One paragraph for everybody in the company. -->
{{summary}}
## What Happened
<!-- The story in the order in which it happened. -->
## Contributing Factors
<!-- All of them: there is rarely one cause. -->
{{suspects}}

{{factors}}
## Resolution
<!-- What ended it, and what was tried before. -->
## Impact
<!-- Time at each severity, affected users, support requests. -->
It lasted {{duration}}; time at each severity: {{severity_times}}.

{{impact}}

{{charts}}

{{measures}}
## Responders
<!-- Who took part, in which role. -->
{{roles}}
## Timeline
<!-- Time (UTC), event, and a link to the data behind it. -->
{{timeline}}
## How'd We Do?
<!-- What went well, and what did not. -->
### What went well

{{went_well}}

### What didn't go so well

{{went_poorly}}
## Action Items
<!-- Each actionable, specific and bounded. -->
{{action_items}}
## Messages
<!-- What was told inside and outside. -->
{{messages}}
)";

constexpr std::string_view howie = R"(# Howie
## Narrative
<!-- What it was like: what people saw, knew and decided, in their own words. -->
{{summary}}
## Points of View
<!-- Several people's accounts side by side; where they differ is where to look. -->
## How the Work Was Done
<!-- What made sense at the time, which trade-offs were made, what people leant on. -->
{{timeline}}
## Themes
<!-- Two to five: coordination, knowledge, tooling, pressure, … with what shows each of them. -->
{{factors}}
## Impact
<!-- What users felt, measured. -->
{{impact}}

{{charts}}

{{measures}}
## Takeaways and Learnings
<!-- What we know now and did not before. -->
{{lessons}}
## Follow-up
<!-- Kept apart from the learning: what is to be done, by whom, until when. -->
{{action_items}}
)";

Template builtin(std::string_view name, std::string_view text) {
    auto read = parse_template(text, std::string(name), std::string(name) + ".md");
    if (!read) throw std::logic_error(read.error().message);
    read->origin = "built-in";
    return std::move(*read);
}

}  // namespace

const std::vector<Template>& builtin_templates() {
    static const std::vector<Template> all{builtin(default_template, five_sections),
                                           builtin("google", google), builtin("pagerduty", pagerduty),
                                           builtin("howie", howie)};
    return all;
}

}  // namespace qd::postmortems
