#include "player/cmcd.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace qd::player {
namespace {

class Keys {
public:
    void number(std::string_view key, double value, std::int64_t step = 1) {
        add(fmt::format("{}={}", key, std::llround(value / double(step)) * step));
    }
    void token(std::string_view key, std::string_view value) { add(fmt::format("{}={}", key, value)); }
    void text(std::string_view key, std::string_view value, std::size_t longest = 64) {
        std::string quoted = fmt::format("{}=\"", key);
        for (const char c : value.substr(0, longest)) {
            if (c < 0x20 || c > 0x7e) continue;  // a header field holds printable ASCII only
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += c;
        }
        add(quoted + '"');
    }
    void flag(std::string_view key) { add(std::string(key)); }
    void into(http::Headers& headers, std::string_view name) {
        if (!text_.empty()) headers.set(name, std::move(text_));
    }

private:
    void add(const std::string& pair) {
        if (!text_.empty()) text_ += ',';
        text_ += pair;
    }
    std::string text_;
};

std::string_view token_of(CmcdObject object) {
    switch (object) {
        case CmcdObject::manifest:
            return "m";
        case CmcdObject::audio:
            return "a";
        case CmcdObject::video:
            return "v";
        case CmcdObject::muxed:
            return "av";
        case CmcdObject::init:
            return "i";
        case CmcdObject::caption:
            return "c";
        case CmcdObject::key:
            return "k";
    }
    return "o";
}

}  // namespace

void add_cmcd(http::Headers& headers, const CmcdState& state) {
    const bool media = state.object == CmcdObject::audio || state.object == CmcdObject::video ||
                       state.object == CmcdObject::muxed;
    Keys object, request, session, status;
    if (media && state.bitrate_bps > 0) object.number("br", state.bitrate_bps / 1e3);
    if (media && state.duration > core::Seconds(0)) object.number("d", state.duration.count() * 1e3);
    object.token("ot", token_of(state.object));
    if (media && state.top_bitrate_bps > 0) object.number("tb", state.top_bitrate_bps / 1e3);

    if (media && state.buffered) request.number("bl", state.buffered->count() * 1e3, 100);
    if (media && state.buffered && state.rate > 0)
        request.number("dl", state.buffered->count() / state.rate * 1e3, 100);
    if (state.throughput_bps > 0) request.number("mtp", state.throughput_bps / 1e3, 100);
    if (media && !state.next_object.empty()) request.text("nor", state.next_object, 256);
    if (state.starting_up) request.flag("su");

    if (!state.content_id.empty()) session.text("cid", state.content_id);
    if (state.rate > 0 && state.rate != 1) session.token("pr", fmt::format("{:.2f}", state.rate));
    session.token("sf", "h");
    session.text("sid", state.session_id);
    if (state.live) session.token("st", *state.live ? "l" : "v");

    if (state.starved) status.flag("bs");
    object.into(headers, "CMCD-Object");
    request.into(headers, "CMCD-Request");
    session.into(headers, "CMCD-Session");
    status.into(headers, "CMCD-Status");
}

std::string next_object_of(std::string_view current, std::string_view next) {
    const auto folder = [](std::string_view url) {
        url = url.substr(0, url.find_first_of("?#"));
        return url.substr(0, url.rfind('/') + 1);
    };
    const std::string_view base = folder(current);
    if (base.empty() || base != folder(next)) return {};
    return http::percent_encode(next.substr(base.size()));
}

}  // namespace qd::player
