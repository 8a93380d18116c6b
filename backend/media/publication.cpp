#include "media/publication.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/files.hpp"
#include "media/video_encoder.hpp"

namespace qd::media {

using core::Failure;

namespace {

/// Renamed into place when complete. Not synced: a whole title is, at its end.
core::Result<> write_then_rename(const std::filesystem::path& path, std::string_view content) {
    const std::string doing = fmt::format("writing {}", path.string());
    const std::filesystem::path temporary = path.parent_path() / ("." + path.filename().string() + ".part");
    const core::UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return core::fail_errno(doing, errno);
    while (!content.empty()) {
        const ssize_t count = ::write(fd.get(), content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return core::fail_errno(doing, errno);
        content.remove_prefix(std::size_t(count));
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return core::fail_errno(doing, errno);
    return {};
}

core::Result<> sync_file_system(const std::filesystem::path& folder) {
    const core::UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::syncfs(fd.get()) != 0)
        return core::fail_errno(fmt::format("syncing {}", folder.string()), errno);
    return {};
}

constexpr double container_overhead = 1.03;

}  // namespace

Publication::Publication(const EncodeJob& job, const EncodeHooks& hooks, std::vector<Rung> ladder,
                         double frame_rate, bool has_audio)
    : job_(job), hooks_(hooks), frame_rate_(frame_rate), has_audio_(has_audio) {
    for (Rung& rung : ladder) {
        Rendition rendition;
        rendition.rung = std::move(rung);
        rendition.playlist.version = 7;
        rendition.playlist.independent_segments = true;
        rendition.playlist.type = hls::PlaylistType::event;
        rendition.playlist.start_offset = core::Seconds(0);
        // Segments end up to a quarter of a second late (see Pacer), and EXTINF is rounded before it is
        // compared.
        rendition.playlist.target_duration_s =
            std::uint32_t(std::max(1L, std::lround(job.segment_duration.count() + 0.255)));
        renditions_.push_back(std::move(rendition));
    }
}

Publication::~Publication() {
    if (!prepared_ || finished_) return;
    std::error_code ignored;
    std::filesystem::remove_all(job_.output_folder, ignored);
}

core::Result<> Publication::prepare() {
    std::error_code error;
    std::filesystem::remove_all(job_.output_folder, error);
    if (error)
        return core::fail_errno(fmt::format("emptying {}", job_.output_folder.string()), error.value());
    prepared_ = true;
    for (const Rendition& rendition : renditions_)
        if (auto made = core::make_directories(job_.output_folder / rendition.rung.name); !made) return made;
    return {};
}

void Publication::announce(const std::string& relative_path) const {
    if (hooks_.on_file) hooks_.on_file(relative_path);
}

core::Result<> Publication::write(const std::string& relative_path, std::string_view content) {
    return write_then_rename(job_.output_folder / relative_path, content);
}

core::Result<> Publication::init(std::size_t index, const std::string& bytes, std::string codecs) {
    const std::string path = renditions_[index].rung.name + "/init.mp4";
    if (auto written = write(path, bytes); !written) return written;
    const std::lock_guard lock(mutex_);
    renditions_[index].codecs = std::move(codecs);
    renditions_[index].bytes += bytes.size();
    bytes_ += bytes.size();
    announce(path);
    return {};
}

core::Result<> Publication::segment(std::size_t index, const Segmenter::Segment& segment) {
    Rendition& rendition = renditions_[index];
    hls::Segment entry;
    entry.uri = fmt::format("seg-{:05}.m4s", rendition.playlist.segments.size() + 1);
    entry.duration = segment.duration;
    entry.map = hls::Map{"init.mp4", std::nullopt};
    const std::string path = fmt::format("{}/{}", rendition.rung.name, entry.uri);
    if (auto written = write(path, segment.bytes); !written) return written;

    const std::lock_guard lock(mutex_);
    announce(path);
    rendition.playlist.segments.push_back(std::move(entry));
    rendition.sizes.push_back({segment.bytes.size(), segment.duration});
    rendition.bytes += segment.bytes.size();
    bytes_ += segment.bytes.size();
    // A long title's playlist is written again for every 64th part that it has grown by, not for every
    // segment.
    const std::size_t count = rendition.playlist.segments.size();
    if (count - rendition.announced >= std::max<std::size_t>(1, count / 64))
        if (auto written = write_playlist(rendition); !written) return written;
    return announce_playable();
}

core::Result<> Publication::write_playlist(Rendition& rendition) {
    const std::string path = rendition.rung.name + "/index.m3u8";
    if (auto written = write(path, hls::write(rendition.playlist)); !written) return written;
    rendition.announced = rendition.playlist.segments.size();
    announce(path);
    return {};
}

core::Result<> Publication::announce_playable() {
    if (playable_) return {};
    for (const Rendition& rendition : renditions_)
        if (rendition.announced < playable_segments) return {};
    const hls::MultivariantPlaylist playlist = master(false);
    if (auto written = write("master.m3u8", hls::write(playlist)); !written) return written;
    playable_ = true;
    announce("master.m3u8");
    if (hooks_.on_playable) hooks_.on_playable(playlist);
    return {};
}

core::Result<> Publication::poster(const std::string& bytes) {
    if (auto written = write("poster.jpg", bytes); !written) return written;
    const std::lock_guard lock(mutex_);
    bytes_ += bytes.size();
    announce("poster.jpg");
    return {};
}

void Publication::progress(double share) {
    const std::lock_guard lock(mutex_);
    share = std::clamp(share, 0.0, 1.0);
    if (share < progress_ + 0.005 && !(share == 1.0 && progress_ < 1.0)) return;
    progress_ = share;
    if (hooks_.on_progress) hooks_.on_progress(share);
}

hls::MultivariantPlaylist Publication::master(bool measured) const {
    hls::MultivariantPlaylist playlist;
    playlist.version = 7;
    playlist.independent_segments = true;
    for (const Rendition& rendition : renditions_) {
        hls::Bandwidth bandwidth = hls::measure_bandwidth(rendition.sizes, job_.segment_duration);
        hls::Variant variant;
        variant.uri = fmt::format("{}{}/index.m3u8", job_.public_uri_prefix, rendition.rung.name);
        if (!measured) {
            const double limit = double(peak_bitrate(rendition.rung.video_bitrate)) +
                                 (has_audio_ ? double(job_.ladder.audio_bitrate) : 0.0);
            bandwidth.peak = std::max(bandwidth.peak, std::uint64_t(limit * container_overhead));
        } else {
            variant.average_bandwidth = bandwidth.average;
        }
        variant.bandwidth = bandwidth.peak;
        variant.codecs = rendition.codecs;
        variant.resolution = hls::Resolution{rendition.rung.width, rendition.rung.height};
        variant.frame_rate = frame_rate_;
        variant.closed_captions = "NONE";
        playlist.variants.push_back(std::move(variant));
    }
    return playlist;
}

core::Result<EncodedTitle> Publication::finish(double frame_rate) {
    const std::lock_guard lock(mutex_);
    frame_rate_ = frame_rate;
    EncodedTitle title;
    for (Rendition& rendition : renditions_) {
        rendition.playlist.type = hls::PlaylistType::vod;
        rendition.playlist.end_list = true;
        rendition.playlist.start_offset.reset();
        if (auto written = write_playlist(rendition); !written) return Failure(written.error());
        EncodedRung rung;
        rung.rung = rendition.rung;
        rung.playlist = rendition.rung.name + "/index.m3u8";
        rung.codecs = rendition.codecs;
        rung.bandwidth = hls::measure_bandwidth(rendition.sizes, job_.segment_duration);
        rung.bytes = rendition.bytes;
        rung.segments = std::uint32_t(rendition.playlist.segments.size());
        title.rungs.push_back(std::move(rung));
    }
    title.master = master(true);
    title.bytes = bytes_;
    if (auto written = write("master.m3u8", hls::write(title.master)); !written)
        return Failure(written.error());
    if (auto synced = sync_file_system(job_.output_folder); !synced) return Failure(synced.error());
    announce("master.m3u8");
    if (!playable_ && hooks_.on_playable) hooks_.on_playable(title.master);
    playable_ = true;
    finished_ = true;
    return title;
}

}  // namespace qd::media
