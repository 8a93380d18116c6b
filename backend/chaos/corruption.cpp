#include "chaos/corruption.hpp"

#include <unistd.h>

#include <optional>

namespace qd::chaos {
namespace {

constexpr std::uint64_t largest_body = 64ull << 20;

bool is_media(const http::Response& response) {
    const auto type = response.headers.get("Content-Type");
    return (response.status == 200 || response.status == 206) &&
           (type.starts_with("video/") || type.starts_with("audio/") || type == "application/octet-stream");
}

std::optional<std::string> read_part(const http::FileBody& body) {
    if (!body.file || body.size > largest_body) return std::nullopt;
    std::string bytes(body.size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t read =
            ::pread(body.file->get(), bytes.data() + done, bytes.size() - done, off_t(body.offset + done));
        if (read <= 0) return std::nullopt;
        done += std::size_t(read);
    }
    return bytes;
}

std::optional<std::string> bytes_of(http::Response& response) {
    if (auto* text = std::get_if<std::string>(&response.body)) return std::move(*text);
    if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body); shared && *shared)
        return **shared;
    if (auto* file = std::get_if<http::FileBody>(&response.body)) return read_part(*file);
    return std::nullopt;
}

}  // namespace

void corrupt_media(http::Response& response, unsigned bits, core::Random& random) {
    if (!is_media(response)) return;
    std::optional<std::string> bytes = bytes_of(response);
    if (!bytes) return;
    for (unsigned i = 0; i < bits && !bytes->empty(); ++i) {
        const std::uint64_t at = random.below(bytes->size() * 8);
        (*bytes)[at / 8] = char(std::uint8_t((*bytes)[at / 8]) ^ (1u << (at % 8)));
    }
    response.body = std::move(*bytes);
    // No cache may keep what was broken on purpose: a fault ends by itself.
    response.headers.set("Cache-Control", "no-store");
}

}  // namespace qd::chaos
