#pragma once
// `opsd rollout …`: rollouts of a running opsd, from the command line.
//
//   opsd rollout list [--state open|ended|PHASE] [--limit N]     one a line, the latest first
//   opsd rollout history [--limit N]                             those that ended: how, how long, who and why
//   opsd rollout show ID                                         what it does, its traffic, verdict and audit
//   opsd rollout next|resume|pause|back|promote|ramp-down|abort|undo|approve ID|--group NAME
//                [--reason TEXT] [--override] [--dry-run]
//   opsd rollout start FILE [--reason TEXT] [--override] [--dry-run]
//   opsd rollout rollback ID --to VERSION --reason TEXT [--dry-run]
//   opsd rollout policy                                          what is frozen, and what will be
//   opsd rollout lint FILE…                                      see rollout_lint_command.hpp; asks no opsd
//
// All of them: [--url URL --token-file FILE | --data DIR] [--json]. Without --url it is the opsd of the site in DIR
// (its endpoints.json). --dry-run prints the exact requests and sends none.

namespace qd::opsd {

/// `argv[0]` is "rollout". Returns the exit code: 0, 1 refused or not found, 64 usage, 65 a specification or a
/// value that makes no sense, 69 no opsd answers, 74 I/O.
int rollout_command(int argc, char** argv);

}  // namespace qd::opsd
