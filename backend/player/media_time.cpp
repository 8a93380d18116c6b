#include "player/media_time.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "http/message.hpp"

namespace qd::player {
namespace {

constexpr std::size_t most_read = 1u << 20;
constexpr std::size_t most_boxes = 4'096;
constexpr std::size_t ts_packet = 188;
constexpr double pes_clock = 90'000;

std::uint64_t big_endian(std::string_view data, std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = (value << 8) | static_cast<unsigned char>(data[at + i]);
    return value;
}

/// Calls `visit(name, payload)` for each box, one after another; a box that is cut off ends it.
template <class F>
void each_box(std::string_view data, F visit) {
    for (std::size_t count = 0; data.size() >= 8 && count < most_boxes; ++count) {
        std::uint64_t size = big_endian(data, 0, 4);
        std::size_t head = 8;
        if (size == 1) {
            if (data.size() < 16) return;
            size = big_endian(data, 8, 8);
            head = 16;
        } else if (size == 0) {
            size = data.size();
        }
        if (size < head || size > data.size()) return;
        visit(data.substr(4, 4), data.substr(head, std::size_t(size) - head));
        data.remove_prefix(std::size_t(size));
    }
}

struct Clock {
    std::uint64_t scale = 0;  // ticks a second
    bool video = false;
};

/// Of the streams the video's first time, else the least.
class FirstTime {
public:
    void add(core::Seconds at, bool video) {
        if (video_ && !video) return;
        if (!first_ || (video && !video_) || at < *first_) first_ = at;
        video_ = video;
    }
    std::optional<core::Seconds> get() const { return first_; }

private:
    std::optional<core::Seconds> first_;
    bool video_ = false;
};

/// By track.
std::map<std::uint64_t, Clock> clocks_of(std::string_view init) {
    std::map<std::uint64_t, Clock> result;
    each_box(init, [&](std::string_view name, std::string_view moov) {
        if (name != "moov") return;
        each_box(moov, [&](std::string_view inner, std::string_view trak) {
            if (inner != "trak" || result.size() >= 64) return;
            std::uint64_t id = 0;
            Clock clock;
            each_box(trak, [&](std::string_view box, std::string_view payload) {
                if (box == "tkhd" && payload.size() >= 24)
                    id = big_endian(payload, payload[0] == 1 ? 20 : 12, 4);
                if (box != "mdia") return;
                each_box(payload, [&](std::string_view deeper, std::string_view inside) {
                    if (deeper == "mdhd" && inside.size() >= 24)
                        clock.scale = big_endian(inside, inside[0] == 1 ? 20 : 12, 4);
                    if (deeper == "hdlr" && inside.size() >= 12) clock.video = inside.substr(8, 4) == "vide";
                });
            });
            if (id != 0 && clock.scale != 0) result[id] = clock;
        });
    });
    return result;
}

std::optional<core::Seconds> of_fragment(std::string_view init, std::string_view data) {
    const auto clocks = clocks_of(init);
    FirstTime first;
    bool seen = false;
    each_box(data, [&](std::string_view name, std::string_view moof) {
        if (name != "moof" || std::exchange(seen, true)) return;
        each_box(moof, [&](std::string_view inner, std::string_view traf) {
            if (inner != "traf") return;
            std::uint64_t id = 0;
            each_box(traf, [&](std::string_view box, std::string_view payload) {
                if (box == "tfhd" && payload.size() >= 8) id = big_endian(payload, 4, 4);
                if (box != "tfdt" || payload.size() < 8) return;
                const bool wide = payload[0] == 1;
                const auto clock = clocks.find(id);
                if (clock == clocks.end() || (wide && payload.size() < 12)) return;
                const double ticks = double(big_endian(payload, 4, wide ? 8 : 4));
                first.add(core::Seconds(ticks / double(clock->second.scale)), clock->second.video);
            });
        });
    });
    return first.get();
}

/// The presentation time in a PES header (ISO 13818-1, 2.4.3.6), or nothing.
std::optional<std::uint64_t> pes_time(std::string_view pes) {
    if (pes.size() < 14 || big_endian(pes, 0, 3) != 1 || (pes[7] & 0x80) == 0) return std::nullopt;
    const std::uint64_t high = big_endian(pes, 9, 1) >> 1 & 7;
    return (high << 30) | (big_endian(pes, 10, 2) >> 1 << 15) | (big_endian(pes, 12, 2) >> 1);
}

std::optional<core::Seconds> of_transport_stream(std::string_view data) {
    std::set<unsigned> seen;
    FirstTime first;
    for (; data.size() >= ts_packet && data[0] == '\x47'; data.remove_prefix(ts_packet)) {
        const bool begins = (data[1] & 0x40) != 0;
        const unsigned control = unsigned(data[3]) >> 4 & 3;
        if (!begins || (control & 1) == 0) continue;
        std::size_t at = 4;
        if (control == 3) at += 1 + std::size_t(static_cast<unsigned char>(data[4]));
        if (at >= ts_packet) continue;
        const unsigned stream = unsigned(big_endian(data, 1, 2)) & 0x1FFF;
        const std::string_view pes = data.substr(at, ts_packet - at);
        const auto time = pes_time(pes);
        if (!time || seen.size() >= 16 || !seen.insert(stream).second) continue;
        first.add(core::Seconds(double(*time) / pes_clock), (pes[3] & 0xf0) == 0xe0);
    }
    return first.get();
}

}  // namespace

std::optional<core::Seconds> first_timestamp(std::string_view init, std::string_view data) {
    if (data.starts_with('\x47')) return of_transport_stream(data.substr(0, most_read));
    return of_fragment(init.substr(0, most_read), data);
}

std::optional<std::string_view> unplayable(std::string_view data, bool has_init) {
    const std::size_t text = data.find_first_not_of(" \t\r\n");
    const std::string_view begin = text == std::string_view::npos ? data : data.substr(text, 9);
    const auto is = [&](std::string_view word) {
        return http::equals_ignoring_case(begin.substr(0, word.size()), word);
    };
    if (is("<!doctype") || is("<html") || is("<?xml")) return "a page for people came instead of media";
    if (has_init || data.size() < 8) return std::nullopt;
    bool fragment = false, described = false;
    each_box(data, [&](std::string_view name, std::string_view) {
        fragment |= name == "moof";
        described |= name == "moov";
    });
    if (fragment && !described) return "it needs an init section, which the playlist does not name";
    return std::nullopt;
}

}  // namespace qd::player
