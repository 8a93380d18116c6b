// SSIM and PSNR of a 1080p pair with all that is done for it (bound: 6 ms of CPU time), against libavfilter's
// ssim and psnr over the same frames, which must agree. Usage: bench_compare_scores [pairs]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include "compare/comparison.hpp"
#include "compare/picture_score.hpp"
#include "compare/tile_means.hpp"
#include "media/ff.hpp"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

using namespace qd;

namespace {

constexpr int width = 1920, height = 1080;
constexpr double bound_ms = 6;

/// Of all threads of this process: what else the machine does is left out.
double cpu_ms() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1000 + double(now.tv_nsec) / 1e6;
}

/// Something with edges, gradients and texture, and the same with noise.
media::Frame make_frame(int phase, int noise) {
    media::Frame frame = media::make_frame();
    frame->width = width;
    frame->height = height;
    frame->format = AV_PIX_FMT_GRAY8;
    if (av_frame_get_buffer(frame.get(), 0) < 0) std::abort();
    std::minstd_rand random(unsigned(phase * 1000 + noise));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double wave = 60 * std::sin((x + 5 * phase) * 0.02) * std::cos(y * 0.03);
            const int edge = ((x / 120 + y / 90) % 2) * 40;
            const int grain = noise == 0 ? 0 : int(random() % unsigned(2 * noise + 1)) - noise;
            frame->data[0][y * frame->linesize[0] + x] =
                std::uint8_t(std::clamp(int(110 + wave + edge + grain), 0, 255));
        }
    return frame;
}

struct Score {
    double ssim = 0, psnr = 0;
};

/// By libavfilter's `filter`, whose result is in the frame's metadata under `key`.
class Filter {
public:
    Filter(const char* filter, const char* key) : key_(key), graph_(avfilter_graph_alloc()) {
        char arguments[128];
        std::snprintf(arguments, sizeof arguments, "video_size=%dx%d:pix_fmt=%d:time_base=1/25", width,
                      height, AV_PIX_FMT_GRAY8);
        AVFilterContext* compare = nullptr;
        bool made = true;
        for (int i = 0; i < 2; ++i)
            made = made && avfilter_graph_create_filter(&sources_[i], avfilter_get_by_name("buffer"),
                                                        i == 0 ? "main" : "reference", arguments, nullptr,
                                                        graph_.get()) >= 0;
        made = made && avfilter_graph_create_filter(&compare, avfilter_get_by_name(filter), filter, nullptr,
                                                    nullptr, graph_.get()) >= 0;
        made = made && avfilter_graph_create_filter(&sink_, avfilter_get_by_name("buffersink"), "sink",
                                                    nullptr, nullptr, graph_.get()) >= 0;
        for (unsigned i = 0; made && i < 2; ++i) made = avfilter_link(sources_[i], 0, compare, i) >= 0;
        made = made && avfilter_link(compare, 0, sink_, 0) >= 0 &&
               avfilter_graph_config(graph_.get(), nullptr) >= 0;
        if (!made) {
            std::fprintf(stderr, "libavfilter has no %s\n", filter);
            std::exit(1);
        }
    }
    double operator()(const AVFrame& one, const AVFrame& two) {
        for (int i = 0; i < 2; ++i) {
            media::Frame frame(av_frame_clone(i == 0 ? &one : &two));
            frame->pts = pts_;
            if (av_buffersrc_add_frame(sources_[i], frame.get()) < 0) std::abort();
        }
        ++pts_;
        media::Frame out = media::make_frame();
        // The last pair is kept back until another one comes.
        if (av_buffersink_get_frame(sink_, out.get()) < 0) return -1;
        const AVDictionaryEntry* entry = av_dict_get(out->metadata, key_, nullptr, 0);
        return entry == nullptr ? -1 : std::atof(entry->value);
    }

private:
    const char* key_;
    media::FilterGraph graph_;
    AVFilterContext* sources_[2] = {};
    AVFilterContext* sink_ = nullptr;
    std::int64_t pts_ = 0;
};

template <class Run>
double median_ms(int runs, Run run) {
    std::vector<double> took;
    for (int i = 0; i < runs; ++i) {
        const double begin = cpu_ms();
        run(i);
        took.push_back(cpu_ms() - begin);
    }
    std::nth_element(took.begin(), took.begin() + runs / 2, took.end());
    return took[std::size_t(runs / 2)];
}

}  // namespace

int main(int argc, char** argv) {
    const int runs = argc > 1 ? std::max(std::atoi(argv[1]), 5) : 60;
    media::quiet_ffmpeg();
    const media::Frame clean = make_frame(1, 0);
    std::printf("%-28s %10s %10s %10s %10s\n", "1920x1080, noise", "SSIM", "avfilter", "PSNR dB", "avfilter");
    for (const int noise : {2, 8, 24, 64}) {
        const media::Frame other = make_frame(1, noise);
        const auto score = compare::score_pictures({clean->data[0], width, height, clean->linesize[0]},
                                                   {other->data[0], width, height, other->linesize[0]});
        Filter ssim("ssim", "lavfi.ssim.All"), psnr("psnr", "lavfi.psnr.psnr_avg");
        double theirs_ssim = -1, theirs_psnr = -1;
        for (int i = 0; i < 4 && (theirs_ssim < 0 || theirs_psnr < 0); ++i) {
            theirs_ssim = ssim(*clean, *other);
            theirs_psnr = psnr(*clean, *other);
        }
        std::printf("+-%-26d %10.4f %10.4f %10.3f %10.3f\n", noise, score->ssim, theirs_ssim, score->psnr_db,
                    theirs_psnr);
    }
    const media::Frame other = make_frame(1, 8);
    const compare::LumaView a{clean->data[0], width, height, clean->linesize[0]};
    const compare::LumaView b{other->data[0], width, height, other->linesize[0]};
    double sum = 0;
    const double scoring = median_ms(runs, [&](int) { sum += compare::score_pictures(a, b)->ssim; });
    const double sketching = median_ms(runs, [&](int) { sum += compare::sketch(a).mean; });
    // Chroma of 4:2:0 has a quarter of the samples: any will do.
    const auto coloured = [](const compare::LumaView& luma) {
        const compare::LumaView chroma{luma.data, width / 2, height / 2, luma.stride_bytes};
        compare::Luma picture;
        picture.view = luma;
        picture.chroma = {chroma, chroma};
        return picture;
    };
    const compare::Luma coloured_a = coloured(a), coloured_b = coloured(b);
    const double tiling =
        median_ms(runs, [&](int) { sum += compare::tile_means(coloured_a, coloured_b).farthest(); });
    compare::Comparison comparison({"a", "b"});
    const double whole = median_ms(runs, [&](int i) {
        for (const compare::Side side : compare::sides) {
            compare::ComparedFrame frame;
            frame.at = core::Seconds(i / 25.0);
            frame.duration = core::Seconds(0.04);
            frame.luma = side == compare::Side::a ? coloured_a : coloured_b;
            comparison.push(side, std::move(frame));
        }
        while (comparison.waiting() > 0) comparison.score_next();
    });
    Filter ssim("ssim", "lavfi.ssim.All"), psnr("psnr", "lavfi.psnr.psnr_avg");
    const double theirs = median_ms(runs, [&](int) { sum += ssim(*clean, *other) + psnr(*clean, *other); });
    std::printf("SSIM and PSNR of a pair      %7.2f ms\n", scoring);
    std::printf("a sketch                     %7.2f ms\n", sketching);
    std::printf("tiles of a pair, in colour   %7.2f ms\n", tiling);
    std::printf("all for a pair               %7.2f ms  (bound %.0f ms: %.2f of it)\n", whole, bound_ms,
                whole / bound_ms);
    std::printf("libavfilter's ssim and psnr  %7.2f ms  (ours take %.2f of it)\n", theirs, scoring / theirs);
    return sum > 0 ? 0 : 1;
}
