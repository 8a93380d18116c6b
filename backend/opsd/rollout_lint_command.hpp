#pragma once
// `opsd rollout lint`: what is wrong in the files of a rollout, before anything is started.
//
//   opsd rollout lint FILE... [--json]      "-" is standard input
//
// On stdout each problem is `file:line: error|note: what, and what to do`, by file and line; nothing where
// there is none. Files are specifications in YAML or JSON: our own, or a team's Rollout and AnalysisTemplate
// for Argo Rollouts as they are. A rollout may use templates of the other files. As JSON:
//   {"errors", "notes", "files": [{"file", "unread": text or null,
//                                  "remarks": [{"line", "kind": "error"|"note", "text"}]}]}
// Files of at most 1 MiB; of a file at most 100 problems.

namespace qd::opsd {

/// `argv[0]` is "lint". Returns the exit code: 0 no error (notes are none), 1 an error, 2 a file that cannot
/// be read, whatever the others hold; 64 usage, 74 I/O.
int rollout_lint_command(int argc, char** argv);

}  // namespace qd::opsd
