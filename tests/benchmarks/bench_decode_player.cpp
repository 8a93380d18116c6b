// The preview player against its bounds, on a 1080p30 title of its own from a server in a process of its own:
//   bench_decode_player [start [N] | seek [N] | sync [SECONDS] | panes [SECONDS] | memory [MINUTES]]
//   [THREADS]
// Without a word: all of them, short. Each row says its bound. THREADS: the decoder's, for comparison.

#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/executor.hpp"
#include "core/files.hpp"
#include "core/random.hpp"
#include "decode/playback.hpp"
#include "decode/segment_reader.hpp"
#include "decode/stream_decoder.hpp"
#include "hls/playlist.hpp"
#include "http/server.hpp"
#include "media/encode.hpp"
#include "media/generate.hpp"
#include "media/pacer.hpp"

using namespace qd;
using core::Seconds;
using Steady = std::chrono::steady_clock;

namespace {

constexpr double title_s = 20;
constexpr int fps = 30;
constexpr double segment_s = 4;  // the site's
const double group_s = media::to_seconds(media::Pacer::longest_group);  // a key picture begins each
int decoder_threads = 0;  // 0: the playback's own choice

double cpu_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}
double rss_mb() {
    long pages = 0, resident = 0;
    if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return double(resident) * double(sysconf(_SC_PAGESIZE)) / 1e6;
}
double since_ms(Steady::time_point from) {
    return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

/// Makes the title and serves it; made by fork() before any thread.
class Site {
public:
    Site() {
        int told[2], held[2];
        if (pipe(told) != 0 || pipe(held) != 0) std::exit(74);
        char name[] = "/tmp/bench-decode-XXXXXX";
        if (mkdtemp(name) == nullptr) std::exit(74);
        folder_ = name;
        child_ = fork();
        if (child_ == 0) {
            close(held[1]);
            serve(folder_, told[1], held[0]);
        }
        close(told[1]);
        close(held[0]);
        hold_ = held[1];
        char address[64] = {};
        const ssize_t size = read(told[0], address, sizeof address - 1);
        close(told[0]);
        if (size <= 0) std::exit(69);
        url_ = std::string("http://") + address + "/media/master.m3u8";
    }
    ~Site() {
        close(hold_);
        waitpid(child_, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    const std::string& url() const { return url_; }
    std::string long_url() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "media"))
            if (entry.path().filename() == "long.m3u8")
                return url_.substr(0, url_.rfind('/') + 1) +
                       std::filesystem::relative(entry.path(), folder_ / "media").string();
        return url_;
    }
    const std::filesystem::path& folder() const { return folder_; }

private:
    /// The title six times over, as one with discontinuities: longer than any buffer.
    static bool write_long(const std::filesystem::path& media) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(media)) {
            if (entry.path().extension() != ".m3u8" || entry.path().filename() == "master.m3u8") continue;
            auto list = hls::parse_media(core::read_file(entry.path()).value_or(""));
            if (!list) return false;
            const std::vector<hls::Segment> once = list->segments;
            for (int i = 1; i < 6; ++i)
                for (const hls::Segment& segment : once) {
                    list->segments.push_back(segment);
                    list->segments.back().discontinuity = &segment == &once.front();
                }
            return core::write_file_atomically(entry.path().parent_path() / "long.m3u8", hls::write(*list))
                .has_value();
        }
        return false;
    }
    [[noreturn]] static void serve(const std::filesystem::path& folder, int told, int held) {
        media::TitleSpec spec;
        spec.duration_s = title_s;
        spec.width = 1920;
        spec.height = 1080;
        spec.fps = fps;
        media::EncodeJob job;
        job.source = folder / "source.mp4";
        job.output_folder = folder / "media";
        job.public_uri_prefix = "/media/";
        job.ladder.heights = {1080};
        job.segment_duration = Seconds(segment_s);
        if (!media::generate_title(spec, job.source) || !media::encode(job)) _exit(70);
        if (!write_long(folder / "media")) _exit(70);
        {
            http::Server server{http::ServerOptions{}};
            server.route_blocking(http::Method::get, "/media/{path...}", [&](const http::Request& request) {
                auto content = core::read_file(folder / "media" / std::string(request.capture("path")));
                if (!content) return http::Response::text(404, "no such file");
                return http::Response::text(200, std::move(*content), "application/octet-stream");
            });
            if (!server.start()) _exit(69);
            const std::string address = server.address();
            if (write(told, address.data(), address.size()) < 0) _exit(74);
            close(told);
            char end;
            while (read(held, &end, 1) > 0) {
            }
            server.stop(std::chrono::milliseconds(200));
        }
        _exit(0);
    }

    std::filesystem::path folder_;
    std::string url_;
    pid_t child_ = 0;
    int hold_ = -1;
};

/// A sound device that takes samples in periods of 10 ms by a clock 100 ppm fast, and is heard 100 ms later.
class Device final : public decode::AudioSink {
public:
    static constexpr double latency_s = 0.1, skew = 1.0001;
    bool start() override { return resume(), true; }
    std::size_t write(std::span<const std::int16_t> samples) override {
        const std::lock_guard lock(mutex_);
        advance();
        const double room = 0.2 * decode::audio_rate_hz - (written_ - handed_);
        const auto frames = std::min(std::size_t(std::max(room, 0.0)), samples.size() / 2);
        written_ += double(frames);
        return frames;
    }
    std::optional<Seconds> played() const override {
        const std::lock_guard lock(mutex_);
        advance();
        const double period = 0.01 * decode::audio_rate_hz;
        return Seconds(
            std::max(0.0, std::floor(handed_ / period) * period / decode::audio_rate_hz - latency_s));
    }
    /// What really comes out of the loudspeaker, in seconds since the first sample.
    double audible() const {
        const std::lock_guard lock(mutex_);
        advance();
        return handed_ / decode::audio_rate_hz - latency_s;
    }
    void pause() override {
        const std::lock_guard lock(mutex_);
        advance();
        running_ = false;
    }
    void resume() override {
        const std::lock_guard lock(mutex_);
        advance();
        running_ = true;
    }
    void flush() override {
        const std::lock_guard lock(mutex_);
        written_ = handed_ = 0;
    }
    void stop() override {}

private:
    void advance() const {
        const auto now = Steady::now();
        if (running_)
            handed_ = std::min(written_, handed_ + std::chrono::duration<double>(now - last_).count() * skew *
                                                       decode::audio_rate_hz);
        last_ = now;
    }
    mutable std::mutex mutex_;
    bool running_ = false;
    mutable double written_ = 0, handed_ = 0;
    mutable Steady::time_point last_ = Steady::now();
};

class Screen final : public decode::FrameSink {
public:
    explicit Screen(Device* device = nullptr) : device_(device) {}
    void keep_no_offsets() {
        const std::lock_guard lock(mutex_);
        keeps_offsets_ = false;
    }
    void on_frame(decode::VideoFrame frame) override {
        const std::lock_guard lock(mutex_);
        if (count_ == 0) first_at_ = frame.at.count();
        if (count_ > 0 && frame.at < last_) laps_ += title_s;
        last_ = frame.at;
        ++count_;
        const double heard = device_ != nullptr ? device_->audible() : 0;
        if (heard > 0 && keeps_offsets_)
            offsets_.push_back({Steady::now(), frame.at.count() + laps_ - first_at_ - heard});
        changed_.notify_all();
    }
    bool wait_past(std::size_t count, int seconds = 20) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(seconds), [&] { return count_ > count; });
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    std::vector<std::pair<Steady::time_point, double>> offsets() {
        const std::lock_guard lock(mutex_);
        return offsets_;
    }

private:
    Device* device_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool keeps_offsets_ = true;
    std::size_t count_ = 0;
    double laps_ = 0, first_at_ = 0;
    Seconds last_{};
    std::vector<std::pair<Steady::time_point, double>> offsets_;  // picture minus sound, seconds
};

struct Pane {
    explicit Pane(bool with_sound, decode::PlaybackOptions options = {})
        : screen(with_sound ? &device : nullptr),
          playback({transport, pool, clock, random}, screen, with_sound ? &device : nullptr,
                   with_threads(options)) {
        playback.set_output_size(960, 540);
    }
    bool wait_paused() {
        for (int i = 0; i < 2000 && playback.snapshot().state != decode::PlaybackState::paused; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return playback.snapshot().state == decode::PlaybackState::paused;
    }
    static decode::PlaybackOptions with_threads(decode::PlaybackOptions options) {
        options.decoder_threads = decoder_threads;
        return options;
    }
    core::SystemClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "timers"};
    http::Client client;
    player::HttpTransport transport{client};
    Device device;
    Screen screen;
    decode::Playback playback;
};

void row(const char* what, std::vector<double> all, double bound) {
    if (all.empty()) return;
    std::sort(all.begin(), all.end());
    const auto at = [&](double part) { return all[std::size_t(part * double(all.size() - 1) + 0.5)]; };
    std::printf(
        "%-40s min %6.1f  median %6.1f  p95 %6.1f  worst %6.1f ms of %zu   bound %.0f ms, %zu beyond it\n",
        what, all.front(), at(0.5), at(0.95), all.back(), all.size(), bound,
        std::size_t(std::count_if(all.begin(), all.end(), [&](double ms) { return ms > bound; })));
    std::fflush(stdout);
}

void start(const Site& site, int count) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) {
        Pane pane(true);
        const auto from = Steady::now();
        pane.playback.play(site.url());
        if (!pane.screen.wait_past(0)) return;
        all.push_back(since_ms(from));
    }
    row("start: play to first picture", all, 300);
}

/// Where exact seeks go.
enum class Targets {
    within,     // anywhere in what the session or the playback holds
    group_end,  // … the last pictures of groups: everything from the key picture on is decoded for them
    onwards,    // … a little ahead each time, as a bar is dragged
    outside,    // between places that neither of them holds at once
};

Seconds next_target(Targets targets, int i, double random, Seconds last) {
    switch (targets) {
        case Targets::within:
            return Seconds(random * 16.5);
        case Targets::group_end:
            return Seconds((std::floor(random * 16 / group_s) + 1) * group_s - 0.5 / fps);
        case Targets::onwards:
            return last > Seconds(17) ? Seconds(0) : last + Seconds(0.1 + random * 0.4);
        case Targets::outside:
            return Seconds((i % 2 == 0 ? 13 : 1) + random * 5.5);
    }
    return {};
}

void seek(const Site& site, int count, bool paused, Targets targets) {
    static constexpr const char* names[] = {"within", "group's end", "onwards", "outside"};
    const bool far = targets == Targets::outside;
    decode::PlaybackOptions options;
    if (far) options.kept_bytes = 0;
    Pane pane(true, options);
    player::SessionOptions session;
    if (far) session.buffer_goal = Seconds(2);
    pane.playback.play(site.url(), session);
    if (!pane.screen.wait_past(0)) return;
    if (paused) pane.playback.pause();
    if (!far)
        for (int i = 0; i < 1000 && pane.playback.snapshot().session.state != player::SessionState::complete;
             ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    core::SeededRandom random(7);
    std::vector<double> all;
    unsigned fetching = 0;
    double cpu = 0;
    Seconds position{};
    for (int i = 0; i < count; ++i) {
        position = next_target(targets, i, random.uniform(), position);
        const std::size_t before = pane.screen.count();
        const std::uint64_t fetched =
            pane.playback.fetches().empty() ? 0 : pane.playback.fetches().back().number;
        const auto from = Steady::now();
        const double cpu_before = cpu_s();
        pane.playback.seek(position);
        if (!pane.screen.wait_past(before)) return;
        all.push_back(since_ms(from));
        cpu += cpu_s() - cpu_before;
        if (paused && !pane.wait_paused()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        if (!pane.playback.fetches(fetched).empty()) ++fetching;
    }
    char what[64];
    std::snprintf(what, sizeof what, "seek %s, %s (%u fetched, CPU %.0f ms)", names[int(targets)],
                  paused ? "paused" : "playing", fetching, cpu / count * 1000);
    row(what, all, far ? 400 : 100);
}

void sync(const Site& site, int seconds) {
    Pane pane(true);
    pane.playback.play(site.url());
    pane.playback.set_loop(decode::LoopRange{});
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const auto offsets = pane.screen.offsets();
    if (offsets.empty()) return;
    double worst = 0, drift = 0, first_mean = 0;
    std::size_t beyond = 0;
    std::map<long, std::pair<double, int>> windows;  // of five seconds
    for (const auto& [at, offset] : offsets) {
        worst = std::max(worst, std::abs(offset));
        if (std::abs(offset) > 0.04) ++beyond;
        auto& [sum, count] =
            windows[std::chrono::duration_cast<std::chrono::seconds>(at - offsets[0].first).count() / 5];
        sum += offset;
        ++count;
    }
    bool first = true;
    for (const auto& [window, sum] : windows) {
        if (sum.second < 50) continue;
        const double mean = sum.first / sum.second;
        if (std::exchange(first, false)) first_mean = mean;
        drift = std::max(drift, std::abs(mean - first_mean));
    }
    const auto qoe = pane.playback.snapshot().qoe;
    std::printf(
        "sync: picture against sound over %d s: mean %+.1f ms, max %.1f ms (bound 40; %zu of %zu beyond), "
        "drift "
        "of 5 s means %.2f ms (bound 5); drops %llu early, %llu late\n",
        seconds, first_mean * 1000, worst * 1000, beyond, offsets.size(), drift * 1000,
        (unsigned long long)qoe.frames_dropped_early, (unsigned long long)qoe.frames_dropped_late);
    std::fflush(stdout);
}

/// CPU seconds for each second of media that decoding alone takes: the same files, decoders and threads.
double decode_alone(const Site& site) {
    std::shared_ptr<const std::string> init;
    std::vector<std::filesystem::path> segments;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(site.folder() / "media")) {
        const std::string name = entry.path().filename().string();
        if (name.find("init") != std::string::npos)
            init = std::make_shared<const std::string>(core::read_file(entry.path()).value_or(""));
        else if (name.find("seg") != std::string::npos && entry.path().extension() != ".m3u8")
            segments.push_back(entry.path());
    }
    std::sort(segments.begin(), segments.end());
    std::size_t pictures = 0;
    decode::StreamConfigPtr video, audio;
    decode::StreamDecoder pictures_decoder(2, [&](media::Frame) { ++pictures; });
    decode::StreamDecoder sound_decoder(1, [](media::Frame) {});
    const double before = cpu_s();
    for (const auto& path : segments) {
        const auto data = std::make_shared<const std::string>(core::read_file(path).value_or(""));
        const auto packets = decode::demux_segment(init, data, video, audio);
        if (!packets) return -1;
        for (const auto& packet : *packets)
            (void)(packet.kind == decode::StreamKind::video ? pictures_decoder : sound_decoder)
                .decode(packet);
    }
    pictures_decoder.drain();
    return pictures == 0 ? -1 : (cpu_s() - before) / (double(pictures) / fps);
}

void panes(const Site& site, int seconds) {
    const double alone = decode_alone(site);
    Pane a(true), b(false);
    for (Pane* pane : {&a, &b}) {
        pane->playback.play(site.url());
        pane->playback.set_loop(decode::LoopRange{});
    }
    if (!a.screen.wait_past(10) || !b.screen.wait_past(10)) return;
    const std::size_t shown_before = a.screen.count() + b.screen.count();
    const double before = cpu_s();
    const auto from = Steady::now();
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const double wall = since_ms(from) / 1000, used = cpu_s() - before;
    const auto shown = double(a.screen.count() + b.screen.count() - shown_before);
    const double all = used / wall * 100, decoding = 2 * alone * 100;
    std::printf(
        "two panes of 1080p30 shown at 960x540: %.1f %% of a core, of which decoding alone %.1f %%; beyond "
        "it %.1f "
        "%% (bound 30); %.1f pictures a second each\n",
        all, decoding, all - decoding, shown / wall / 2);
    std::fflush(stdout);
}

void memory(const Site& site, double minutes) {
    const double before = rss_mb();
    Pane pane(true);
    pane.screen.keep_no_offsets();  // they are this program's memory, not the pane's
    pane.playback.play(site.long_url());
    pane.playback.set_loop(decode::LoopRange{});
    const auto end = Steady::now() + std::chrono::duration_cast<Steady::duration>(Seconds(minutes * 60));
    double most = 0, early = 0;
    const auto settled = Steady::now() + std::chrono::seconds(15);
    const auto begun = Steady::now();
    double told_min = 0;
    while (Steady::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        const double now = rss_mb() - before;
        if (const double passed = Seconds(Steady::now() - begun).count() / 60; passed >= told_min + 2) {
            told_min = passed;
            const struct mallinfo2 heap = mallinfo2();
            std::printf("  after %4.1f min: %.1f MB, of the heap %.1f MB in use, %.1f MB free in it\n",
                        passed, now, double(heap.uordblks + heap.hblkhd) / 1e6, double(heap.fordblks) / 1e6);
            std::fflush(stdout);
        }
        most = std::max(most, now);
        if (early == 0 && Steady::now() > settled) early = now;
    }
    const auto snapshot = pane.playback.snapshot();
    std::printf(
        "memory of a pane over %.1f min of a loop: %.1f MB after 15 s, %.1f MB at the end, %.1f MB at most "
        "(bound 120); "
        "%.1f MB of segments ahead, %.1f MB kept, %llu laps\n",
        minutes, early, rss_mb() - before, most, double(snapshot.session.buffered_bytes) / 1e6,
        double(snapshot.kept_bytes) / 1e6, (unsigned long long)snapshot.laps);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "all";
    const double number = argc > 2 ? std::atof(argv[2]) : 0;
    if (argc > 3) decoder_threads = std::atoi(argv[3]);
    const auto wants = [&](const char* name) { return what == "all" || what == name; };
    const auto count = [&](double otherwise) { return number > 0 ? number : otherwise; };
    const Site site;
    if (wants("memory")) memory(site, count(1));  // first: what others leave behind is not its own
    if (wants("start")) start(site, int(count(20)));
    if (wants("seek"))
        for (const Targets targets :
             {Targets::within, Targets::group_end, Targets::onwards, Targets::outside})
            for (const bool paused : {false, true}) seek(site, int(count(40)), paused, targets);
    if (wants("sync")) sync(site, int(count(30)));
    if (wants("panes")) panes(site, int(count(20)));
    return 0;
}
