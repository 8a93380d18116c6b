// Any text: parse() neither crashes nor accepts what write() cannot give back.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "hls/playlist.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::hls;
    const auto text_of = [](const Playlist& playlist) {
        return std::visit([](const auto& value) { return write(value); }, playlist);
    };
    const auto first = parse(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!first) return 0;
    const std::string text = text_of(*first);
    const auto second = parse(text);
    if (!second || text_of(*second) != text) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",DEFAULT=YES,AUTOSELECT=YES,URI=\"a.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=428000,AVERAGE-BANDWIDTH=300000,CODECS=\"avc1.64000d,mp4a.40.2\","
        "RESOLUTION=426x240,FRAME-RATE=29.970,AUDIO=\"a\",VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE\n/media/x/"
        "240p/index.m3u8\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=90000,RESOLUTION=426x240,URI=\"i.m3u8\"\n",
        "#EXTM3U\r\n#EXT-X-VERSION:7\r\n#EXT-X-TARGETDURATION:4\r\n#EXT-X-MEDIA-SEQUENCE:7\r\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:2\r\n#EXT-X-PLAYLIST-TYPE:EVENT\r\n#EXT-X-START:TIME-OFFSET=-4.5\r\n"
        "#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"600@0\"\r\n"
        "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x0123456789abcdef0123456789ABCDEF\r\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T19:37:04.123Z\r\n#EXT-X-BITRATE:3100\r\n#EXTINF:4.004000,one\r\n"
        "seg-1.m4s\r\n#EXT-X-KEY:METHOD=NONE\r\n#EXT-X-DISCONTINUITY\r\n#EXTINF:3.5,\r\n"
        "#EXT-X-BYTERANGE:1000@20\r\nall.m4s\r\n#EXT-X-GAP\r\n#EXTINF:3.5,\r\n#EXT-X-BYTERANGE:1000\r\nall."
        "m4s\r\n"
        "#EXT-X-ENDLIST\r\n",
    };
}

}  // namespace qd::fuzz
