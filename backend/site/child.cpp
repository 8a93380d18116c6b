#include "site/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

namespace qd::site {
namespace {

constexpr std::size_t max_ready_bytes = 4096;

/// After fork: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, int log, int null, int ready, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    ::dup2(null, STDIN_FILENO);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::fcntl(ready, F_SETFD, 0);
    ::execv(argv[0], argv);
    ::_exit(127);
}

}  // namespace

core::Result<Child> Child::spawn(std::vector<std::string> argv, const std::filesystem::path& log) {
    if (::access(argv.front().c_str(), X_OK) != 0)
        return core::fail_errno(fmt::format("starting {}", argv.front()), errno);
    core::UniqueFd log_fd(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!log_fd) return core::fail_errno(fmt::format("opening the log {}", log.string()), errno);
    core::UniqueFd null_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    int pipe_fds[2] = {-1, -1};
    if (::pipe2(pipe_fds, O_CLOEXEC) != 0) return core::fail_errno("making a pipe", errno);
    core::UniqueFd read_end(pipe_fds[0]);
    core::UniqueFd write_end(pipe_fds[1]);
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    argv.push_back("--ready-fd");
    argv.push_back(std::to_string(write_end.get()));
    std::vector<char*> raw;
    for (std::string& argument : argv) raw.push_back(argument.data());
    raw.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return core::fail_errno(fmt::format("starting {}", argv.front()), errno);
    if (pid == 0) become(raw.data(), log_fd.get(), null_fd.get(), write_end.get(), parent);
    Child child;
    child.pid_ = pid;
    child.pid_fd_.reset(int(::syscall(SYS_pidfd_open, pid, 0)));
    child.ready_fd_ = std::move(read_end);
    if (child.pid_fd_) return child;
    const int error = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return core::fail_errno("watching a process", error);
}

std::optional<core::Result<std::string>> Child::read_ready() {
    char buffer[512];
    const ssize_t count = ::read(ready_fd_.get(), buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (count > 0) ready_line_.append(buffer, std::size_t(count));
    const bool complete = ready_line_.find('\n') != std::string::npos;
    if (count > 0 && !complete && ready_line_.size() < max_ready_bytes) return std::nullopt;
    ready_fd_.reset();
    const auto line = nlohmann::json::parse(ready_line_, nullptr, false);
    if (!complete || !line.is_object() || !line.contains("address") || !line["address"].is_string())
        return core::Result<std::string>(
            core::fail(core::Errc::unavailable, "it ended or said nonsense before it was ready"));
    return core::Result<std::string>(line["address"].get<std::string>());
}

void Child::signal(int number) const {
    ::syscall(SYS_pidfd_send_signal, pid_fd_.get(), number, nullptr, 0);
}

std::string Child::reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
    return fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace qd::site
