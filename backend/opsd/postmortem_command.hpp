#pragma once
// `opsd postmortem`: a post-mortem out of a site's files, while its opsd runs or not, and the checks on any
// Markdown file.

namespace qd::opsd {

/// opsd postmortem ID [--format md|html|json] [--template T] [--data DIR] [--slos FILE…] [--output FILE]
/// opsd postmortem check FILE…   file:line: rule: text on standard output; 65 with findings
/// opsd postmortem verify [--data DIR]   the hash chains; 1 when a row was altered
/// argv[0] is "postmortem". Answers with the exit code.
int postmortem_command(int argc, char** argv);

}  // namespace qd::opsd
