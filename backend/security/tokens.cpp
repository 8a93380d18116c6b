#include "security/tokens.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "core/files.hpp"

namespace qd::security {
namespace {

using core::Errc;
using core::Result;

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
    return text.size() >= scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? char(b + ('a' - 'A')) : b); });
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    // Lengths are no secret: every site's token has the same.
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Written aside and linked into place, so that nobody reads half a token and the first of two writers wins.
Result<> create(const std::filesystem::path& file) {
    if (sodium_init() < 0) return core::fail(Errc::internal, "libsodium cannot be initialised");
    std::array<unsigned char, 32> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    const std::string doing = fmt::format("making the token {}", file.string());
    // Unlike any other process' and any other thread's.
    const std::string aside =
        fmt::format("{}.{}.{}", file.string(), ::getpid(), static_cast<const void*>(bytes.data()));
    if (auto written = core::write_file_atomically(aside, std::string(hex.data()) + "\n", 0600); !written)
        return core::fail_with_context(doing, written.error());
    const int linked = ::link(aside.c_str(), file.c_str());
    const int error = errno;
    ::unlink(aside.c_str());
    if (linked != 0 && error != EEXIST) return core::fail_errno(doing, error);
    return {};
}

}  // namespace

Result<Tokens> Tokens::load(const std::filesystem::path& file) {
    const auto fd = core::open_for_reading(file);
    if (!fd) return core::Failure(fd.error());
    struct stat status {};
    if (::fstat(fd->get(), &status) != 0)
        return core::fail_errno(fmt::format("reading {}", file.string()), errno);
    if ((status.st_mode & 077) != 0)
        return core::fail(Errc::config, "{} can be read by others; make it private with chmod 600",
                          file.string());
    auto secret = core::read_file(file, 4096);
    if (!secret) return core::Failure(secret.error());
    while (!secret->empty() && (secret->back() == '\n' || secret->back() == '\r')) secret->pop_back();
    if (secret->size() < 16 || secret->size() > 256 ||
        !std::all_of(secret->begin(), secret->end(), is_token_character))
        return core::fail(Errc::config, "{} does not hold a token of 16 to 256 characters in one line",
                          file.string());
    return Tokens({{std::move(*secret), {login_name(), Role::admin}}});
}

Result<Tokens> Tokens::load_or_create(const std::filesystem::path& file) {
    auto tokens = load(file);
    if (tokens || tokens.error().code != Errc::not_found) return tokens;
    if (auto created = create(file); !created) return core::Failure(created.error());
    return load(file);
}

Result<Actor> Tokens::authorize(std::string_view authorization, Role at_least) const {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.empty()) return core::fail(Errc::unauthenticated, "this needs a bearer token");
    if (!starts_with_scheme(authorization, scheme))
        return core::fail(Errc::unauthenticated, "only bearer tokens are understood");
    authorization.remove_prefix(scheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    const Token* found = nullptr;
    for (const Token& token : tokens_)
        if (equal_in_constant_time(token.secret, authorization)) found = &token;
    if (found == nullptr) return core::fail(Errc::unauthenticated, "this bearer token is not known here");
    if (found->actor.role < at_least)
        return core::fail(Errc::permission_denied, "{} has the role {}; this needs {}", found->actor.name,
                          to_string(found->actor.role), to_string(at_least));
    return found->actor;
}

std::string login_name() {
    std::array<char, 4096> buffer;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr &&
        found->pw_name[0] != '\0')
        return found->pw_name;
    return fmt::format("uid-{}", ::geteuid());
}

}  // namespace qd::security
