#pragma once
// A generated title, encoded once for the whole program, served by a real server from a folder of its own.

#include <QTemporaryDir>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/files.hpp"
#include "decode/playback.hpp"
#include "http/range.hpp"
#include "http/server.hpp"
#include "media/encode.hpp"
#include "media/generate.hpp"

namespace qd::test {

/// A folder of its own, served by a real server, byte ranges and all.
class FolderSite {
public:
    /// `trouble` may answer instead of the files; it runs on the server's worker threads.
    using Trouble = std::function<std::optional<http::Response>(const http::Request&)>;

    FolderSite() : server_(http::ServerOptions{}) {
        server_.route_blocking(http::Method::get, "/media/{path...}", [this](const http::Request& request) {
            Trouble trouble;
            {
                const std::lock_guard lock(mutex_);
                asked_.push_back(request.target);
                trouble = trouble_;
            }
            if (trouble)
                if (auto answer = trouble(request)) return std::move(*answer);
            auto content = core::read_file(root() / "media" / std::string(request.capture("path")));
            if (!content) return http::Response::text(404, "no such file");
            const auto range = http::parse_range(request.headers.get("Range"), content->size());
            const bool part = range.kind == http::ByteRange::Kind::part;
            if (part) *content = content->substr(range.offset, range.size);
            http::Response response =
                http::Response::text(part ? 206 : 200, std::move(*content), "application/octet-stream");
            response.headers.set("X-Served-By", "stable/v1/api-1");
            return response;
        });
        if (const auto started = server_.start(); !started) qFatal("%s", started.error().message.c_str());
    }

    /// Files belong into its folder "media".
    std::filesystem::path root() const { return folder_.path().toStdString(); }
    std::string url(const std::string& name) const {
        return "http://" + server_.address() + "/media/" + name;
    }
    void make_trouble(Trouble trouble) {
        const std::lock_guard lock(mutex_);
        trouble_ = std::move(trouble);
    }
    std::vector<std::string> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    QTemporaryDir folder_;
    mutable std::mutex mutex_;
    Trouble trouble_;
    std::vector<std::string> asked_;
    http::Server server_;
};

class TitleSite : public FolderSite {
public:
    static constexpr int fps = 25;

    explicit TitleSite(double duration_s, int height = 360, std::vector<int> ladder = {}) {
        media::TitleSpec spec;
        spec.duration_s = duration_s;
        spec.width = height * 16 / 9;
        spec.height = height;
        spec.fps = fps;
        if (const auto made = media::generate_title(spec, root() / "source.mp4"); !made)
            qFatal("%s", made.error().message.c_str());
        media::EncodeJob job;
        job.source = root() / "source.mp4";
        job.output_folder = root() / "media";
        job.public_uri_prefix = "/media/";
        if (!ladder.empty()) job.ladder.heights = std::move(ladder);
        if (const auto encoded = media::encode(job); !encoded) qFatal("%s", encoded.error().message.c_str());
    }

    using FolderSite::url;
    std::string url() const { return url("master.m3u8"); }
};

class CollectingSink final : public decode::FrameSink {
public:
    struct Seen {
        decode::VideoFrame frame;
        std::chrono::steady_clock::time_point at;
    };
    void on_frame(decode::VideoFrame frame) override {
        const std::lock_guard lock(mutex_);
        seen_.push_back({std::move(frame), std::chrono::steady_clock::now()});
        if (seen_.size() > 1) seen_[seen_.size() - 2].frame.pixels.reset();
        changed_.notify_all();
    }
    std::vector<Seen> seen() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }
    /// Waits until `count` frames have come; false after ten seconds.
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return seen_.size() >= count; });
    }
    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return seen_.size();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Seen> seen_;
};

/// A device that plays in real time from the first sample on.
class RealTimeAudio final : public decode::AudioSink {
public:
    bool start() override {
        const std::lock_guard lock(mutex_);
        ++starts;
        return present;
    }
    std::size_t write(std::span<const std::int16_t> interleaved) override {
        const std::lock_guard lock(mutex_);
        update();
        const std::size_t room = std::size_t(0.2 * decode::audio_rate_hz) - std::size_t(written_ - played_);
        const std::size_t frames = std::min(room, interleaved.size() / 2);
        written_ += double(frames);
        total += frames;
        for (std::size_t i = 0; i < frames; ++i) {
            const int value = interleaved[2 * i];
            if (std::abs(value) < 500) continue;
            if (value > 0 && !up_) ++waves;
            up_ = value > 0;
        }
        for (std::size_t i = 0; i < frames * 2; ++i)
            if (interleaved[i] > 1000 || interleaved[i] < -1000) ++loud;
        return frames;
    }
    std::optional<core::Seconds> played() const override {
        const std::lock_guard lock(mutex_);
        update();
        return core::Seconds(played_ / decode::audio_rate_hz);
    }
    void pause() override {
        const std::lock_guard lock(mutex_);
        update();
        running_ = false;
    }
    void resume() override {
        const std::lock_guard lock(mutex_);
        update();
        running_ = true;
    }
    void flush() override {
        const std::lock_guard lock(mutex_);
        written_ = played_ = 0;
        ++flushes;
    }
    void stop() override {}

    bool present = true;
    std::atomic<int> starts{0}, flushes{0};
    std::atomic<std::uint64_t> total{0}, loud{0}, waves{0};

private:
    void update() const {
        const auto now = std::chrono::steady_clock::now();
        if (running_)
            played_ = std::min(written_, played_ + std::chrono::duration<double>(now - last_).count() *
                                                       speed * decode::audio_rate_hz);
        last_ = now;
    }
    mutable std::mutex mutex_;
    double speed = 1;
    bool running_ = true, up_ = true;
    mutable double written_ = 0, played_ = 0;
    mutable std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Everything a playback needs, and the playback.
struct Theatre {
    explicit Theatre(decode::AudioSink* audio = nullptr, decode::PlaybackCallbacks callbacks = {}) {
        decode::PlaybackOptions options;
        options.read_frame_code = true;
        callbacks.on_state = [this](decode::PlaybackState state) {
            const std::lock_guard lock(mutex);
            states.push_back(state);
            changed.notify_all();
        };
        playback =
            std::make_unique<decode::Playback>(decode::PlaybackServices{transport, pool, clock, random}, sink,
                                               audio, options, std::move(callbacks));
    }
    bool wait_for(decode::PlaybackState state, int seconds = 15) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(seconds),
                                [&] { return !states.empty() && states.back() == state; });
    }
    std::vector<decode::PlaybackState> seen_states() {
        const std::lock_guard lock(mutex);
        return states;
    }

    core::SystemClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "timers"};
    http::Client client;
    player::HttpTransport transport{client};
    CollectingSink sink;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<decode::PlaybackState> states;
    std::unique_ptr<decode::Playback> playback;
};

}  // namespace qd::test
