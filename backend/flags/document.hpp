#pragma once
// Flags in writing, YAML or JSON:
//   revision: 7                       # whole number, 0 when absent
//   flags:
//     playback.max-rendition:
//       description: …
//       state: ENABLED                # or DISABLED
//       variants: {all: 0, sd: 480}   # all booleans, numbers or texts
//       defaultVariant: all
//       killVariant: sd
//       prerequisites: [{flag: other, variants: ["on"]}]
//       targeting:
//         - when: [{attribute: version, semverLess: "2.1.0"}]
//           variant: sd
//         - split: [{variant: sd, weight: 10}, {variant: all, weight: 90}]
// Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "flags/flag.hpp"

namespace qd::flags {

inline constexpr std::size_t largest_document = 1 << 20;

struct Document {
    std::uint64_t revision = 0;
    std::vector<Flag> flags;

    bool operator==(const Document&) const = default;
};

/// Errc::too_large beyond largest_document; Errc::invalid_argument "line 7: …" for what does not fit. Each
/// flag passes check(); whether they fit together is FlagSet's to say.
core::Result<Document> read_document(std::string_view text);

/// As JSON that read_document() reads back the same.
std::string write_document(const Document& document);

/// One flag alone, what stands below its key; the same errors.
core::Result<Flag> read_flag(std::string_view key, std::string_view text);
std::string write_flag(const Flag& flag);

/// The word of a condition: "semverLess".
std::string_view to_string(Operator op);

}  // namespace qd::flags
