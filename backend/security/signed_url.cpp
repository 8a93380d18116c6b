#include "security/signed_url.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace qd::security {
namespace {

using core::Errc;
using core::Result;

std::string encode(std::string_view bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), variant);
    text.pop_back();  // the terminating zero
    return text;
}

std::optional<std::string> decode(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::string mac(std::string_view secret, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
    return out;
}

bool is_key_id(std::string_view id) {
    return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_arm(std::string_view arm) {
    return arm == "stable" || arm == "canary";
}

bool covers(std::string_view prefix, std::string_view path) {
    return prefix.ends_with('/') ? path.starts_with(prefix) : path == prefix;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; parts.size() < 7;) {
        const std::size_t dot = text.find('.', at);
        parts.push_back(text.substr(at, dot - at));
        if (dot == std::string_view::npos) break;
        at = dot + 1;
    }
    return parts;
}

}  // namespace

Result<UrlSigner> UrlSigner::create(std::map<std::string, std::string> secrets_by_id, std::string current) {
    if (sodium_init() < 0) return core::fail(Errc::internal, "libsodium cannot be initialised");
    for (const auto& [id, secret] : secrets_by_id) {
        if (!is_key_id(id))
            return core::fail(Errc::config, "\"{}\" is no id of a signing key (a-z, 0-9, -)", id);
        if (secret.size() < 16)
            return core::fail(Errc::config, "the signing key {} has less than 16 bytes", id);
    }
    if (!secrets_by_id.contains(current))
        return core::fail(Errc::config, "there is no signing key \"{}\"", current);
    return UrlSigner(std::move(secrets_by_id), std::move(current));
}

Result<std::string> UrlSigner::sign(const Grant& grant, core::WallTime now) const {
    if (!grant.path_prefix.starts_with('/') || grant.path_prefix.size() > 512)
        return core::fail(Errc::invalid_argument,
                          "a signed link needs an absolute path of at most 512 bytes");
    if (grant.arm && !is_arm(*grant.arm))
        return core::fail(Errc::invalid_argument, "there is no arm {}", *grant.arm);
    if (grant.expires > now + longest_grant)
        return core::fail(Errc::invalid_argument, "a signed link lasts at most {} days",
                          longest_grant.count() / 24);
    const auto expires = std::chrono::floor<std::chrono::seconds>(grant.expires).time_since_epoch().count();
    const std::string text =
        fmt::format("1.{}.{}.{}.{}", current_, expires, grant.arm.value_or(""), encode(grant.path_prefix));
    return fmt::format("{}.{}", text, encode(mac(secrets_.at(current_), text)));
}

Result<Grant> UrlSigner::verify(std::string_view signature, std::string_view path, core::WallTime now) const {
    const auto refuse = [] { return core::fail(Errc::permission_denied, "this link is not valid here"); };
    if (signature.size() > longest_signature_text) return refuse();
    const auto parts = split(signature);
    if (parts.size() != 6 || parts[0] != "1") return refuse();
    const auto secret = secrets_.find(std::string(parts[1]));
    if (secret == secrets_.end()) return refuse();
    const auto given = decode(parts[5]);
    const std::string expected =
        mac(secret->second, signature.substr(0, signature.size() - parts[5].size() - 1));
    if (!given || given->size() != expected.size() ||
        sodium_memcmp(given->data(), expected.data(), expected.size()))
        return refuse();

    // Ours from here on; what fails now was signed with our key by another version.
    Grant grant;
    std::int64_t seconds = 0;
    const char* const end = parts[2].data() + parts[2].size();
    const auto [stop, error] = std::from_chars(parts[2].data(), end, seconds);
    const auto prefix = decode(parts[4]);
    if (error != std::errc() || stop != end || !prefix || (!parts[3].empty() && !is_arm(parts[3])))
        return refuse();
    grant.path_prefix = *prefix;
    grant.expires = core::WallTime(std::chrono::seconds(seconds));
    if (!parts[3].empty()) grant.arm = std::string(parts[3]);
    if (!covers(grant.path_prefix, path)) return refuse();
    if (now >= grant.expires) return core::fail(Errc::permission_denied, "this link has expired");
    return grant;
}

}  // namespace qd::security
