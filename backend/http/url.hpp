#pragma once
// URLs as far as players and upstreams need them (RFC 3986, 5.2: reference resolution).

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::http {

struct Url {
    std::string scheme;  // lowercase
    std::string host;
    std::uint16_t port = 0;  // the scheme's default when absent
    std::string path;        // at least "/"
    std::string query;       // without '?'

    static core::Result<Url> parse(std::string_view text);
    std::string origin() const;  // "http://host:port" (port left out when default)
    std::string to_string() const;
};

/// `reference` against `base`; an absolute reference comes back unchanged.
core::Result<std::string> resolve(std::string_view base, std::string_view reference);

/// "host:port"; Errc::invalid_argument with the reason otherwise. An IPv6 host stands in brackets.
core::Result<std::pair<std::string, std::uint16_t>> parse_listen(std::string_view text);

}  // namespace qd::http
