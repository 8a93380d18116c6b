#pragma once
// `viewers play URL`: one viewer without a window, at the pace of the media, who tells everything.

#include <string>

namespace qd::viewers {

struct PlayOptions {
    std::string url;
    bool json = false;
    double for_s = 0;  // 0: to the end
    double at_s = -1;  // where to begin; negative: at the beginning, or near the live edge
    std::string forced_arm;
    std::string token_file;
    int lock = -1;      // level; -1: automatic
    std::string trace;  // a file, or one of player::network_traces() by name; empty: the network as it is
    int max_height = 0;
};

/// Requests and decisions as they come, then the quality of experience, on stdout: text, or a JSON object a
/// line. Exit code 0 when it was played to its end (or to --for), otherwise that of the reason; 130 when
/// interrupted, after the quality so far.
int play(const PlayOptions& options);

}  // namespace qd::viewers
