#include "opsd/oncall_command.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "oncall/picture.hpp"
#include "oncall/rota_file.hpp"
#include "opsd/slo_replay_command.hpp"

namespace qd::opsd {
namespace {

core::Result<oncall::Rota> read_rota(const std::string& file) {
    auto text = core::read_file(file, oncall::max_file_bytes);
    if (!text) return core::fail(core::Errc::config, "{}: {}", file, text.error().message);
    return oncall::parse_rota(std::move(*text), file);
}

std::string hours(std::chrono::milliseconds length) {
    return fmt::format("{:.4g} h", double(length.count()) / 3'600'000);
}

void say_rota(const oncall::RotaPicture& rota) {
    fmt::print("{}: {} ({})\n", rota.source, rota.name, rota.time_zone);
    for (const oncall::Shift& shift : rota.now)
        fmt::print("  now   {} ({}) until {}\n", shift.person, shift.layer, core::format_rfc3339(shift.to));
    if (rota.now.empty()) fmt::print("  now   nobody\n");
    for (const oncall::Shift& shift : rota.next)
        fmt::print("  next  {} ({}) from {}\n", shift.person, shift.layer, core::format_rfc3339(shift.from));
}

void say_problems(const oncall::RotaPicture& rota) {
    for (const oncall::Span& gap : rota.gaps)
        fmt::print("  gap   nobody from {} to {} ({})\n", core::format_rfc3339(gap.from),
                   core::format_rfc3339(gap.to), hours(gap.to - gap.from));
    for (const oncall::Overlap& overlap : rota.overlaps)
        fmt::print("  twice {} from {} to {}\n", overlap.text, core::format_rfc3339(overlap.span.from),
                   core::format_rfc3339(overlap.span.to));
}

int say(const std::vector<std::string>& files, core::WallTime at, bool problems_too) {
    core::ExitCode code = core::ExitCode::done;
    for (const std::string& file : files) {
        const auto rota = read_rota(file);
        if (!rota) {
            fmt::print(stderr, "{}\n", rota.error().message);
            code = core::ExitCode::bad_data;
            continue;
        }
        const auto picture = oncall::picture_of(*rota, file, {}, at);
        say_rota(picture);
        if (problems_too) say_problems(picture);
    }
    return int(code);
}

/// Those of the local site.
std::vector<std::string> site_files() {
    const std::filesystem::path folder = default_site_folder() / "rotas";
    std::vector<std::string> files;
    std::error_code error;
    for (std::filesystem::directory_iterator each(folder, error), end; !error && each != end;
         each.increment(error)) {
        const std::string extension = each->path().extension().string();
        if (extension == ".yaml" || extension == ".yml" || extension == ".ics" || extension == ".ical")
            files.push_back(each->path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

int oncall_command(int argc, char** argv) {
    std::vector<std::string> files;
    std::string moment;
    CLI::App app{"opsd oncall: rotas (our own YAML, iCalendar) checked, and who is on call."};
    app.name("opsd oncall");
    app.require_subcommand(1);
    CLI::App* check = app.add_subcommand(
        "check", "Say what files hold, with the gaps and overlaps of two weeks; or file, line and reason");
    check->add_option("FILE", files, "Files to read")->required();
    CLI::App* who = app.add_subcommand("who", "Say who is on call, and who is next");
    who->add_option("FILE", files, "Files to read; those of the local site without any");
    for (CLI::App* command : {check, who}) command->add_option("--at", moment, "RFC 3339; now without it");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;
    core::WallTime at = core::SystemClock().now();
    if (!moment.empty()) {
        const auto given = core::parse_rfc3339(moment);
        if (!given) {
            fmt::print(stderr, "opsd oncall: --at: {}\n", given.error().message);
            return int(core::ExitCode::usage);
        }
        at = *given;
    }
    if (files.empty()) files = site_files();
    if (files.empty()) {
        fmt::print(stderr, "opsd oncall: there is no rota in {}/rotas\n", default_site_folder().string());
        return int(core::ExitCode::unavailable);
    }
    return say(files, at, check->parsed());
}

}  // namespace qd::opsd
