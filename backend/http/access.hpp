#pragma once
// How a peer outside the site is reached, as configuration files say it; the same keys for every kind of
// peer:
//
//   url: https://alerts.example.org/base      # http or https; or, where the address is itself a secret and
//   url_file: /etc/quarterdeck/hook.url       # no path is put behind it: a file whose first line it is
//   token_file: /etc/quarterdeck/token        # Authorization: Bearer <its first line>; or
//   basic: {username: ops, password_file: /etc/quarterdeck/password}
//   headers: {X-Scope-OrgID: tenant-1}        # at most 32
//   tls: {ca_file: ca.pem, certificate_file: ours.pem, key_file: ours.key}
//   timeout_s: 10                             # 0.1 to 120
//
// Secrets stay in files, which are read for each request: one that is rotated counts at once.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config.hpp"
#include "http/client.hpp"

namespace qd::http {

enum class UrlKind {
    base,   // paths are put behind it: no query, and a '/' at its end counts for nothing
    exact,  // asked as it stands
};

struct Access {
    std::string url;
    std::filesystem::path url_file;  // instead of url
    std::filesystem::path token_file;
    std::string username;
    std::filesystem::path password_file;
    std::vector<std::pair<std::string, std::string>> headers;
    ClientTls tls;
    std::chrono::milliseconds timeout{10'000};

    bool operator==(const Access&) const = default;
};

/// Takes those keys from `reader`, which keeps the first error with its line.
Access read_access(core::ConfigReader& reader, UrlKind kind = UrlKind::base);

/// A request for the peer's `path` ("/api/v2/alerts"; empty: the URL as it stands) with credentials, headers,
/// TLS and timeouts filled in. Reads the secrets' files: Errc::config when that fails.
core::Result<ClientRequest> request_to(const Access& access, Method method, std::string_view path);

/// "Basic …" (RFC 7617).
std::string basic_authorization(std::string_view username, std::string_view password);

}  // namespace qd::http
