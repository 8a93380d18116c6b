#pragma once
// Files that people attach to incidents, stored under the SHA-256 of their content: the same file is kept
// once, and what is read is checked against its name.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::opsd {

inline constexpr std::uint64_t max_attachment_bytes = 20u << 20;
/// All of one incident's together.
inline constexpr std::uint64_t max_attachments_bytes = 500u << 20;

/// 64 lowercase hexadecimal digits.
bool is_sha256(std::string_view text);
std::string sha256_of(std::string_view bytes);

/// What the first bytes say the file is, never what its name or its sender says: image/png, image/jpeg,
/// image/gif, image/webp, application/pdf, application/zip, application/gzip, "text/plain; charset=utf-8"
/// (also for what claims to be HTML or SVG) or application/octet-stream.
std::string sniff_media_type(std::string_view bytes);

/// A name to show and to save under: what stands after the last separator, without control characters, at
/// most 200 bytes of valid UTF-8; "attachment" when nothing is left.
std::string safe_file_name(std::string_view name);

/// Thread-safe.
class AttachmentStore {
public:
    explicit AttachmentStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Returns the SHA-256. Errc::too_large, invalid_argument when empty, no_space where the disk's reserve
    /// would be touched, io.
    core::Result<std::string> put(std::string_view bytes) const;
    /// Errc::not_found; Errc::corrupt when the bytes are no longer those that were stored.
    core::Result<std::string> get(std::string_view sha256) const;

private:
    std::filesystem::path folder_;
};

}  // namespace qd::opsd
