#include "site/start_order.hpp"

#include <algorithm>
#include <array>

#include "core/json_fields.hpp"

namespace qd::site {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t most_faults = 8, most_flags = 32, longest_faults = 16 << 10;

core::Result<> read_flags(core::JsonFields& fields, ProcessSpec& spec) {
    for (const auto& [flag, variant] : fields.object("flags", most_flags).items()) {
        if (!is_name(flag) || !variant.is_string() || !is_name(variant.get<std::string>()))
            return fail(Errc::invalid_argument,
                        "flags: '{}' and its variant must be names of 1 to 64 characters",
                        flag.substr(0, 64));
        spec.flags[flag] = variant.get<std::string>();
    }
    return {};
}

}  // namespace

core::Result<StartOrder> read_start_order(const nlohmann::json& request, const Builds& builds) {
    constexpr std::array<std::string_view, 3> arms{"stable", "canary", "baseline"};
    core::JsonFields fields(request);
    StartOrder order;
    ProcessSpec& spec = order.spec;
    spec.role = fields.find("role") ? fields.text("role", 64) : "api";
    spec.arm = fields.find("arm") ? fields.text("arm", 64) : "canary";
    spec.version = fields.text("version", 64);
    const std::string program = fields.text("program", 64);
    order.count = unsigned(std::min<std::uint64_t>(fields.count("count").value_or(1), 1'000));
    const nlohmann::json& faults = fields.array("faults", most_faults);
    if (!faults.empty()) spec.faults_json = core::dump_json(faults);
    const auto flags = read_flags(fields, spec);
    if (const auto read = fields.finish(); !read) return core::Failure(read.error());
    if (!flags) return core::Failure(flags.error());
    if (spec.role != "api" || std::ranges::find(arms, spec.arm) == arms.end())
        return fail(Errc::invalid_argument,
                    "only api instances of the stable, the canary or the baseline arm can be started");
    if (!is_name(spec.version))
        return fail(Errc::invalid_argument, "a version label has 1 to 64 letters, digits, '-', '_' and '.'");
    if (spec.faults_json.size() > longest_faults)
        return fail(Errc::invalid_argument, "the faults of a version are longer than 16 KiB");
    if (order.count < 1 || order.count > max_further_instances)
        return fail(Errc::invalid_argument, "1 to {} instances are started at a time", max_further_instances);
    if (program.empty()) return order;
    const auto build = builds.find(program);
    if (build == builds.end()) {
        std::string known;
        for (const auto& [name, path] : builds) known += (known.empty() ? "" : ", ") + name;
        return fail(Errc::invalid_argument,
                    "the site's configuration names no build '{}' under versions ({})", program,
                    known.empty() ? "it names none" : "it names " + known);
    }
    spec.program = build->second;
    return order;
}

}  // namespace qd::site
