// Flags as people mistype them: refused with a line, or flags that pass their own check, are written and read
// back the same, and whose set, if they fit together, gives each evaluation one of its variants or a reason.
#include <cstdlib>

#include "flags/document.hpp"
#include "flags/flag_set.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::flags;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = read_document(text);
    if (const auto alone = read_flag("alone", text); alone && !check(*alone)) std::abort();
    if (!read) return read.error().message.empty() ? std::abort(), 1 : 0;
    for (const Flag& flag : read->flags)
        if (!check(flag) || read_flag(flag.key, write_flag(flag)) != flag) std::abort();
    if (read_document(write_document(*read)) != *read) std::abort();
    const auto set = FlagSet::compile(read->flags);
    if (!set) return set.error().message.empty() ? std::abort(), 1 : 0;
    const Attribute attributes[]{{"version", std::string_view("2.0.0-rc.1")}, {"n", 3.5}, {"b", true}};
    for (const Flag& flag : read->flags) {
        const auto outcome = (*set)->text(flag.key, {"a key", attributes}, "fallback");
        if (outcome.variant.empty() && outcome.value != "fallback") std::abort();
        static_cast<void>((*set)->boolean(flag.key, {}, false));
        static_cast<void>((*set)->number(flag.key, {"another", {}}, 1));
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {R"(revision: 7
flags:
  playback.max-rendition:
    description: the tallest rendition
    state: ENABLED
    variants: {all: all, sd: 480p}
    defaultVariant: all
    killVariant: sd
    prerequisites: [{flag: other, variants: ["on"]}]
    targeting:
      - when: [{attribute: version, semverLess: "2.1.0"}, {attribute: n, greaterOrEqual: 3}]
        variant: sd
      - when: [{attribute: country, in: [de, at]}]
        split: [{variant: sd, weight: 10}, {variant: all, weight: 90}]
  other:
    state: DISABLED
    variants: {"on": true, "off": false}
    defaultVariant: "on"
)",
            R"({"revision":1,"flags":{"n":{"variants":{"a":0,"b":1.5e3},"defaultVariant":"a","targeting":
[{"split":[{"variant":"a","weight":1},{"variant":"b","weight":2}]}]}}})",
            "variants: {a: x}\ndefaultVariant: a\n", "flags: {}\n", "flags: 3\n"};
}

}  // namespace qd::fuzz
