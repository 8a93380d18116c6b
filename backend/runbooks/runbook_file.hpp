#pragma once
// Runbooks as Markdown files with a head in YAML, refused with the line and the reason:
//
//   ---
//   id: canary                        # a-z 0-9 '-'; the file's name when left out
//   title: A canary misbehaves
//   services: [gateway]               # when it applies (runbook.hpp); what is left out does not matter
//   objectives: ["playback-*"]
//   alerts: []
//   causes: [rollout]
//   severity: 2                       # for SEV1 and SEV2
//   ---
//   Any Markdown. Items of a numbered list, or of a list of check boxes, that begin at the margin are steps;
//   what is indented below belongs to them:
//
//   1. Look at the error ratio of both arms.
//
//      ```qd
//      action: chart
//      slo: playback-availability
//      ```
//   2. Take the traffic away: `qd: {action: rollout.abort}`
//   3. Tell the release manager.
//
// A step with a directive, fenced as "qd" or in one line as a code span that begins with "qd:", is run by
// opsd, at most one a step; the others are ticked by whoever did them. Actions and their parameters:
//
//   chart              slo             the objective's reading now; the console opens its chart
//   link               url, title      the console opens it
//   check              slo             passes when the objective is on target and no row fires
//                      path, expect    passes when GET on the site's gateway answers so (200)
//   silence.create     matchers, for   alerts with these labels (service="gateway", slo="…") are quiet: 30m, 2h
//                                      (an hour when left out)
//   rollout.pause      rollout         the one under way when it is left out; so for
//   rollout.back, rollout.ramp-down, rollout.abort, rollout.undo: traffic moves back to stable
//   rollout.promote: all traffic to the new version; rollout.rollback: to_version, one that was stable before
//   fault.end          fault           every one that acts when it is left out

#include <string>

#include "core/result.hpp"
#include "runbooks/runbook.hpp"

namespace qd::runbooks {

inline constexpr std::size_t max_file_bytes = 128 << 10;

/// `source` names the file in messages ("canary.md:12: …"). Errc::config.
core::Result<Runbook> parse_runbook(std::string_view text, const std::string& source);

}  // namespace qd::runbooks
