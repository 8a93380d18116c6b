#pragma once
// Bearer tokens (RFC 6750, 2.1). A local site has one, of role admin: the line in <data>/token.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "security/roles.hpp"

namespace qd::security {

struct Token {
    std::string secret;  // 16..256 characters of A-Z a-z 0-9 - . _ ~ + / =
    Actor actor;
};

/// Immutable, hence thread-safe.
class Tokens {
public:
    explicit Tokens(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    /// Reads the site's token file; its actor is the login name of this process' user. Errc::config when the
    /// file holds no token or when others than its owner may read it; Errc::not_found when there is none.
    static core::Result<Tokens> load(const std::filesystem::path& file);
    /// The same, after making the file (0600, 32 random bytes in hexadecimal) if there is none. Two processes
    /// that do so at once end up with the same token.
    static core::Result<Tokens> load_or_create(const std::filesystem::path& file);

    /// `authorization` is the text of that header, empty when there was none. Errc::unauthenticated without a
    /// known token, Errc::permission_denied when its role is below `at_least`. Takes the same time for every
    /// wrong token of a length.
    core::Result<Actor> authorize(std::string_view authorization, Role at_least) const;

private:
    std::vector<Token> tokens_;
};

/// The login name of this process' user; "uid-1000" where it has none.
std::string login_name();

}  // namespace qd::security
