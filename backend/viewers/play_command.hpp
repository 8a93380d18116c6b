#pragma once
// `viewers play URL`: one viewer without a window, at the pace of the media, who tells everything.

#include <string>

namespace qd::viewers {

struct PlayOptions {
    std::string url;
    bool json = false;
    double for_s = 0;  // 0: to the end
    std::string forced_arm;
    std::string token_file;
    int level = -1;  // lock; -1: automatic
    int max_height = 0;
};

/// Requests and decisions as they come, then the quality of experience, on stdout: text, or a JSON object a
/// line. Exit code 0 when it was played to its end (or to --for), otherwise that of the reason.
int play(const PlayOptions& options);

}  // namespace qd::viewers
