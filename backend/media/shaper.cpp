#include "media/shaper.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/pixdesc.h>
}

#include <cmath>

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr const char* rotation_filter(int clockwise_deg) {
    switch (clockwise_deg) {
        case 90:
            return "transpose=clock,";
        case 180:
            return "hflip,vflip,";
        case 270:
            return "transpose=cclock,";
        default:
            return "";
    }
}

}  // namespace

bool Shaper::fits(const AVFrame& frame) const {
    const bool square =
        frame.sample_aspect_ratio.num == 0 || frame.sample_aspect_ratio.num == frame.sample_aspect_ratio.den;
    return frame.format == AV_PIX_FMT_YUV420P && frame.color_range != AVCOL_RANGE_JPEG && square &&
           frame.width == settings_.width && frame.height == settings_.height &&
           settings_.rotation_deg == 0 && !(settings_.interlaced && frame.interlaced_frame);
}

core::Result<> Shaper::build(const AVFrame& frame) {
    graph_.reset(avfilter_graph_alloc());
    if (!graph_) return fail(Errc::internal, "out of memory");
    graph_->nb_threads = int(settings_.threads);
    in_ = out_ = nullptr;
    const AVRational shape = frame.sample_aspect_ratio.num > 0 ? frame.sample_aspect_ratio : AVRational{1, 1};
    const std::string input = fmt::format("video_size={}x{}:pix_fmt={}:time_base=1/90000:pixel_aspect={}/{}",
                                          frame.width, frame.height, frame.format, shape.num, shape.den);
    if (auto result = check(avfilter_graph_create_filter(&in_, avfilter_get_by_name("buffer"), "in",
                                                         input.c_str(), nullptr, graph_.get()),
                            "making the picture filters", Errc::unprocessable);
        !result)
        return result;
    if (auto result = check(avfilter_graph_create_filter(&out_, avfilter_get_by_name("buffersink"), "out",
                                                         nullptr, nullptr, graph_.get()),
                            "making the picture filters");
        !result)
        return result;

    // When the source changes its shape in the middle, the title keeps its own, with bars.
    double aspect = double(frame.width) * av_q2d(shape) / frame.height;
    if (settings_.rotation_deg % 180 != 0) aspect = 1 / aspect;
    if (first_aspect_ == 0) first_aspect_ = aspect;
    const bool letterbox = std::abs(aspect / first_aspect_ - 1) > 0.01;
    std::string scale =
        fmt::format("scale=w={}:h={}:flags=bicubic:out_range=tv", settings_.width, settings_.height);
    if (letterbox) {
        // The scaler only sees pixels: their shape is made square first.
        scale = fmt::format(
            "scale=w=trunc(iw*sar/"
            "2)*2:h=ih:flags=bicubic,setsar=1,scale=w={0}:h={1}:force_original_aspect_ratio=decrease:"
            "force_divisible_by=2:flags=bicubic:out_range=tv,format=yuv420p,pad={0}:{1}:-1:-1",
            settings_.width, settings_.height);
    }
    const std::string filters =
        fmt::format("{}{}{},format=yuv420p,setsar=1", settings_.interlaced ? "yadif=deint=interlaced," : "",
                    rotation_filter(settings_.rotation_deg), scale);
    AVFilterInOut* outputs = avfilter_inout_alloc();
    AVFilterInOut* inputs = avfilter_inout_alloc();
    int parsed = AVERROR(ENOMEM);
    if (outputs && inputs) {
        outputs->name = av_strdup("in");
        outputs->filter_ctx = in_;
        inputs->name = av_strdup("out");
        inputs->filter_ctx = out_;
        parsed = avfilter_graph_parse_ptr(graph_.get(), filters.c_str(), &inputs, &outputs, nullptr);
    }
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (parsed >= 0) parsed = avfilter_graph_config(graph_.get(), nullptr);
    if (auto result = check(parsed, "its pictures cannot be converted", Errc::unprocessable); !result)
        return result;
    width_ = frame.width;
    height_ = frame.height;
    format_ = frame.format;
    shape_ = frame.sample_aspect_ratio;
    return {};
}

core::Result<Frame> Shaper::shape(AVFrame& frame) {
    if (!graph_ && fits(frame)) {
        Frame result = make_frame();
        if (!result) return fail(Errc::internal, "out of memory");
        av_frame_move_ref(result.get(), &frame);
        return result;
    }
    if (!graph_ || frame.width != width_ || frame.height != height_ || frame.format != format_ ||
        av_cmp_q(frame.sample_aspect_ratio, shape_) != 0)
        if (auto built = build(frame); !built) return Failure(built.error());
    if (auto sent = check(av_buffersrc_add_frame(in_, &frame), "converting a picture"); !sent)
        return Failure(sent.error());
    return next();
}

core::Result<Frame> Shaper::flush() {
    if (!graph_) return Frame();
    if (auto sent = check(av_buffersrc_add_frame(in_, nullptr), "converting a picture"); !sent)
        return Failure(sent.error());
    return next();
}

core::Result<Frame> Shaper::next() {
    Frame result = make_frame();
    if (!result) return fail(Errc::internal, "out of memory");
    const int got = av_buffersink_get_frame(out_, result.get());
    if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return Frame();
    if (auto checked = check(got, "converting a picture"); !checked) return Failure(checked.error());
    // Some filters (the deinterlacer) count in a finer time base.
    result->pts = av_rescale_q(result->pts, av_buffersink_get_time_base(out_), AVRational{1, 90'000});
    return result;
}

core::Result<Frame> Resizer::resize(const AVFrame& frame) {
    if (!scaler_ || frame.width != in_width_ || frame.height != in_height_) {
        scaler_.reset(sws_getContext(frame.width, frame.height, AV_PIX_FMT_YUV420P, width_, height_,
                                     AV_PIX_FMT_YUV420P, SWS_BICUBIC, nullptr, nullptr, nullptr));
        if (!scaler_)
            return fail(Errc::internal, "a picture of {} x {} cannot be scaled", frame.width, frame.height);
        in_width_ = frame.width;
        in_height_ = frame.height;
    }
    Frame result = make_frame();
    if (!result) return fail(Errc::internal, "out of memory");
    result->format = AV_PIX_FMT_YUV420P;
    result->width = width_;
    result->height = height_;
    if (auto made = check(av_frame_get_buffer(result.get(), 0), "making room for a picture"); !made)
        return Failure(made.error());
    av_frame_copy_props(result.get(), &frame);
    result->sample_aspect_ratio = {1, 1};
    if (auto scaled = check(sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height,
                                      result->data, result->linesize),
                            "scaling a picture");
        !scaled)
        return Failure(scaled.error());
    return result;
}

}  // namespace qd::media
