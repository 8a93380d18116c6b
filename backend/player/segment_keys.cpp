#include "player/segment_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

namespace qd::player {

SecretKey::~SecretKey() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

core::Result<SecretKey> SecretKey::from(std::string_view bytes) {
    SecretKey key;
    if (bytes.size() != key.bytes_.size())
        return core::fail(core::Errc::corrupt, "a key of {} bytes came; AES-128 takes 16", bytes.size());
    std::memcpy(key.bytes_.data(), bytes.data(), bytes.size());
    return key;
}

void wipe(std::string& bytes) {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

InitialisationVector iv_of_sequence(std::uint64_t sequence) {
    InitialisationVector iv{};
    for (std::size_t i = 0; i < 8; ++i) iv[15 - i] = std::uint8_t(sequence >> (8 * i));
    return iv;
}

core::Result<std::string> decrypt_aes128(std::string_view data, const SecretKey& key,
                                         const InitialisationVector& iv) {
    if (data.empty() || data.size() % 16 != 0)
        return core::fail(core::Errc::corrupt,
                          "{} bytes are no multiple of 16: cut off, or not encrypted with AES-128",
                          data.size());
    if (data.size() > std::size_t(std::numeric_limits<int>::max()))
        return core::fail(core::Errc::too_large, "more than 2 GB to decrypt at once");
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
    std::string plain(data.size() + 16, '\0');
    int written = 0, last = 0;
    auto* out = reinterpret_cast<unsigned char*>(plain.data());
    if (!context ||
        EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, key.data(), iv.data()) != 1 ||
        EVP_DecryptUpdate(context.get(), out, &written, reinterpret_cast<const unsigned char*>(data.data()),
                          int(data.size())) != 1)
        return core::fail(core::Errc::internal, "AES-128 is not to be had from libcrypto");
    if (EVP_DecryptFinal_ex(context.get(), out + written, &last) != 1)
        return core::fail(core::Errc::corrupt, "the key does not fit (wrong padding after decryption)");
    plain.resize(std::size_t(written + last));
    return plain;
}

bool looks_like_media(std::string_view data) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(data[i]); };
    if (data.size() < 8) return false;
    if (byte(0) == 0x47) return data.size() <= 188 || byte(188) == 0x47;  // MPEG-TS
    if (data.starts_with("ID3") || data.starts_with("WEBVTT") || data.starts_with("\xef\xbb\xbfWEBVTT"))
        return true;
    if (byte(0) == 0xFF && (byte(1) & 0xE0) == 0xE0) return true;  // ADTS, MPEG audio
    if (byte(0) == 0x0B && byte(1) == 0x77) return true;           // AC-3, E-AC-3
    // An ISO box: a size that holds its own head, and a name of printable characters.
    const std::uint32_t size = (std::uint32_t(byte(0)) << 24) | (std::uint32_t(byte(1)) << 16) |
                               (std::uint32_t(byte(2)) << 8) | byte(3);
    const std::string_view name = data.substr(4, 4);
    return (size == 1 || size >= 8) &&
           std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace qd::player
