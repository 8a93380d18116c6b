#pragma once
// Rollouts as lines of text, for the command line. Pure.

#include <string>

#include "rollouts/action_codec.hpp"
#include "rollouts/policy.hpp"
#include "rollouts/rollout.hpp"

namespace qd::opsd {

/// "RO-3     v2               canary     paused        10 %  paused until resumed", without an end of line.
std::string line_of(const rollouts::Rollout& rollout);
/// The same of one that has ended: how, how long it took, who and why.
std::string history_line_of(const rollouts::Rollout& rollout);
std::string text_of(const rollouts::Rollout& rollout);
/// `own`: what is sent to opsd for it, as "POST /api/v1/… {…}".
std::string text_of(const rollouts::ActionPreview& preview, const std::string& own);
std::string text_of(const rollouts::PolicyPicture& picture);

}  // namespace qd::opsd
