// Any text: cues are sound whatever comes, and so is what definitions make of a playlist.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "hls/define.hpp"
#include "hls/webvtt.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::hls;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    WebVttLimits limits;
    limits.cues = 50;
    limits.cue_bytes = 64;
    if (const auto read = parse_webvtt(text, limits)) {
        if (read->cues.size() > limits.cues) std::abort();
        for (const Cue& cue : read->cues)
            if (cue.to <= cue.from || cue.text.empty() || cue.text.size() > limits.cue_bytes) std::abort();
        if (read->timestamp_map && read->timestamp_map->mpegts >> 33 != 0) std::abort();
    }
    const auto expanded = expand_definitions(text, {{{"a", "b"}}, "q=%22&r=x%0a&s=y"}, 4'096, 512);
    if (expanded) {
        if (expanded->text.size() > 4'096) std::abort();
        for (const auto& [name, value] : expanded->variables)
            if (name.empty() || value.find_first_of("\"\r\n") != std::string::npos) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\nSTYLE\n::cue{}\n\n1\n00:01.000 --> "
        "01:00:02.500 line:0\n<v A>a &amp; &#x41;<b>b</b>\nsecond\n\nNOTE x\n\n00:03.000 --> 00:04.000\nc\n",
        "#EXTM3U\n#EXT-X-DEFINE:NAME=\"n\",VALUE=\"v\"\n#EXT-X-DEFINE:IMPORT=\"a\"\n#EXT-X-DEFINE:QUERYPARAM="
        "\"s\"\n"
        "#EXT-X-MAP:URI=\"{$n}/{$a}\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV={$s}\n#EXTINF:4,\n{$n}.ts\n"};
}

}  // namespace qd::fuzz
