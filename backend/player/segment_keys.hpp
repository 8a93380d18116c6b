#pragma once
// AES-128 as HLS uses it (RFC 8216, 4.3.2.4 and 5.2): whole segments, CBC, PKCS#7. Pure but for libcrypto;
// keys are values that nobody prints.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::player {

/// 16 bytes that are wiped when they go.
class SecretKey {
public:
    SecretKey() = default;
    SecretKey(const SecretKey&) = default;
    SecretKey& operator=(const SecretKey&) = default;
    ~SecretKey();

    /// Errc::corrupt unless there are exactly 16 bytes.
    static core::Result<SecretKey> from(std::string_view bytes);
    const std::uint8_t* data() const { return bytes_.data(); }

private:
    std::array<std::uint8_t, 16> bytes_{};
};

/// Overwrites what is no longer needed.
void wipe(std::string& bytes);

using InitialisationVector = std::array<std::uint8_t, 16>;

/// The media sequence number as 128 bits, big-endian: what counts where a key states no IV.
InitialisationVector iv_of_sequence(std::uint64_t sequence);

/// Errc::corrupt when the size is not a positive multiple of 16 ("cut off, or not AES-128 at all") or the
/// padding is wrong ("the key does not fit").
core::Result<std::string> decrypt_aes128(std::string_view data, const SecretKey& key,
                                         const InitialisationVector& iv);

/// Whether it begins as media that players know begins: MPEG-TS, ISO boxes, ID3, ADTS, MPEG audio, AC-3,
/// WebVTT. One wrong key in 256 leaves valid padding behind; this tells it from the right one.
bool looks_like_media(std::string_view data);

}  // namespace qd::player
