#include "decode/coded_picture.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace qd::decode {
namespace {

using Bytes = std::span<const std::uint8_t>;

enum class Unit {
    disposable,  // of a picture that no other is decoded from
    anew,        // of an IDR picture
    other,       // of other pictures, or what later ones depend on, such as parameter sets
    neutral,     // delimiters, messages, filler
};

Unit kind_h264(std::uint8_t header) {
    const int type = header & 0x1f, reference = header >> 5 & 3;
    if (type == 1 && reference == 0) return Unit::disposable;
    if (type == 5) return Unit::anew;
    return type == 6 || type == 9 || type == 12 ? Unit::neutral : Unit::other;
}

Unit kind_hevc(std::uint8_t header) {
    const int type = header >> 1 & 0x3f;
    if (type < 16 && type % 2 == 0) return Unit::disposable;  // "..._N" in the standard's names
    if (type == 19 || type == 20) return Unit::anew;
    return type == 35 || (type >= 38 && type <= 40) ? Unit::neutral : Unit::other;
}

/// The bytes of each unit's length in MP4's form of the stream; 0 where start codes part the units.
std::size_t length_bytes(const AVCodecParameters& stream) {
    const Bytes record(stream.extradata, std::size_t(std::max(stream.extradata_size, 0)));
    const std::size_t at = stream.codec_id == AV_CODEC_ID_H264 ? 4 : 21;
    if (record.size() <= at || record[0] != 1) return 0;
    return (record[at] & 3) + 1u;
}

/// Takes the first unit off `rest`. Empty: there is none that can be read.
Bytes next_by_length(Bytes& rest, std::size_t length_bytes) {
    if (rest.size() <= length_bytes) return {};
    std::size_t size = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | rest[i];
    if (size > rest.size() - length_bytes) return {};
    const Bytes unit = rest.subspan(length_bytes, size);
    rest = rest.subspan(length_bytes + size);
    return unit;
}

Bytes next_by_start_code(Bytes& rest) {
    static constexpr std::uint8_t code[] = {0, 0, 1};
    const auto begin = std::search(rest.begin(), rest.end(), std::begin(code), std::end(code));
    if (rest.end() - begin <= 3) return {};
    const auto end = std::search(begin + 3, rest.end(), std::begin(code), std::end(code));
    const Bytes unit(begin + 3, end);
    rest = Bytes(end, rest.end());
    return unit;
}

/// How many units of each kind there are; nothing where the packet cannot be read.
struct Units {
    int disposable = 0, anew = 0, other = 0;
};
std::optional<Units> count_units(const AVPacket& packet, const AVCodecParameters& stream) {
    const bool h264 = stream.codec_id == AV_CODEC_ID_H264;
    if (!h264 && stream.codec_id != AV_CODEC_ID_HEVC) return std::nullopt;
    const std::size_t prefix = length_bytes(stream);
    Bytes rest(packet.data, std::size_t(std::max(packet.size, 0)));
    Units units;
    while (!rest.empty()) {
        const Bytes unit = prefix > 0 ? next_by_length(rest, prefix) : next_by_start_code(rest);
        if (unit.empty()) return std::nullopt;
        switch (h264 ? kind_h264(unit[0]) : kind_hevc(unit[0])) {
            case Unit::disposable:
                ++units.disposable;
                break;
            case Unit::anew:
                ++units.anew;
                break;
            case Unit::other:
                ++units.other;
                break;
            case Unit::neutral:
                break;
        }
    }
    return units;
}

}  // namespace

bool is_disposable(const AVPacket& packet, const AVCodecParameters& stream) {
    const auto units = count_units(packet, stream);
    return units && units->disposable > 0 && units->anew == 0 && units->other == 0;
}

bool begins_anew(const AVPacket& packet, const AVCodecParameters& stream) {
    if ((packet.flags & AV_PKT_FLAG_KEY) == 0) return false;
    const auto units = count_units(packet, stream);
    return units && units->anew > 0;
}

}  // namespace qd::decode
