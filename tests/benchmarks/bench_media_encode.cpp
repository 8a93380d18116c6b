// Encodes one file as the worker does and says what it cost: wall time, CPU time of the whole process, sizes.
// With --generate it makes a title to encode instead.
// Usage: bench_media_encode <file> <folder> [--segment S] [--threads N] [--heights 240,480,720]
//        bench_media_encode --generate KIND,SECONDS,WIDTHxHEIGHT,FPS <file>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "media/encode.hpp"
#include "media/generate.hpp"

namespace {

using namespace qd;

double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

int generate(const std::string& text, const char* output) {
    media::TitleSpec spec;
    char kind[32] = {};
    if (std::sscanf(text.c_str(), "%31[^,],%lf,%dx%d,%d", kind, &spec.duration_s, &spec.width, &spec.height,
                    &spec.fps) != 5 ||
        !media::parse_title_kind(kind))
        return 64;
    spec.kind = *media::parse_title_kind(kind);
    const auto result = media::generate_title(spec, output);
    if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return result ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == "--generate") return generate(argv[2], argv[3]);
    if (argc < 3) return 64;
    media::EncodeJob job;
    job.source = argv[1];
    job.output_folder = argv[2];
    job.ladder.heights = {240, 480, 720};
    for (int i = 3; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--segment") job.segment_duration = core::Seconds(std::atof(argv[i + 1]));
        if (option == "--threads") job.threads = unsigned(std::atoi(argv[i + 1]));
        if (option == "--heights") {
            job.ladder.heights.clear();
            for (const char* at = argv[i + 1]; *at;) {
                char* end = nullptr;
                job.ladder.heights.push_back(int(std::strtol(at, &end, 10)));
                at = *end == ',' ? end + 1 : end;
                if (end == at && *end) return 64;
            }
        }
    }
    const auto began = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };
    double playable_s = 0;
    media::EncodeHooks hooks;
    hooks.on_playable = [&](const hls::MultivariantPlaylist&) { playable_s = elapsed(); };
    const auto title = media::encode(job, hooks);
    if (!title) {
        std::fprintf(stderr, "%s\n", title.error().message.c_str());
        return 1;
    }
    std::printf("wall_s=%.2f cpu_s=%.2f playable_s=%.2f duration_s=%.3f frames=%llu bytes=%llu\n", elapsed(),
                cpu_s(), playable_s, title->duration_s, static_cast<unsigned long long>(title->frames),
                static_cast<unsigned long long>(title->bytes));
    for (const auto& rung : title->rungs)
        std::printf("  %s %dx%d %s peak=%llu average=%llu segments=%u\n", rung.rung.name.c_str(),
                    rung.rung.width, rung.rung.height, rung.codecs.c_str(),
                    static_cast<unsigned long long>(rung.bandwidth.peak),
                    static_cast<unsigned long long>(rung.bandwidth.average), rung.segments);
    return 0;
}
