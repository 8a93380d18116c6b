#pragma once
// Byte ranges and entity tags as pure functions (RFC 9110, sections 14.1.2, 14.2 and 8.8.3).

#include <cstdint>
#include <string_view>

namespace qd::http {

struct ByteRange {
    enum class Kind {
        whole,          // no range, one that is malformed, several, or another unit: answer with everything
        part,           // 206
        unsatisfiable,  // 416
    };
    Kind kind = Kind::whole;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    bool operator==(const ByteRange&) const = default;
};

/// `header` is the Range field's value. A part always lies within [0, total).
ByteRange parse_range(std::string_view header, std::uint64_t total);

/// If-None-Match against a current entity tag, by weak comparison.
bool matches_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace qd::http
