#include "telemetry/process_stats.hpp"

#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/files.hpp"

namespace qd::telemetry {
namespace {

/// Seconds since the epoch at which the machine booted; it does not change, so it is read once.
double boot_time_s() {
    const auto text = core::read_file("/proc/stat");
    if (!text) return 0;
    const auto at = text->find("\nbtime ");
    return at == std::string::npos ? 0 : std::strtod(text->c_str() + at + 7, nullptr);
}

std::uint64_t count_open_fds() {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
    if (!folder) return 0;
    std::uint64_t count = 0;
    while (const dirent* entry = readdir(folder.get()))
        if (entry->d_name[0] != '.') ++count;
    return count > 0 ? count - 1 : 0;  // but for the one this reads with
}

}  // namespace

ProcessStats read_process_stats() {
    ProcessStats stats;
    stats.open_fds = count_open_fds();
    const auto text = core::read_file("/proc/self/stat");
    if (!text) return stats;
    // Field 2 is the command in parentheses and may hold spaces: count from its end. Fields 14, 15: user and
    // system time; 22: start; 24: resident pages.
    const auto after_command = text->rfind(')');
    if (after_command == std::string::npos) return stats;
    unsigned long long user = 0, system = 0, start = 0;
    long long pages = 0;
    if (std::sscanf(
            text->c_str() + after_command + 1,
            " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %llu %*u %lld",
            &user, &system, &start, &pages) != 4)
        return stats;
    static const double ticks_per_s = double(sysconf(_SC_CLK_TCK));
    static const double booted_at_s = boot_time_s();
    stats.cpu_s = double(user + system) / ticks_per_s;
    stats.started_at_s = booted_at_s + double(start) / ticks_per_s;
    stats.resident_bytes = std::uint64_t(pages) * std::uint64_t(sysconf(_SC_PAGESIZE));
    return stats;
}

}  // namespace qd::telemetry
