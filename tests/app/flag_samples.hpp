#pragma once
// Feature flags of a small site, and a change of one.

#include <nlohmann/json.hpp>

#include "flags/document.hpp"
#include "opsclient/flags.hpp"
#include "samples.hpp"

namespace qd::test {

inline opsclient::FlagView flag_view(const std::string& key, const std::string& text, std::uint64_t revision,
                                     const std::string& reason) {
    const auto flag = flags::read_flag(key, text);
    if (!flag) qFatal("%s", flag.error().message.c_str());
    opsclient::FlagView view;
    view.last = {revision, now() - std::chrono::minutes(int(10 * revision)), "set", "kim", reason, *flag};
    view.reach = {4, 4, 0.3, {}};
    return view;
}

inline opsclient::FlagList flag_list() {
    opsclient::FlagList list;
    list.revision = 7;
    list.items = {flag_view("playback.max-rendition", R"(
description: The tallest rendition that a session is offered.
variants: {all: all, sd: 480p, low: 240p}
defaultVariant: all
killVariant: low
targeting:
  - when: [{attribute: version, semverLess: "2.1.0"}]
    variant: sd
  - split: [{variant: sd, weight: 10}, {variant: all, weight: 90}]
)",
                            6, "half of the viewers are on mobile networks"),
                  flag_view("uploads.enabled", R"(
description: Whether new uploads are taken.
variants: {"on": true, "off": false}
defaultVariant: "on"
killVariant: "off"
)",
                            7, "the disk is full")};
    list.items[0].pinned["api-3"] = "low";
    list.items[1].reach = {4, 3, std::nullopt, {"api-2"}};
    for (const char* instance : {"gateway-1", "api-1", "api-2", "worker-1"})
        list.processes.push_back({instance, "api", "v1", 7, {}});
    list.processes[2].revision = 6;
    return list;
}

inline std::string changes() {
    return nlohmann::json{{"items",
                           {{{"seq", 3},
                             {"kind", "flag"},
                             {"subject", "uploads.enabled"},
                             {"service", ""},
                             {"text", "Flag uploads.enabled was killed (revision 7): the disk is full"},
                             {"actor", "kim"},
                             {"at", core::format_rfc3339(now() - std::chrono::seconds(30))}}}},
                          {"next", nullptr}}
        .dump();
}

}  // namespace qd::test
