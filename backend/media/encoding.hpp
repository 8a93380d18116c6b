#pragma once
// One encode under way: reads the source once, paces its pictures, brings the sound along, and feeds the
// renditions, which run on threads of their own.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "media/encode.hpp"
#include "media/pacer.hpp"
#include "media/poster.hpp"
#include "media/publication.hpp"
#include "media/rendition.hpp"
#include "media/shaper.hpp"
#include "media/sound.hpp"
#include "media/source.hpp"

namespace qd::media {

/// For one thread, which run() occupies.
class Encoding {
public:
    Encoding(const EncodeJob& job, const EncodeHooks& hooks, std::stop_token stop)
        : job_(job), hooks_(hooks), patience_{std::move(stop), std::nullopt} {}
    ~Encoding() { abort(); }

    core::Result<EncodedTitle> run();

private:
    core::Result<> open();
    void start_renditions(const std::vector<Rung>& ladder);
    core::Result<> decode_everything();
    core::Result<> receive_pictures();
    core::Result<> take(Frame picture);
    core::Result<> emit(const Picture& picture);
    core::Result<> push_sound(std::vector<Packet>& packets);
    core::Result<> push(Rendition::Item item);
    core::Result<> finish_streams();
    core::Result<> check_complete() const;
    core::Result<> write_poster();
    void note_failure(const core::Error& error);
    void abort();

    const EncodeJob& job_;
    const EncodeHooks& hooks_;
    const Patience patience_;
    const ProbeLimits limits_;
    SourceInfo info_;
    std::optional<Source> source_;
    AVStream* video_ = nullptr;
    CodecContext decoder_;
    CodecParameters sound_parameters_;
    std::unique_ptr<Sound> sound_;
    std::optional<Shaper> shaper_;
    std::optional<Pacer> pacer_;
    PosterPicker poster_;
    bool poster_written_ = false;
    Unwrap unwrap_;
    double origin_s_ = 0;
    Frame last_;                // what the last picture showed
    Ticks last_duration_ = 0;   // of that picture
    Ticks pictures_end_ = 0;    // of the source's own pictures
    Ticks end_ = 0;             // of the title
    std::uint64_t frames_ = 0;  // sent to the renditions
    std::uint64_t packets_ = 0;
    std::uint64_t damaged_ = 0;
    std::vector<Picture> pictures_;  // reused
    std::optional<Publication> publication_;
    std::vector<std::unique_ptr<Rendition>> renditions_;  // lowest first; they use publication_
    std::mutex failure_mutex_;
    std::optional<core::Error> failure_;
};

}  // namespace qd::media
