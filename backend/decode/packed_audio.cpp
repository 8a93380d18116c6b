#include "decode/packed_audio.hpp"

namespace qd::decode {
namespace {

constexpr std::size_t header_bytes = 10;
constexpr std::size_t max_tag_bytes = 1u << 20;
constexpr std::string_view timestamp_owner{"com.apple.streaming.transportStreamTimestamp\0", 45};

std::uint32_t byte_at(std::string_view data, std::size_t at) {
    return std::uint8_t(data[at]);
}
/// Seven bits a byte.
std::uint32_t sync_safe(std::string_view data, std::size_t at) {
    return byte_at(data, at) << 21 | byte_at(data, at + 1) << 14 | byte_at(data, at + 2) << 7 |
           byte_at(data, at + 3);
}
std::uint32_t big_endian(std::string_view data, std::size_t at) {
    return byte_at(data, at) << 24 | byte_at(data, at + 1) << 16 | byte_at(data, at + 2) << 8 |
           byte_at(data, at + 3);
}

std::optional<std::int64_t> timestamp_of(std::string_view tag, unsigned version) {
    std::size_t at = header_bytes;
    while (at + header_bytes <= tag.size()) {
        const std::string_view id = tag.substr(at, 4);
        if (id[0] == '\0') break;
        const std::size_t size = version >= 4 ? sync_safe(tag, at + 4) : big_endian(tag, at + 4);
        if (size > tag.size() - at - header_bytes) break;
        const std::string_view content = tag.substr(at + header_bytes, size);
        if (id == "PRIV" && content.substr(0, timestamp_owner.size()) == timestamp_owner &&
            content.size() == timestamp_owner.size() + 8) {
            std::uint64_t value = 0;
            for (std::size_t i = timestamp_owner.size(); i < content.size(); ++i)
                value = value << 8 | byte_at(content, i);
            return std::int64_t(value & 0x1'ffff'ffffull);
        }
        at += header_bytes + size;
    }
    return std::nullopt;
}

const char* format_of(std::string_view sound) {
    if (sound.size() < 6) return nullptr;
    const std::uint32_t first = byte_at(sound, 0), second = byte_at(sound, 1);
    // AC-3's sync word; bsid tells the enhanced one.
    if (first == 0x0b && second == 0x77) return byte_at(sound, 5) >> 3 > 10 ? "eac3" : "ac3";
    if (first != 0xff) return nullptr;
    if ((second & 0xf6) == 0xf0) return "aac";  // ADTS: layer 0
    if ((second & 0xe0) == 0xe0 && (second & 0x06) != 0) return "mp3";
    return nullptr;
}

}  // namespace

std::optional<PackedAudio> read_packed_audio(std::string_view data) {
    PackedAudio result;
    std::string_view rest = data;
    while (rest.size() >= header_bytes && rest.substr(0, 3) == "ID3") {
        const std::size_t footer = (byte_at(rest, 5) & 0x10) != 0 ? header_bytes : 0;
        const std::size_t size = header_bytes + sync_safe(rest, 6) + footer;
        if (size > rest.size() || size > max_tag_bytes) break;
        if (!result.timestamp) result.timestamp = timestamp_of(rest.substr(0, size), byte_at(rest, 3));
        result.tag_bytes += size;
        rest.remove_prefix(size);
    }
    result.format = format_of(rest);
    if (result.format == nullptr) return std::nullopt;
    return result;
}

}  // namespace qd::decode
