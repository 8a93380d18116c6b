#include "chaos/corruption.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

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

/// No cache may keep what was broken on purpose: a fault ends by itself.
void replace_body(http::Response& response, std::string bytes) {
    response.body = std::move(bytes);
    response.headers.set("Cache-Control", "no-store");
    response.headers.remove("ETag");
}

/// Every second segment's name gets "missing-" before it.
std::string with_wrong_segments(std::string_view playlist) {
    constexpr std::string_view target = "#EXT-X-TARGETDURATION:";
    std::string wrong;
    for (bool odd = true; !playlist.empty();) {
        const std::size_t end = std::min(playlist.find('\n'), playlist.size() - 1) + 1;
        const std::string_view line = playlist.substr(0, end);
        playlist.remove_prefix(end);
        if (line.starts_with(target)) {
            wrong.append(target).append("1\n");
        } else if (line.front() == '#' || line == "\n" || std::exchange(odd, !odd)) {
            wrong += line;
        } else {
            const std::size_t query = std::min(line.find('?'), line.size());
            const std::size_t slash = line.substr(0, query).rfind('/');
            const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
            wrong.append(line.substr(0, name)).append("missing-").append(line.substr(name));
        }
    }
    return wrong;
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
    replace_body(response, std::move(*bytes));
}

void break_playlist(http::Response& response) {
    const auto type = response.headers.get("Content-Type");
    if (response.status != 200 || !type.starts_with("application/vnd.apple.mpegurl")) return;
    std::optional<std::string> text = bytes_of(response);
    if (!text) return;
    const bool is_media_playlist = text->find("#EXTINF") != std::string::npos;
    replace_body(response, is_media_playlist ? with_wrong_segments(*text) : std::move(*text));
}

}  // namespace qd::chaos
