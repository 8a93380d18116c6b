// What a player looks at in a segment before any decoder does: its clock, its beginning, its encryption.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "player/media_time.hpp"
#include "player/segment_keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::player;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = size > 0 ? data[0] % size : 0;  // where the init section ends
    for (const auto& time : {first_timestamp(bytes.substr(0, cut), bytes.substr(cut)),
                             first_timestamp({}, bytes), first_timestamp(bytes, bytes)})
        if (time && !(time->count() >= 0)) std::abort();
    (void)looks_like_media(bytes);
    const auto key = SecretKey::from("sixteen bytes 01");
    const auto plain = decrypt_aes128(bytes, *key, iv_of_sequence(size));
    if (plain && (size == 0 || size % 16 != 0 || plain->size() >= size)) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    const auto box = [](const std::string& name, const std::string& payload) {
        const std::size_t size = payload.size() + 8;
        return std::string{char(size >> 24), char(size >> 16), char(size >> 8), char(size)} + name + payload;
    };
    const std::string zeros(12, '\0');
    const std::string mdia = box("mdhd", zeros + std::string("\0\0\3\xe8", 4) + std::string(8, '\0')) +
                             box("hdlr", std::string(8, '\0') + "vide" + zeros);
    const std::string trak =
        box("tkhd", zeros + std::string("\0\0\0\1", 4) + std::string(68, '\0')) + box("mdia", mdia);
    const std::string fragment =
        box("moof", box("traf", box("tfhd", std::string("\0\0\0\0\0\0\0\1", 8)) +
                                    box("tfdt", std::string("\1\0\0\0\0\0\0\0\0\0\x10\0", 12))));
    const std::string packet = std::string("G\x41\0\x10\0\0\1\xe0\0\0\x80\x80\5\x21\0\1\0\1", 18);
    return {box("moov", box("trak", trak)) + fragment, packet + std::string(188 - packet.size(), '\xff')};
}

}  // namespace qd::fuzz
