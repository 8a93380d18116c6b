// Segments from anywhere through demultiplexer and decoders: what is damaged is an error or is left out.

#include <memory>

#include "decode/pipeline.hpp"
#include "fuzz/target.hpp"

namespace qd::fuzz {
namespace {
std::string box(const std::string& type, const std::string& content) {
    const auto size = std::uint32_t(8 + content.size());
    std::string result;
    for (int shift = 24; shift >= 0; shift -= 8) result += char(size >> shift);
    return result + type + content;
}
}  // namespace

std::vector<std::string> seeds() {
    // An MP4 with a movie header and a fragment, and two packets of MPEG-TS: enough to get past the probing.
    const std::string movie =
        box("ftyp", std::string("iso5\0\0\2\0iso5iso6mp41", 20)) +
        box("moov", box("mvhd", std::string(100, '\0')) +
                        box("trak", box("tkhd", std::string(84, '\0')) +
                                        box("mdia", box("mdhd", std::string(24, '\0')) +
                                                        box("hdlr", std::string("\0\0\0\0\0\0\0\0vide", 12) +
                                                                        std::string(13, '\0')))));
    const std::string fragment =
        box("moof", box("mfhd", std::string(8, '\0')) +
                        box("traf", box("tfhd", std::string("\0\2\0\0\0\0\0\1", 8)) +
                                        box("trun", std::string("\0\0\1\1\0\0\0\1\0\0\0\x10\0\0\0\4", 16)))) +
        box("mdat", "abcd");
    std::string transport;
    for (int i = 0; i < 8; ++i) transport += std::string("\x47\x40\0\x10\0", 5) + std::string(183, char(i));
    // Packed audio: a tag with its timestamp, and the beginnings of frames.
    const std::string owner("com.apple.streaming.transportStreamTimestamp\0", 45);
    const std::string priv = std::string("PRIV\0\0\0\x35\0\0", 10) + owner + std::string(8, '\1');
    const std::string tag = std::string("ID3\4\0\0\0\0\0\x3f", 10) + priv;
    std::string adts, ac3;
    for (int i = 0; i < 12; ++i) {
        adts += std::string("\xff\xf1\x4c\x80\x02\x1f\xfc", 7) + std::string(9, char(i));
        ac3 += std::string("\x0b\x77\0\0\x14\x40", 6) + std::string(154, char(i));
    }
    return {movie + fragment, transport, tag + adts, tag + ac3};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t split = text.find("moof");
    const bool has_init = split != std::string::npos && split >= 4;
    player::MediaSegment segment;
    segment.duration = core::Seconds(2);
    if (has_init) segment.init = std::make_shared<const std::string>(text.substr(0, split - 4));
    segment.data = std::make_shared<const std::string>(has_init ? text.substr(split - 4) : text);
    bool given = false;
    decode::Pipeline::Callbacks callbacks;
    callbacks.pull = [&](player::Track track) {
        player::Pull pull;
        pull.state = player::PullState::ended;
        if (track == player::Track::main && !given) {
            pull.state = player::PullState::segment;
            pull.segment = segment;
            given = true;
        }
        return pull;
    };
    callbacks.on_picture = [](decode::DecodedPicture) {};
    callbacks.on_before = [](decode::DecodedPicture) {};
    callbacks.rewind = [&](core::Seconds) { given = false; };
    callbacks.on_sound = [](decode::SoundChunk) {};
    callbacks.on_damaged = [](const player::MediaSegment&, const core::Error&) {};
    decode::Pipeline pipeline(1, std::move(callbacks));
    // Some of it as a loop, from the middle on, by the key picture: by what the input's size says.
    decode::Pipeline::Start start;
    start.target = core::Seconds(double(size % 3) * 0.5);
    start.at_keyframe = size % 5 == 0;
    start.before_bytes = size % 2 == 0 ? 1u << 20 : 0;
    if (size % 4 == 0) start.loop_from = core::Seconds(0.5);
    if (size % 8 == 0) start.loop_to = core::Seconds(1.5);
    pipeline.reset(start);
    for (int i = 0; i < 1000; ++i) {
        const auto step = pipeline.step({true, true, false});
        if (!step || *step == decode::Pipeline::Step::ended || *step == decode::Pipeline::Step::failed) break;
    }
    return 0;
}
