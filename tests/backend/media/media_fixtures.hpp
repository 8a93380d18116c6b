#pragma once
// What the tests of this room share: a folder of their own, inputs, and a look into what was encoded.

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/files.hpp"
#include "hls/playlist.hpp"
#include "media/encode.hpp"
#include "media/ff.hpp"
#include "media/frame_code.hpp"
#include "media/generate.hpp"

namespace qd::test {

/// Removed at the end.
class Folder {
public:
    std::filesystem::path path(const std::string& name) const {
        return std::filesystem::path(folder_.path().toStdString()) / name;
    }

private:
    QTemporaryDir folder_;
};

inline bool have_ffmpeg() {
    return !QStandardPaths::findExecutable("ffmpeg").isEmpty();
}

/// Runs the ffmpeg command line; true when it succeeds.
inline bool ffmpeg(const std::vector<std::string>& arguments) {
    QStringList list{"-nostdin", "-v", "error", "-y"};
    for (const auto& argument : arguments) list << QString::fromStdString(argument);
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start("ffmpeg", list);
    return process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit &&
           process.exitCode() == 0;
}

/// A short title of ours; empty when that fails.
inline std::filesystem::path make_title(const Folder& folder, const std::string& name,
                                        media::TitleSpec spec) {
    const auto path = folder.path(name);
    return media::generate_title(spec, path) ? path : std::filesystem::path();
}

struct SeenFrame {
    double at_s = 0;
    std::optional<std::uint32_t> code;
    bool key = false;
};

struct SeenSound {
    double begin_s = -1;  // -1: none
    double end_s = -1;
};

/// One rung as an independent reader sees it: every segment decoded on its own after the init segment.
struct SeenRung {
    hls::MediaPlaylist playlist;
    std::vector<std::vector<SeenFrame>> segments;  // frames in presentation order
    std::vector<SeenSound> sound;                  // of each segment
    int width = 0, height = 0;
    AVPixelFormat pixel_format = AV_PIX_FMT_NONE;
    std::string error;
    std::function<void(const AVFrame&)> on_frame;  // sees every picture as decoded

    std::vector<SeenFrame> frames() const {
        std::vector<SeenFrame> all;
        for (const auto& segment : segments) all.insert(all.end(), segment.begin(), segment.end());
        return all;
    }
};

struct MemoryInput {
    std::string bytes;
    std::size_t at = 0;

    static int read(void* opaque, std::uint8_t* buffer, int size) {
        auto* self = static_cast<MemoryInput*>(opaque);
        const std::size_t count = std::min(std::size_t(size), self->bytes.size() - self->at);
        if (count == 0) return AVERROR_EOF;
        std::memcpy(buffer, self->bytes.data() + self->at, count);
        self->at += count;
        return int(count);
    }
};

inline void read_segment(SeenRung& rung, std::string bytes) {
    using namespace media;
    MemoryInput input{std::move(bytes), 0};
    const CustomIo io(avio_alloc_context(static_cast<std::uint8_t*>(av_malloc(32'768)), 32'768, 0, &input,
                                         &MemoryInput::read, nullptr, nullptr));
    AVFormatContext* format = avformat_alloc_context();
    format->pb = io.get();
    if (avformat_open_input(&format, nullptr, av_find_input_format("mp4"), nullptr) < 0) {
        rung.error = "a segment does not open";
        return;
    }
    const InputFormat owned(format);
    CodecContext decoder;
    int picture = -1;
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        const auto* parameters = format->streams[i]->codecpar;
        if (parameters->codec_type != AVMEDIA_TYPE_VIDEO) continue;
        picture = int(i);
        decoder.reset(avcodec_alloc_context3(avcodec_find_decoder(parameters->codec_id)));
        avcodec_parameters_to_context(decoder.get(), parameters);
        avcodec_open2(decoder.get(), nullptr, nullptr);
    }
    if (!decoder) {
        rung.error = "a segment has no picture";
        return;
    }
    std::vector<SeenFrame> frames;
    SeenSound sound;
    const Packet packet = make_packet();
    const Frame frame = make_frame();
    const auto receive = [&] {
        while (avcodec_receive_frame(decoder.get(), frame.get()) >= 0) {
            const LumaView luma{frame->data[0], frame->width, frame->height, frame->linesize[0]};
            frames.push_back({double(frame->pts) * av_q2d(format->streams[picture]->time_base),
                              read_frame_code(luma), frame->key_frame != 0});
            if (rung.on_frame) rung.on_frame(*frame);
            rung.width = frame->width;
            rung.height = frame->height;
            rung.pixel_format = AVPixelFormat(frame->format);
        }
    };
    while (av_read_frame(format, packet.get()) >= 0) {
        const double base = av_q2d(format->streams[packet->stream_index]->time_base);
        if (packet->stream_index == picture) {
            if (avcodec_send_packet(decoder.get(), packet.get()) < 0) rung.error = "a packet does not decode";
            receive();
        } else {
            if (sound.begin_s < 0) sound.begin_s = double(packet->pts) * base;
            sound.end_s = double(packet->pts) * base + 1'024.0 / 48'000;
        }
        av_packet_unref(packet.get());
    }
    avcodec_send_packet(decoder.get(), nullptr);
    receive();
    rung.segments.push_back(std::move(frames));
    rung.sound.push_back(sound);
}

inline SeenRung read_rung(const std::filesystem::path& folder,
                          std::function<void(const AVFrame&)> on_frame = nullptr) {
    SeenRung rung;
    rung.on_frame = std::move(on_frame);
    const auto text = core::read_file(folder / "index.m3u8");
    const auto playlist = text ? hls::parse_media(*text) : core::Result<hls::MediaPlaylist>();
    if (!text || !playlist) {
        rung.error = text ? playlist.error().message : text.error().message;
        return rung;
    }
    rung.playlist = *playlist;
    for (const auto& segment : playlist->segments) {
        const auto init = core::read_file(folder / segment.map.value().uri);
        const auto bytes = core::read_file(folder / segment.uri);
        if (!init || !bytes) {
            rung.error = "a listed file is missing";
            return rung;
        }
        read_segment(rung, *init + *bytes);
    }
    return rung;
}

/// All files below a folder.
inline std::size_t count_files(const std::filesystem::path& folder) {
    std::error_code error;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error))
        if (entry.is_regular_file()) ++count;
    return count;
}

inline media::EncodeJob make_job(const std::filesystem::path& source, const std::filesystem::path& output,
                                 std::vector<int> heights = {240}) {
    media::EncodeJob job;
    job.source = source;
    job.output_folder = output;
    job.ladder.heights = std::move(heights);
    job.segment_duration = core::Seconds(1);
    job.public_uri_prefix = "/media/x/";
    return job;
}

}  // namespace qd::test
