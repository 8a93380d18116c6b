#include "opsd/rollout_lint_command.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/command_line.hpp"
#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "rollouts/specification_remarks.hpp"

namespace qd::opsd {
namespace {

using rollouts::Remark;

constexpr std::size_t longest_text = 1u << 20;
constexpr int found_errors = 1, found_unreadable = 2;

struct LintedFile {
    std::string name;
    core::Result<std::string> text;
    std::vector<Remark> remarks = {};
};

core::Result<std::string> standard_input() {
    std::string text(longest_text + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), stdin));
    if (std::ferror(stdin) != 0) return core::fail_errno("reading standard input", errno);
    if (text.size() > longest_text)
        return core::fail(core::Errc::too_large, "standard input is larger than 1 MiB");
    return text;
}

void lint(std::vector<LintedFile>& files) {
    rollouts::ReadingOptions options;
    options.needs_rollout = false;
    options.with_request = true;
    std::vector<std::vector<rollouts::AnalysisTemplate>> templates;
    for (const LintedFile& file : files)
        templates.push_back(file.text ? rollouts::read_specification(*file.text, options).templates
                                      : std::vector<rollouts::AnalysisTemplate>{});
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!files[i].text) continue;
        options.elsewhere.clear();
        for (std::size_t other = 0; other < files.size(); ++other)
            if (other != i) std::ranges::copy(templates[other], std::back_inserter(options.elsewhere));
        files[i].remarks = rollouts::read_specification(*files[i].text, options).remarks;
    }
}

std::string lines_of(const std::vector<LintedFile>& files) {
    std::string text;
    for (const LintedFile& file : files) {
        if (!file.text) text += fmt::format("{}:1: error: {}\n", file.name, file.text.error().message);
        for (const Remark& each : file.remarks)
            text += fmt::format("{}:{}: {}: {}\n", file.name, each.line, to_string(each.kind), each.text);
    }
    return text;
}

std::size_t count(const std::vector<LintedFile>& files, Remark::Kind kind) {
    std::size_t sum = 0;
    for (const LintedFile& file : files)
        sum += std::size_t(std::ranges::count(file.remarks, kind, &Remark::kind));
    return sum;
}

nlohmann::json json_of(const std::vector<LintedFile>& files) {
    auto list = nlohmann::json::array();
    for (const LintedFile& file : files) {
        auto remarks = nlohmann::json::array();
        for (const Remark& each : file.remarks)
            remarks.push_back({{"line", each.line}, {"kind", to_string(each.kind)}, {"text", each.text}});
        nlohmann::json one{{"file", file.name}, {"unread", nullptr}, {"remarks", std::move(remarks)}};
        if (!file.text) one["unread"] = file.text.error().message;
        list.push_back(std::move(one));
    }
    return {{"errors", count(files, Remark::Kind::error)},
            {"notes", count(files, Remark::Kind::note)},
            {"files", std::move(list)}};
}

}  // namespace

int rollout_lint_command(int argc, char** argv) {
    std::vector<std::string> names;
    bool as_json = false;
    CLI::App app{"opsd rollout lint: what is wrong in files of rollouts and analysis templates, by line."};
    app.name("opsd rollout lint");
    app.footer("Exit codes: 0 no error, 1 an error, 2 a file that cannot be read, 64 usage.");
    app.add_option("FILE", names, "Files to read; - is standard input")->required();
    app.add_flag("--json", as_json, "One JSON object");
    if (const auto code = core::parse_command_line(app, argc, argv)) return *code;

    std::vector<LintedFile> files;
    for (const std::string& name : names) {
        const bool piped = name == "-";
        files.push_back(
            {piped ? "stdin" : name, piped ? standard_input() : core::read_file(name, longest_text)});
    }
    lint(files);
    const std::string text = as_json ? core::dump_json(json_of(files), 2) + "\n" : lines_of(files);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return core::report("opsd rollout lint", {core::Errc::io, "standard output cannot be written"});
    if (std::ranges::any_of(files, [](const LintedFile& file) { return !file.text; }))
        return found_unreadable;
    return count(files, Remark::Kind::error) > 0 ? found_errors : int(core::ExitCode::done);
}

}  // namespace qd::opsd
