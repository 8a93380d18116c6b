#pragma once
// `opsd flag …`: feature flags of a running opsd, from the command line.
//
//   opsd flag list                                       one a line: what is served, and where it has come
//   opsd flag show KEY                                   variants, rules in words, reach, the last change
//   opsd flag history KEY                                who changed it when and why, the latest first
//   opsd flag set KEY --default VARIANT|--split A=10,B=90|--file FILE --reason TEXT [--dry-run]
//   opsd flag kill|restore KEY --reason TEXT [--dry-run]
//
// --split gives everybody a share of the variants, by targeting key, in place of all rules; FILE holds the
// flag as a document has it below its key (flags/document.hpp). All of them: [--url URL --token-file FILE |
// --data DIR]
// [--json]. Without --url it is the opsd of the site in DIR (its endpoints.json). --dry-run prints the exact
// request and sends none.

namespace qd::opsd {

/// `argv[0]` is "flag". Returns the exit code: 0, 1 refused or not found, 64 usage, 65 a file or a value that
/// makes no sense, 69 no opsd answers, 74 I/O.
int flag_command(int argc, char** argv);

}  // namespace qd::opsd
