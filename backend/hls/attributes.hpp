#pragma once
// Attribute lists (RFC 8216, 4.2) and the numbers of HLS. Pure; views point into the parsed text.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::hls {

struct Attribute {
    std::string_view name;
    std::string_view value;  // without quotes
    bool quoted = false;
};

/// NAME=value pairs. Errors (Errc::corrupt) say what is wrong, not where: the caller knows the line.
class AttributeList {
public:
    static constexpr std::size_t max_attributes = 64;

    static core::Result<AttributeList> parse(std::string_view text);

    /// The value whether quoted or not; null when absent.
    const Attribute* find(std::string_view name) const;
    std::string text(std::string_view name) const;
    bool yes(std::string_view name) const;

    core::Result<std::optional<std::uint64_t>> integer(std::string_view name) const;
    core::Result<std::optional<double>> decimal(std::string_view name) const;
    /// Fails when absent or empty.
    core::Result<std::string> required(std::string_view name) const;

private:
    std::vector<Attribute> attributes_;
};

/// Decimal integer, digits only, within 64 bits.
std::optional<std::uint64_t> parse_integer(std::string_view text);
/// Digits with at most one point; neither sign nor exponent; below 1e12.
std::optional<double> parse_decimal(std::string_view text);
/// "0x" and at most 32 hexadecimal digits, right-aligned into 16 bytes.
std::optional<std::array<std::uint8_t, 16>> parse_hex128(std::string_view text);

}  // namespace qd::hls
