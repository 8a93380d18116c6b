#include "media/ff.hpp"

#include <cerrno>
#include <cstdlib>
#include <mutex>

extern "C" {
#include <libavutil/log.h>
}

namespace qd::media {

using core::Errc;

std::string error_text(int error) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(error, text, sizeof text);
    return text;
}

Errc error_code(int error, Errc otherwise) {
    switch (error) {
        case AVERROR(ENOSPC):
        case AVERROR(EDQUOT):
            return Errc::no_space;
        case AVERROR(EIO):
        case AVERROR(EACCES):
            return Errc::io;
        case AVERROR(ENOENT):
            return Errc::not_found;
        case AVERROR(ETIMEDOUT):
            return Errc::timeout;
        case AVERROR_EXIT:
            return Errc::cancelled;
        default:
            return otherwise;
    }
}

core::Result<> check(int result, std::string_view doing, Errc otherwise) {
    if (result >= 0) return {};
    return core::fail(error_code(result, otherwise), "{}: {}", doing, error_text(result));
}

void quiet_ffmpeg() {
    static std::once_flag once;
    std::call_once(once, [] {
        const char* wanted = std::getenv("QUARTERDECK_FFMPEG_LOG");
        if (!wanted || *wanted != '1') av_log_set_level(AV_LOG_QUIET);
    });
}

}  // namespace qd::media
