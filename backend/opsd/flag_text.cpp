#include "opsd/flag_text.hpp"

#include <fmt/format.h>

#include "flags/words.hpp"

namespace qd::opsd {

using opsclient::FlagChange;
using opsclient::FlagView;

std::string line_of(const FlagView& view) {
    const flags::Flag& flag = view.flag();
    return fmt::format("{:<32} {:<20} {:<9} {}", flag.key, flags::served_of(flag),
                       !flag.enabled                ? "killed"
                       : flag.targeting.empty()     ? "enabled"
                       : flag.targeting.size() == 1 ? "1 rule"
                                                    : fmt::format("{} rules", flag.targeting.size()),
                       opsclient::sentence(view.reach, view.last.revision));
}

std::string line_of(const FlagChange& change) {
    return fmt::format("{:<5} {}  {:<8} {}: {}", change.revision, core::format_rfc3339(change.at),
                       change.action, change.actor, change.reason);
}

std::string text_of(const FlagView& view) {
    const flags::Flag& flag = view.flag();
    std::string text = fmt::format("{}\n", flag.key);
    const auto line = [&text](std::string_view name, std::string_view value) {
        text += fmt::format("{:<12} {}\n", name, value);
    };
    if (!flag.description.empty()) line("what", flag.description);
    line("state", flag.enabled ? "enabled" : "killed");
    for (const flags::Variant& variant : flag.variants)
        line("variant", fmt::format("{} = {}{}{}", variant.name, flags::text_of(variant.value),
                                    variant.name == flag.default_variant ? " (default)" : "",
                                    variant.name == flag.kill_variant ? " (when killed)" : ""));
    for (const flags::Prerequisite& one : flag.prerequisites)
        line("only while", fmt::format("{} gives {}", one.flag, fmt::join(one.variants, " or ")));
    for (const flags::Rule& rule : flag.targeting) line("rule", flags::text_of(rule));
    line(flag.targeting.empty() ? "everybody" : "else", flags::served_of(flag));
    line("reach", opsclient::sentence(view.reach, view.last.revision));
    for (const auto& [instance, variant] : view.pinned)
        line("pinned", fmt::format("{} to {}", instance, variant));
    line("last change", line_of(view.last));
    return text;
}

}  // namespace qd::opsd
