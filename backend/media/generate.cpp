#include "media/generate.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include <libavfilter/buffersink.h>
}

#include "media/ff.hpp"
#include "media/frame_code.hpp"
#include "media/timecode.hpp"
#include "media/title_writer.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

constexpr std::string_view names[title_kinds] = {"test-card", "fractal", "life",
                                                 "gradients", "bars",    "plasma"};

int even(int value) {
    return std::max(16, value / 2 * 2);
}

/// Pictures of the kind, of the spec's size and rate. What is costly to compute is computed small and scaled
/// up.
std::string picture_filters(const TitleSpec& spec) {
    const int hue = int((spec.seed - 1) % 24 * 15);
    const std::string tint = hue == 0 ? "" : fmt::format("format=yuv420p,hue=h={},", hue);
    const std::string size = fmt::format("{}x{}", spec.width, spec.height);
    const auto smaller = [&](int divisor) {
        return fmt::format("{}x{}", even(spec.width / divisor), even(spec.height / divisor));
    };
    const auto larger = [&](std::string_view how) {
        return fmt::format("{}scale={}:{}:flags={}", tint, spec.width, spec.height, how);
    };
    switch (spec.kind) {
        case TitleKind::test_card:
            return fmt::format("testsrc2=size={}:rate={},{}null", size, spec.fps, tint);
        case TitleKind::fractal:
            return fmt::format(
                "mandelbrot=size={}:rate={}:maxiter=300:start_scale=2.5:end_scale=0.0005:end_pts={}:inner="
                "period,{}",
                smaller(4), spec.fps, 20 * spec.fps, larger("bilinear"));
        case TitleKind::life:
            return fmt::format(
                "life=size={}:rate={}:mold=12:ratio=0.3:seed={}:life_color=#40e0ff:death_color=#a02060:mold_"
                "color=#101830,"
                "fps={},{}",
                smaller(10), std::min(12, spec.fps), spec.seed % 4'000'000'000u, spec.fps,
                larger("neighbor"));
        case TitleKind::gradients:
            return fmt::format("gradients=size={}:rate={}:nb_colors=5:speed=0.015:seed={},{}", smaller(4),
                               spec.fps, spec.seed % 4'000'000'000u, larger("bilinear"));
        case TitleKind::bars:
            return fmt::format("smptehdbars=size={}:rate={},scroll=horizontal=0.004,{}null", size, spec.fps,
                               tint);
        case TitleKind::plasma:
            return fmt::format(
                "nullsrc=size={}:rate={},format=yuv420p,"
                "geq=lum='128+60*sin(X/9+3*T)+40*sin((X+Y)/13-2*T)':cb='128+90*sin(Y/7+T)':cr='128+90*cos(X/"
                "11-T)',{}",
                smaller(12), spec.fps, larger("bicubic"));
    }
    return {};
}

std::string sound_filters(const TitleSpec& spec) {
    // A key of its own for each seed: up to an octave.
    const double pitch = std::pow(2.0, double(spec.seed % 12) / 12.0);
    const auto formula = [](const std::string& expression) {
        return fmt::format("aevalsrc=exprs='{}':sample_rate=48000", expression);
    };
    const auto tone = [&](double hertz) { return fmt::format("sin({:.4f}*t)", 2 * M_PI * hertz * pitch); };
    switch (spec.kind) {
        case TitleKind::test_card:
            return fmt::format("sine=frequency={:.2f}:beep_factor=3:sample_rate=48000", 330 * pitch);
        case TitleKind::fractal:
            return formula(fmt::format("0.15*{}+0.12*{}*{}", tone(55), tone(82.5), "sin(1.3*t)"));
        case TitleKind::life:
            return formula(fmt::format("0.3*exp(-5*mod(t,0.5))*sin({:.4f}*t*pow(2,mod(floor(2*t)*7,12)/12))",
                                       2 * M_PI * 220 * pitch));
        case TitleKind::gradients:
            return formula(fmt::format("0.1*({}+{}+{})", tone(220), tone(277.18), tone(329.63)));
        case TitleKind::bars:
            return "sine=frequency=1000:sample_rate=48000";
        case TitleKind::plasma:
            return formula(fmt::format("0.2*sin({:.4f}*t*(1+0.3*sin(t/2)))", 2 * M_PI * 165 * pitch));
    }
    return {};
}

/// A graph without input, whose only output is `sink`.
core::Result<FilterGraph> make_graph(const std::string& filters, const char* sink, AVFilterContext*& out) {
    FilterGraph graph(avfilter_graph_alloc());
    if (!graph) return fail(Errc::internal, "out of memory");
    if (auto made = check(avfilter_graph_create_filter(&out, avfilter_get_by_name(sink), "out", nullptr,
                                                       nullptr, graph.get()),
                          "making the title's filters");
        !made)
        return Failure(made.error());
    AVFilterInOut* inputs = avfilter_inout_alloc();
    if (!inputs) return fail(Errc::internal, "out of memory");
    inputs->name = av_strdup("out");
    inputs->filter_ctx = out;
    AVFilterInOut* outputs = nullptr;
    int result = avfilter_graph_parse_ptr(graph.get(), filters.c_str(), &inputs, &outputs, nullptr);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (result >= 0) result = avfilter_graph_config(graph.get(), nullptr);
    if (auto made = check(result, "making the title's filters"); !made) return Failure(made.error());
    return graph;
}

void make_neutral(AVFrame& frame, int left, int top, int width, int height) {
    for (int plane = 1; plane <= 2; ++plane)
        for (int y = top / 2; y < (top + height + 1) / 2; ++y)
            std::memset(frame.data[plane] + std::ptrdiff_t(y) * frame.linesize[plane] + left / 2, 128,
                        std::size_t((width + 1) / 2));
}

void stamp(AVFrame& frame, std::uint32_t number, int fps) {
    const MutableLuma luma{frame.data[0], frame.width, frame.height, frame.linesize[0]};
    write_frame_code(luma, number);
    make_neutral(frame, 0, 0, frame.width, frame_code_height(frame.height));
    const std::string text = timecode(number, fps);
    const TextBox box = timecode_box(int(text.size()), frame.width, frame.height);
    draw_text(luma, box, text);
    make_neutral(frame, box.left, box.top, box.width, box.height);
}

core::Result<> check_spec(const TitleSpec& spec) {
    const auto within = [](double value, double lowest, double highest) {
        return value >= lowest && value <= highest;
    };
    if (!within(spec.duration_s, 0.1, 3600) || !within(spec.width, 96, 3840) ||
        !within(spec.height, 64, 2160) || spec.width % 2 != 0 || spec.height % 2 != 0 ||
        !within(spec.fps, 1, 60) || spec.seed == 0)
        return fail(Errc::invalid_argument,
                    "a generated title lasts 0.1 to 3600 s, is 96x64 to 3840x2160 (even), has 1 to 60 "
                    "frames/s and a seed "
                    "above 0");
    return {};
}

class Generation {
public:
    explicit Generation(const TitleSpec& spec) : spec_(spec), frame_(make_frame()) {}

    core::Result<> open(const std::filesystem::path& output);
    core::Result<> picture(std::uint32_t number);
    core::Result<> sound_until(std::int64_t samples);
    core::Result<> finish() { return writer_->finish(); }

private:
    const TitleSpec& spec_;
    Frame frame_;
    FilterGraph pictures_, sounds_;
    AVFilterContext* picture_out_ = nullptr;
    AVFilterContext* sound_out_ = nullptr;
    std::unique_ptr<TitleWriter> writer_;
    std::int64_t samples_ = 0;
};

core::Result<> Generation::open(const std::filesystem::path& output) {
    auto pictures = make_graph(picture_filters(spec_) + ",format=yuv420p", "buffersink", picture_out_);
    if (!pictures) return Failure(pictures.error());
    pictures_ = std::move(*pictures);
    if (spec_.audio) {
        auto sounds = make_graph(
            sound_filters(spec_) + ",aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo",
            "abuffersink", sound_out_);
        if (!sounds) return Failure(sounds.error());
        sounds_ = std::move(*sounds);
        av_buffersink_set_frame_size(sound_out_, 1'024);
    }
    auto writer = TitleWriter::open(output, {spec_.width, spec_.height, spec_.fps, spec_.audio, 2});
    if (!writer) return Failure(writer.error());
    writer_ = std::move(*writer);
    return {};
}

core::Result<> Generation::picture(std::uint32_t number) {
    if (auto got = check(av_buffersink_get_frame(picture_out_, frame_.get()), "making a picture"); !got)
        return got;
    if (auto own = check(av_frame_make_writable(frame_.get()), "making a picture"); !own) return own;
    stamp(*frame_, number, spec_.fps);
    frame_->pts = number;
    frame_->pict_type = AV_PICTURE_TYPE_NONE;
    auto written = writer_->picture(*frame_);
    av_frame_unref(frame_.get());
    return written;
}

core::Result<> Generation::sound_until(std::int64_t samples) {
    while (spec_.audio && samples_ < samples) {
        if (auto got = check(av_buffersink_get_frame(sound_out_, frame_.get()), "making sound"); !got)
            return got;
        frame_->nb_samples = int(std::min<std::int64_t>(frame_->nb_samples, samples - samples_));
        frame_->pts = samples_;
        samples_ += frame_->nb_samples;
        auto written = writer_->sound(*frame_);
        av_frame_unref(frame_.get());
        if (!written) return written;
    }
    return {};
}

}  // namespace

std::string_view to_string(TitleKind kind) {
    return names[std::size_t(kind)];
}

std::optional<TitleKind> parse_title_kind(std::string_view name) {
    for (int i = 0; i < title_kinds; ++i)
        if (names[i] == name) return TitleKind(i);
    return std::nullopt;
}

core::Result<> generate_title(const TitleSpec& spec, const std::filesystem::path& output,
                              std::stop_token stop) {
    quiet_ffmpeg();
    if (auto valid = check_spec(spec); !valid) return valid;
    Generation generation(spec);
    if (auto opened = generation.open(output); !opened) return opened;
    const auto frames = std::uint32_t(std::max(1L, std::lround(spec.duration_s * spec.fps)));
    const auto samples_at = [&](std::uint32_t frame) { return std::int64_t(frame) * 48'000 / spec.fps; };
    for (std::uint32_t number = 0; number < frames; ++number) {
        if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
        if (auto made = generation.picture(number); !made) return made;
        // In whole AAC frames; the last one may be short.
        if (auto made = generation.sound_until(samples_at(number + 1) / 1'024 * 1'024); !made) return made;
    }
    if (auto made = generation.sound_until(samples_at(frames)); !made) return made;
    return generation.finish();
}

}  // namespace qd::media
