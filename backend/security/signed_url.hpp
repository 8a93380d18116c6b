#pragma once
// Links that carry their own permission: HMAC-SHA256 over a path prefix, an expiry and a key id, so that one
// link covers a title with all its rungs and segments. Pure.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::security {

struct Grant {
    std::string path_prefix;           // "/media/0a…/": begins and ends with '/', or names one path exactly
    core::WallTime expires;            // cut to seconds
    std::optional<std::string> arm{};  // forces "stable" or "canary"

    bool operator==(const Grant&) const = default;
};

inline constexpr std::chrono::hours longest_grant{7 * 24};
inline constexpr std::size_t longest_signature_text = 1024;

/// Keys by id, so that they can be changed while old links last. Immutable, hence thread-safe.
class UrlSigner {
public:
    /// Secrets have at least 16 bytes; `current` signs. Errc::config otherwise.
    static core::Result<UrlSigner> create(std::map<std::string, std::string> secrets_by_id,
                                          std::string current);

    /// The value of the query parameter `sig`, safe in a URL as it is: "1.<key
    /// id>.<expiry>.<arm>.<prefix>.<mac>". Errc::invalid_argument for a prefix that is no path, an unknown
    /// arm or more than longest_grant from `now`.
    core::Result<std::string> sign(const Grant& grant, core::WallTime now) const;

    /// What `signature` allows, if it covers `path` now. Errc::permission_denied when it is forged, malformed
    /// or about another path, and, with a message of its own, when it has expired.
    core::Result<Grant> verify(std::string_view signature, std::string_view path, core::WallTime now) const;

private:
    UrlSigner(std::map<std::string, std::string> secrets, std::string current)
        : secrets_(std::move(secrets)), current_(std::move(current)) {}

    std::map<std::string, std::string> secrets_;
    std::string current_;
};

}  // namespace qd::security
