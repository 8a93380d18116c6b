#include "player/fetch_record.hpp"

namespace qd::player {

std::string_view to_string(Track track) {
    switch (track) {
        case Track::main:
            return "main";
        case Track::audio:
            return "audio";
        case Track::subtitles:
            return "subtitles";
    }
    return "main";
}

std::string_view to_string(FetchKind kind) {
    switch (kind) {
        case FetchKind::multivariant:
            return "multivariant";
        case FetchKind::media_playlist:
            return "playlist";
        case FetchKind::init:
            return "init";
        case FetchKind::segment:
            return "segment";
        case FetchKind::key:
            return "key";
    }
    return "segment";
}

ServedBy parse_served_by(std::string_view header) {
    ServedBy result;
    const std::size_t first = header.find('/');
    if (first == std::string_view::npos) return result;
    const std::size_t second = header.find('/', first + 1);
    // Only the two known roles become an arm: the value labels metrics, and a peer must not invent labels.
    const std::string_view role = header.substr(0, first);
    if (role == "stable" || role == "canary") result.arm = role;
    if (second == std::string_view::npos) {
        result.version = header.substr(first + 1);
    } else {
        result.version = header.substr(first + 1, second - first - 1);
        result.instance = header.substr(second + 1);
    }
    return result;
}

std::string_view error_kind(const FetchRecord& record) {
    if (!record.error || record.abandoned) return {};
    if (record.status >= 500) return "status_5xx";
    if (record.status >= 400) return "status_4xx";
    switch (record.error->code) {
        case core::Errc::timeout:
            return "timeout";
        case core::Errc::corrupt:
        case core::Errc::invalid_argument:
        case core::Errc::unprocessable:
            return record.kind == FetchKind::multivariant || record.kind == FetchKind::media_playlist
                       ? "playlist"
                       : "media";
        case core::Errc::unavailable:
            return record.status == 0 ? "connect" : "truncated";
        default:
            return "other";
    }
}

}  // namespace qd::player
