// The verdict over two files of video, picture by picture: how differences are found in real encodings.
// Usage: bench_compare_files A B

#include <cstdio>
#include <memory>

#include "compare/comparison.hpp"
#include "compare/frame_luma.hpp"
#include "media/ff.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

using namespace qd;

namespace {

class File {
public:
    explicit File(const char* path) {
        const AVCodec* codec = nullptr;
        if (avformat_open_input(&format_, path, nullptr, nullptr) < 0 ||
            avformat_find_stream_info(format_, nullptr) < 0 ||
            (stream_ = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)) < 0) {
            std::fprintf(stderr, "%s: no video\n", path);
            std::exit(1);
        }
        codec_ = avcodec_alloc_context3(codec);
        avcodec_parameters_to_context(codec_, format_->streams[stream_]->codecpar);
        if (avcodec_open2(codec_, codec, nullptr) < 0) std::exit(1);
    }
    ~File() {
        avcodec_free_context(&codec_);
        avformat_close_input(&format_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// Nothing at the end.
    std::optional<compare::ComparedFrame> next() {
        media::Frame frame = media::make_frame();
        while (avcodec_receive_frame(codec_, frame.get()) < 0) {
            if (over_) return std::nullopt;
            media::Packet packet = media::make_packet();
            if (av_read_frame(format_, packet.get()) < 0) {
                over_ = true;
                avcodec_send_packet(codec_, nullptr);
            } else if (packet->stream_index == stream_) {
                avcodec_send_packet(codec_, packet.get());
            }
        }
        const AVStream& stream = *format_->streams[stream_];
        compare::ComparedFrame result;
        result.at = core::Seconds(double(frame->best_effort_timestamp) * av_q2d(stream.time_base));
        result.duration = core::Seconds(1 / av_q2d(stream.avg_frame_rate));
        if (auto luma = compare::luma_of(*frame)) result.luma = std::move(*luma);
        return result;
    }

private:
    AVFormatContext* format_ = nullptr;
    AVCodecContext* codec_ = nullptr;
    int stream_ = -1;
    bool over_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    media::quiet_ffmpeg();
    compare::Both<std::unique_ptr<File>> file{std::make_unique<File>(argv[1]),
                                              std::make_unique<File>(argv[2])};
    compare::Comparison comparison({"A", "B"});
    compare::Both<bool> over;
    while (!(over.a && over.b))
        for (const compare::Side side : compare::sides) {
            if (over[side]) continue;
            if (auto frame = file[side]->next()) {
                comparison.push(side, std::move(*frame));
            } else {
                over[side] = true;
                comparison.end(side);
            }
            while (comparison.waiting() > 0) comparison.score_next();
        }
    const compare::Verdict verdict = comparison.verdict();
    std::printf("%s: %s\n", std::string(to_string(verdict.kind)).c_str(), verdict.text.c_str());
    return verdict.kind == compare::Verdict::Kind::same ? 0 : 3;
}
