// What a player makes of playlists from anywhere: levels, timelines, reloads.

#include <cstdlib>
#include <string>

#include "fuzz/target.hpp"
#include "player/playlist_tracker.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    return {
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXTINF:4,\na."
        "m4s\n"
        "#EXT-X-DISCONTINUITY\n#EXTINF:3.9,\n#EXT-X-BYTERANGE:10@5\nb.m4s\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n#EXTINF:2,\n1.ts\n",
        "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\",URI=\"a.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,AUDIO=\"a\"\n../v/360.m3u8\n",
        "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"q\"\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"n\",URI="
        "\"s.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=8,RESOLUTION=6x3,SUBTITLES=\"s\"\na{$q}\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=8,RESOLUTION=6x3,SUBTITLES=\"s\"\nb\n"
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2,URI=\"i\"\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x1\n#EXT-X-MAP:URI=\"i\"\n"
        "#EXTINF:4,\n1.ts\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://"
        "1\"\n#EXTINF:4,\n2.ts\n#EXT-X-PART:URI=\"p\"\n"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto read = player::read_presentation(text, "http://h/p/master.m3u8?q=1")) {
        if (read->levels.empty() || read->backups.size() != read->levels.size()) std::abort();
        if (read->audio_backups.size() != read->audio_tracks.size()) std::abort();
        if (read->default_audio >= int(read->audio_tracks.size())) std::abort();
        for (const player::TrackInfo& track : read->subtitle_tracks)
            if (!track.url.starts_with("http")) std::abort();
    }
    if (const auto read = player::read_media_segments(text, "http://h/p/i.m3u8?q=1"))
        for (const player::TimelineSegment& segment : read->segments)
            if (segment.key && segment.key->refusal.empty() != segment.key->url.starts_with("http"))
                std::abort();
    // The same text as one load after another, cut at a line that mutations move about.
    player::PlaylistTracker tracker("http://h/p/index.m3u8"), other("http://h/q/index.m3u8");
    core::SteadyTime now{std::chrono::hours(1)};
    const std::size_t cut = text.find("\n\n");
    for (const std::string& part : {text, cut == std::string::npos ? text : text.substr(cut + 2), text}) {
        now += std::chrono::seconds(3);
        tracker.begin_load(now);
        if (!tracker.loaded(part, now)) tracker.load_failed(now);
        core::Seconds end = tracker.start();
        for (const player::TimelineSegment& segment : tracker.segments()) {
            if (segment.start < end - core::Seconds(1e-3) || !segment.url.starts_with("http")) std::abort();
            if (tracker.by_sequence(segment.sequence) != &segment) std::abort();
            end = segment.end();
        }
    }
    tracker.relocate("http://h/r/index.m3u8", now);
    if (tracker.known() || (!tracker.loaded(text, now) && tracker.known())) std::abort();
    other.begin_load(now);
    if (other.loaded(text, now)) other.align_with(tracker);
    return 0;
}
