#pragma once
// `viewers run`: an audience as a process of the site.

#include <cstdint>
#include <string>

#include "core/exit_code.hpp"
#include "viewers/crowd.hpp"

namespace qd::viewers {

struct RunOptions {
    CrowdOptions crowd;
    std::size_t count = 10;
    double for_s = 0;  // 0: until stopped
    std::string listen = "127.0.0.1:0";
    std::string token_file;
    std::string instance = "viewers-1";
    std::string version_label;
    int lease_fd = -1;
    int ready_fd = -1;
};

/// Serves /metrics, health, and GET and PUT /-/count {"count":N} (from this machine only; with a token file
/// its bearer only). Prints one line of JSON at the end. Returns the exit code.
int run(RunOptions options);

}  // namespace qd::viewers
