#pragma once
// FFmpeg's objects, owned. Every maker returns null when memory is out; check() turns FFmpeg's error numbers
// into Results. Not thread-safe beyond what FFmpeg promises: one thread at a time for each object.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/frame.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace qd::media {

/// A deleter for FFmpeg's free functions that take the address of the pointer.
template <auto function>
struct FreeByAddress {
    template <class T>
    void operator()(T* object) const {
        function(&object);
    }
};
template <auto function>
struct FreeByValue {
    template <class T>
    void operator()(T* object) const {
        function(object);
    }
};

using Frame = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using Packet = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using CodecParameters = std::unique_ptr<AVCodecParameters, FreeByAddress<avcodec_parameters_free>>;
using CodecContext = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
/// A demuxer's; the AVIOContext of a custom pb stays its owner's.
using InputFormat = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;
/// A muxer's, without its pb.
using OutputFormat = std::unique_ptr<AVFormatContext, FreeByValue<avformat_free_context>>;
using FilterGraph = std::unique_ptr<AVFilterGraph, FreeByAddress<avfilter_graph_free>>;
using Scaler = std::unique_ptr<SwsContext, FreeByValue<sws_freeContext>>;
using Resampler = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;
using AudioFifo = std::unique_ptr<AVAudioFifo, FreeByValue<av_audio_fifo_free>>;

inline Frame make_frame() {
    return Frame(av_frame_alloc());
}
inline Packet make_packet() {
    return Packet(av_packet_alloc());
}

/// An AVIOContext over a memory buffer that libavformat allocated or took over (avio_alloc_context).
struct FreeIo {
    void operator()(AVIOContext* io) const {
        av_freep(&io->buffer);
        avio_context_free(&io);
    }
};
using CustomIo = std::unique_ptr<AVIOContext, FreeIo>;

/// Options by name, freed at the end.
class Options {
public:
    Options() = default;
    ~Options() { av_dict_free(&dictionary_); }
    Options(const Options&) = delete;
    Options& operator=(const Options&) = delete;

    Options& set(const char* name, const std::string& value) {
        av_dict_set(&dictionary_, name, value.c_str(), 0);
        return *this;
    }
    AVDictionary** get() { return &dictionary_; }

private:
    AVDictionary* dictionary_ = nullptr;
};

/// FFmpeg's words for an error number.
std::string error_text(int error);

/// Errc::no_space, io, cancelled (AVERROR_EXIT), timeout or `otherwise`, whichever fits.
core::Errc error_code(int error, core::Errc otherwise);

/// A failure when `result` is negative: "<doing>: <FFmpeg's words>".
core::Result<> check(int result, std::string_view doing, core::Errc otherwise = core::Errc::internal);

/// Silences FFmpeg's own printing to stderr, once per process; what matters comes back as errors. Called by
/// every function of this room; QUARTERDECK_FFMPEG_LOG=1 in the environment keeps it on.
void quiet_ffmpeg();

}  // namespace qd::media
