#pragma once
// One title as two live windows, that of side b at will late, stopped, numbered otherwise, or out of reach:
// real segments of a second behind a real server.

#include <fmt/format.h>

#include <atomic>
#include <chrono>

#include "backend/decode/title_site.hpp"
#include "compare/side.hpp"
#include "core/clock.hpp"

namespace qd::test {

class LiveSite {
public:
    static constexpr int fps = 25;
    static constexpr int segments = 75;

    /// How a side's window looks.
    struct Window {
        int length = 8;     // segments
        double late_s = 0;  // behind the other
        std::uint64_t first_number = 0;
        bool dated = true;
        int target_s = 1;
        int discontinuity_at = 0;  // the segment that follows one; from there on, 20 segments are left out
        std::optional<double> stopped_at_s;  // its edge stands there
        bool unreachable = false;            // its playlist
        int rungs = 2;
    };

    LiveSite() {
        media::TitleSpec spec;
        spec.duration_s = segments;
        spec.width = 192;
        spec.height = 108;
        spec.fps = fps;
        media::EncodeJob job;
        job.source = files_.root() / "source.mp4";
        job.output_folder = files_.root() / "media";
        job.segment_duration = core::Seconds(1);
        job.ladder.heights = {108};
        if (const auto made = media::generate_title(spec, job.source); !made)
            qFatal("%s", made.error().message.c_str());
        if (const auto made = media::encode(job); !made) qFatal("%s", made.error().message.c_str());
        begin({});
    }

    /// Both streams have been on for twelve seconds.
    void begin(compare::Both<Window> windows) {
        const std::lock_guard lock(mutex_);
        windows_ = windows;
        began_ = std::chrono::steady_clock::now();
        files_.make_trouble([this](const http::Request& request) { return answer(request); });
    }
    void change(compare::Side side, const std::function<void(Window&)>& how) {
        const std::lock_guard lock(mutex_);
        how(windows_[side]);
    }
    /// Of the stream, in seconds.
    double edge(compare::Side side) const {
        const std::lock_guard lock(mutex_);
        return edge_of(windows_[side]);
    }
    /// Hold side b's answers back, while they are set.
    std::atomic<bool> hold_segments_of_b{false}, hold_playlists_of_b{false};

    compare::Both<compare::SideOptions> sides() const {
        compare::Both<compare::SideOptions> what;
        what.a.name = "stable";
        what.b.name = "canary";
        what.a.url = files_.url("a/live.m3u8");
        what.b.url = files_.url("b/live.m3u8");
        for (const compare::Side side : compare::sides)
            what[side].session.retry_delay = std::chrono::milliseconds(20);
        return what;
    }

private:
    static void wait_while(const std::atomic<bool>& held) {
        for (int i = 0; i < 3'000 && held; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    double edge_of(const Window& window) const {
        const double on =
            core::Seconds(std::chrono::steady_clock::now() - began_).count() + 12 - window.late_s;
        return window.stopped_at_s ? std::min(on, *window.stopped_at_s) : on;
    }
    std::string playlist(const Window& window) const {
        const int end = std::min(int(edge_of(window)), segments - 21),
                  first = std::max(0, end - window.length);
        const bool jumped = window.discontinuity_at > 0 && first > window.discontinuity_at;
        std::string text = fmt::format(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{}\n#EXT-X-MEDIA-SEQUENCE:{}\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:{}\n#EXT-X-MAP:URI=\"108p/init.mp4\"\n",
            window.target_s, window.first_number + std::uint64_t(first), jumped ? 1 : 0);
        for (int i = first; i < end; ++i) {
            const bool behind = window.discontinuity_at > 0 && i >= window.discontinuity_at;
            if (window.discontinuity_at > 0 && i == window.discontinuity_at) text += "#EXT-X-DISCONTINUITY\n";
            if (window.dated)
                text += "#EXT-X-PROGRAM-DATE-TIME:" +
                        core::format_rfc3339(
                            core::WallTime(std::chrono::hours(480'000) + std::chrono::seconds(i))) +
                        "\n";
            text += fmt::format("#EXTINF:1.0,\n108p/seg-{:05}.m4s\n", i + (behind ? 20 : 0) + 1);
        }
        return text;
    }
    std::optional<http::Response> answer(const http::Request& request) {
        const auto text = [](std::string body) { return http::Response::text(200, std::move(body)); };
        const std::string path(request.capture("path"));
        const bool of_b = path.starts_with("b/");
        if (!path.ends_with(".m3u8")) {
            if (of_b) wait_while(hold_segments_of_b);
            auto content = core::read_file(files_.root() / "media" / path.substr(2));
            return content ? text(std::move(*content)) : http::Response::text(404, "no such file");
        }
        if (of_b && !path.ends_with("/live.m3u8")) wait_while(hold_playlists_of_b);
        const std::lock_guard lock(mutex_);
        const Window& window = windows_[of_b ? compare::Side::b : compare::Side::a];
        if (path.ends_with("/live.m3u8")) {
            std::string master = "#EXTM3U\n";
            for (int rung = 0; rung < window.rungs; ++rung)
                master += fmt::format("#EXT-X-STREAM-INF:BANDWIDTH={},RESOLUTION=192x108\n{}.m3u8\n",
                                      200'000 * (rung + 1), rung);
            return text(master);
        }
        if (window.unreachable) return http::Response::text(503, "not now");
        return text(playlist(window));
    }

    FolderSite files_;
    mutable std::mutex mutex_;
    compare::Both<Window> windows_;
    std::chrono::steady_clock::time_point began_;
};

}  // namespace qd::test
