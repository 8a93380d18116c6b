#pragma once
// One child process: started with its log file, a descriptor to say "ready" on, and its life tied to ours.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/files.hpp"
#include "core/result.hpp"

namespace qd::site {

/// Not thread-safe. The kernel kills the child when the thread that started it ends, whatever ended that: a
/// supervisor killed with -9 leaves nothing behind.
class Child {
public:
    /// Runs argv[0] with stdin from /dev/null, stdout and stderr appended to `log`, and "--ready-fd N"
    /// appended.
    static core::Result<Child> spawn(std::vector<std::string> argv, const std::filesystem::path& log);

    pid_t pid() const { return pid_; }
    int pid_fd() const { return pid_fd_.get(); }      // readable once it has ended
    int ready_fd() const { return ready_fd_.get(); }  // carries one line of JSON; -1 once read

    /// The address out of the ready line: nothing yet, or an error when the line makes no sense.
    std::optional<core::Result<std::string>> read_ready();
    void signal(int number) const;
    /// Collects the ended child; words such as "ended with code 69" or "was killed by signal 9".
    std::string reap();

private:
    pid_t pid_ = -1;
    core::UniqueFd pid_fd_;
    core::UniqueFd ready_fd_;
    std::string ready_line_;
};

}  // namespace qd::site
