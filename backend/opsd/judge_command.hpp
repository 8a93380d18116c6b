#pragma once
// `opsd judge`: is the experiment worse than the control? Samples in, the verdict with its numbers out.
//
//   opsd judge --control A.csv --experiment B.csv [--baseline C.csv] --kind ratio|latency
//              [--confidence 0.95] [--min-sample 100] [--max-increase X] [--any-time]
//
// ratio: each row is one request, `0`/`good` or `1`/`bad`, or a pair of counts, `bad,total`; rows are added
// up. latency: each row is one number. A first row that is no number is a heading; empty rows and those that
// begin with '#' are passed over. At most 64 MiB and 1,000,000 rows a file, a million million requests in
// all.
// --max-increase is what is borne: of the ratio in points of 1 (0.005), of latencies as a share of the
// control's median (0.1). With --baseline the experiment is compared with the baseline, and the control is
// shown. ratio: the test holds however often the same rollout is judged. latency: one look, or with
// --any-time that of doubling samples, in the order of the rows; and Kayenta's classification beside it.

namespace qd::opsd {

/// `argv[0]` is "judge". Prints one JSON object. Returns the exit code: 0 pass, 1 fail, 2 marginal, 3 not
/// enough data; 64 usage, 65 a file with a bad row (file and line on stderr), 66 and up as core::ExitCode
/// says.
int judge_command(int argc, char** argv);

}  // namespace qd::opsd
