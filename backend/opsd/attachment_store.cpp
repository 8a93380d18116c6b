#include "opsd/attachment_store.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "core/files.hpp"

namespace qd::opsd {
namespace {

/// Length of the UTF-8 sequence that begins `text`; 0 when none does.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80                     ? 1
                               : first >= 0xC2 && first <= 0xDF ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    return length;
}

bool looks_like_text(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 4'096);
    for (std::size_t i = 0; i < head.size();) {
        const auto c = static_cast<unsigned char>(head[i]);
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) return false;
        const std::size_t length = sequence_length(head.substr(i));
        // Cut in the middle of a character: the head's end, not the text's fault.
        if (length == 0) return head.size() < bytes.size() && head.size() - i < 4;
        i += length;
    }
    return true;
}

}  // namespace

bool is_sha256(std::string_view text) {
    return text.size() == 2 * crypto_hash_sha256_BYTES &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string sha256_of(std::string_view bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    std::string hex(2 * digest.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    hex.pop_back();
    return hex;
}

std::string sniff_media_type(std::string_view bytes) {
    const auto begins = [bytes](std::string_view magic) { return bytes.substr(0, magic.size()) == magic; };
    using namespace std::string_view_literals;
    if (begins("\x89PNG\r\n\x1a\n"sv)) return "image/png";
    if (begins("\xFF\xD8\xFF"sv)) return "image/jpeg";
    if (begins("GIF87a"sv) || begins("GIF89a"sv)) return "image/gif";
    if (begins("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) return "image/webp";
    if (begins("%PDF-"sv)) return "application/pdf";
    if (begins("PK\x03\x04"sv)) return "application/zip";
    if (begins("\x1F\x8B"sv)) return "application/gzip";
    return looks_like_text(bytes) ? "text/plain; charset=utf-8" : "application/octet-stream";
}

std::string safe_file_name(std::string_view name) {
    constexpr std::size_t most = 200;
    name.remove_prefix(name.find_last_of("/\\") == std::string_view::npos ? 0 : name.find_last_of("/\\") + 1);
    std::string safe;
    while (!name.empty()) {
        const std::size_t length = sequence_length(name);
        if (length == 0) {
            name.remove_prefix(1);
            continue;
        }
        const auto c = static_cast<unsigned char>(name.front());
        if (safe.size() + length > most) break;
        if (c >= 0x20 && c != 0x7F) safe += name.substr(0, length);
        name.remove_prefix(length);
    }
    if (safe.find_first_not_of(". ") == std::string::npos) return "attachment";
    return safe;
}

core::Result<std::string> AttachmentStore::put(std::string_view bytes) const {
    if (bytes.empty()) return core::fail(core::Errc::invalid_argument, "the file is empty");
    if (bytes.size() > max_attachment_bytes)
        return core::fail(core::Errc::too_large, "the file has {} bytes; at most {} can be attached",
                          bytes.size(), max_attachment_bytes);
    if (auto made = core::make_directories(folder_); !made) return core::Failure(made.error());
    const std::string name = sha256_of(bytes);
    // What lies there already is kept only if it is what it should be.
    if (get(name)) return name;
    const auto free = core::free_bytes(folder_);
    if (!free) return core::Failure(free.error());
    if (*free < core::disk_reserve_bytes + bytes.size())
        return core::fail(core::Errc::no_space, "the disk has {} bytes left: the file was not stored", *free);
    if (auto written = core::write_file_atomically(folder_ / name, bytes, 0600); !written)
        return core::Failure(written.error());
    return name;
}

core::Result<std::string> AttachmentStore::get(std::string_view sha256) const {
    if (!is_sha256(sha256))
        return core::fail(core::Errc::invalid_argument, "an attachment is named by its SHA-256");
    auto bytes = core::read_file(folder_ / std::string(sha256), max_attachment_bytes);
    if (!bytes) {
        std::error_code ignored;
        if (!std::filesystem::exists(folder_ / std::string(sha256), ignored))
            return core::fail(core::Errc::not_found, "the file {} is not stored here", sha256);
        return core::Failure(bytes.error());
    }
    if (sha256_of(*bytes) != sha256)
        return core::fail(core::Errc::corrupt, "the stored file {} is no longer what was attached", sha256);
    return bytes;
}

}  // namespace qd::opsd
