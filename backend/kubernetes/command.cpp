#include "kubernetes/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "core/files.hpp"

namespace qd::kubernetes {
namespace {

using core::Errc;
using core::fail;
namespace chr = std::chrono;

constexpr std::size_t most_trouble_bytes = 4096;
constexpr chr::milliseconds stop_check{100};

std::vector<std::string> whole_environment(const std::map<std::string, std::string>& extra) {
    std::vector<std::string> lines;
    for (char** at = environ; *at != nullptr; ++at) {
        const std::string_view line(*at);
        if (!extra.contains(std::string(line.substr(0, line.find('='))))) lines.emplace_back(line);
    }
    for (const auto& [name, value] : extra) lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> raw_pointers(std::vector<std::string>& texts) {
    std::vector<char*> raw;
    for (std::string& text : texts) raw.push_back(text.data());
    raw.push_back(nullptr);
    return raw;
}

struct Pipe {
    core::UniqueFd read_end, write_end;
};

core::Result<Pipe> make_pipe() {
    int fds[2] = {-1, -1};
    if (::pipe2(fds, O_CLOEXEC) != 0) return core::fail_errno("making a pipe", errno);
    Pipe pipe{core::UniqueFd(fds[0]), core::UniqueFd(fds[1])};
    ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return pipe;
}

/// What is there now. A limit that is passed stops the reading.
void drain_pipe(core::UniqueFd& fd, std::string& into, std::size_t limit) {
    char buffer[8192];
    while (fd && into.size() <= limit) {
        const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
        if (count > 0) {
            into.append(buffer, std::size_t(count));
        } else if (count < 0 && errno == EINTR) {
            continue;
        } else {
            if (count == 0) fd.reset();
            return;
        }
    }
}

void drop_pipe(core::UniqueFd& fd) {
    char buffer[8192];
    while (fd) {
        const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
        if (count > 0 || (count < 0 && errno == EINTR)) continue;
        if (count == 0) fd.reset();
        return;
    }
}

/// Its process, reaped in any case; its group is killed if it is still there.
class Spawned {
public:
    explicit Spawned(pid_t pid) : pid_(pid), pid_fd_(int(::syscall(SYS_pidfd_open, pid, 0))) {}
    ~Spawned() {
        if (!reaped_) end_with_group();
    }
    Spawned(const Spawned&) = delete;
    Spawned& operator=(const Spawned&) = delete;
    int fd() const { return pid_fd_.get(); }
    int end_with_group() {
        // Before the reaping, while the number can belong to no other group.
        ::kill(-pid_, SIGKILL);
        reap();
        return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    }

private:
    void reap() {
        while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
        }
        reaped_ = true;
    }
    pid_t pid_;
    core::UniqueFd pid_fd_;
    int status_ = 0;
    bool reaped_ = false;
};

core::Result<pid_t> spawn_process(const Command& command, const Pipe& out, const Pipe& err) {
    std::vector<std::string> argv = command.argv, env = whole_environment(command.env);
    const auto raw_argv = raw_pointers(argv), raw_env = raw_pointers(env);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write_end.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.write_end.get(), STDERR_FILENO);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int error =
        ::posix_spawnp(&pid, raw_argv[0], &actions, &attributes, raw_argv.data(), raw_env.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return core::fail_errno(fmt::format("starting {}", command.argv[0]), error);
    return pid;
}

}  // namespace

core::Result<CommandResult> run_command(const Command& command, std::stop_token stop) {
    if (command.argv.empty()) return fail(Errc::invalid_argument, "there is no program to run");
    auto out = make_pipe();
    auto err = make_pipe();
    if (!out || !err) return core::Failure(out ? err.error() : out.error());
    const auto until = chr::steady_clock::now() + command.deadline;
    const auto pid = spawn_process(command, *out, *err);
    if (!pid) return core::Failure(pid.error());
    Spawned process(*pid);
    out->write_end.reset();
    err->write_end.reset();
    CommandResult result;
    for (bool ended = false; !ended;) {
        const auto left = chr::ceil<chr::milliseconds>(until - chr::steady_clock::now());
        if (stop.stop_requested()) return fail(Errc::cancelled, "{} was stopped", command.argv[0]);
        if (left.count() <= 0)
            return fail(Errc::timeout, "{} did not end within {} ms", command.argv[0],
                        command.deadline.count());
        pollfd fds[3] = {{out->read_end ? out->read_end.get() : -1, POLLIN, 0},
                         {err->read_end ? err->read_end.get() : -1, POLLIN, 0},
                         {process.fd(), POLLIN, 0}};
        ::poll(fds, 3, int(std::min(left, stop_check).count()));
        // Who started something in the background and ended has ended: its pipes may stay open.
        ended = fds[2].revents != 0;
        drain_pipe(out->read_end, result.output, command.most_output_bytes);
        drain_pipe(err->read_end, result.troubles, most_trouble_bytes);
        if (result.troubles.size() > most_trouble_bytes) drop_pipe(err->read_end);
        if (result.output.size() > command.most_output_bytes)
            return fail(Errc::too_large, "{} printed more than {} bytes", command.argv[0],
                        command.most_output_bytes);
    }
    result.exit_code = process.end_with_group();
    result.troubles.resize(std::min(result.troubles.size(), most_trouble_bytes));
    return result;
}

}  // namespace qd::kubernetes
