#pragma once
// Where a running site is found: <data>/endpoints.json and its token (wire: "Files and tokens"). Reads files:
// never on the UI thread.

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace qd::app {

struct Endpoints {
    std::int64_t pid = 0;  // of the supervisor; 0 when attached by --connect
    std::string opsd;      // "http://127.0.0.1:4242"
    std::string gateway;   // empty when not known yet (--connect: opsd tells it)
    std::string token;

    bool operator==(const Endpoints&) const = default;
};

/// Errc::not_found while the site is not up; Errc::corrupt on a file that makes no sense.
core::Result<Endpoints> readEndpoints(const std::filesystem::path& dataDir);

/// The first line of a token file; Errc::config when it is empty.
core::Result<std::string> readToken(const std::filesystem::path& file);

/// --connect: the URL is checked, the token is read ("" without a file).
core::Result<Endpoints> endpointsOf(const std::string& opsdUrl, const std::filesystem::path& tokenFile);

}  // namespace qd::app
