#include "decode/hardware.hpp"

#include <fmt/format.h>

extern "C" {
#include <libavutil/hwcontext.h>
}

namespace qd::decode {

const Hardware& hardware() {
    static const Hardware found = [] {
        media::quiet_ffmpeg();
        Hardware result;
        if (const int made =
                av_hwdevice_ctx_create(&result.device, AV_HWDEVICE_TYPE_VAAPI, nullptr, nullptr, 0);
            made < 0) {
            result.device = nullptr;
            result.reason = fmt::format("no VA-API device: {}", media::error_text(made));
        }
        return result;
    }();
    return found;
}

}  // namespace qd::decode
