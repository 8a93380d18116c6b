#include "markdown/parser.hpp"

#include <charconv>
#include <exception>
#include <optional>

namespace qd::markdown {
namespace {

// md4c hands its callers' own codes on only in part: what stopped it is remembered in Walk.
constexpr int stop = -1;

struct Walk {
    Sink& sink;
    std::size_t depth = 0;
    bool too_deep = false;
    std::exception_ptr error;  // md4c is C: nothing may be thrown through it

    template <class Act>
    int guarded(Act act) {
        try {
            act();
            return 0;
        } catch (...) {
            error = std::current_exception();
            return stop;
        }
    }
    template <class Act>
    int enter(Act act) {
        if (++depth > max_depth) {
            too_deep = true;
            return stop;
        }
        return guarded(act);
    }
    template <class Act>
    int leave(Act act) {
        --depth;
        return guarded(act);
    }
};

void append_utf8(std::string& out, std::uint32_t point) {
    if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) point = 0xFFFD;
    if (point < 0x80) {
        out += char(point);
    } else if (point < 0x800) {
        out += char(0xC0 | (point >> 6));
        out += char(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        out += char(0xE0 | (point >> 12));
        out += char(0x80 | ((point >> 6) & 0x3F));
        out += char(0x80 | (point & 0x3F));
    } else {
        out += char(0xF0 | (point >> 18));
        out += char(0x80 | ((point >> 12) & 0x3F));
        out += char(0x80 | ((point >> 6) & 0x3F));
        out += char(0x80 | (point & 0x3F));
    }
}

std::optional<std::uint32_t> numeric(std::string_view entity) {
    if (!entity.starts_with("&#") || !entity.ends_with(';')) return std::nullopt;
    entity = entity.substr(2, entity.size() - 3);
    const bool hex = entity.starts_with('x') || entity.starts_with('X');
    if (hex) entity.remove_prefix(1);
    std::uint32_t point = 0;
    const auto read = std::from_chars(entity.data(), entity.data() + entity.size(), point, hex ? 16 : 10);
    if (read.ec != std::errc{} || read.ptr != entity.data() + entity.size()) return 0xFFFD;
    return point;
}

}  // namespace

std::string decode_entity(std::string_view entity) {
    if (const auto point = numeric(entity)) {
        std::string text;
        append_utf8(text, *point);
        return text;
    }
    if (entity == "&amp;") return "&";
    if (entity == "&lt;") return "<";
    if (entity == "&gt;") return ">";
    if (entity == "&quot;") return "\"";
    if (entity == "&apos;") return "'";
    if (entity == "&nbsp;") return " ";
    return std::string(entity);
}

std::string decode_attribute(const MD_ATTRIBUTE& attribute) {
    std::string text;
    if (attribute.text == nullptr || attribute.size == 0) return text;
    for (std::size_t i = 0; attribute.substr_offsets[i] < attribute.size; ++i) {
        const MD_OFFSET from = attribute.substr_offsets[i], to = attribute.substr_offsets[i + 1];
        const std::string_view part(attribute.text + from, to - from);
        if (attribute.substr_types[i] == MD_TEXT_ENTITY)
            text += decode_entity(part);
        else if (attribute.substr_types[i] == MD_TEXT_NULLCHAR)
            text += "\xEF\xBF\xBD";
        else
            text += part;
    }
    return text;
}

core::Result<> parse(std::string_view text, Sink& sink) {
    if (text.size() > max_bytes)
        return core::fail(core::Errc::too_large, "the Markdown is longer than {} MiB", max_bytes >> 20);
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
                   MD_FLAG_PERMISSIVEURLAUTOLINKS;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* walk) {
        auto& self = *static_cast<Walk*>(walk);
        return self.enter([&] { self.sink.enter_block(type, detail); });
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void* detail, void* walk) {
        auto& self = *static_cast<Walk*>(walk);
        return self.leave([&] { self.sink.leave_block(type, detail); });
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* walk) {
        auto& self = *static_cast<Walk*>(walk);
        return self.enter([&] { self.sink.enter_span(type, detail); });
    };
    parser.leave_span = [](MD_SPANTYPE type, void* detail, void* walk) {
        auto& self = *static_cast<Walk*>(walk);
        return self.leave([&] { self.sink.leave_span(type, detail); });
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* part, MD_SIZE size, void* walk) {
        auto& self = *static_cast<Walk*>(walk);
        return self.guarded([&] { self.sink.text(type, std::string_view(part, size)); });
    };
    Walk walk{sink};
    const int code = md_parse(text.data(), MD_SIZE(text.size()), &parser, &walk);
    if (walk.error) std::rethrow_exception(walk.error);
    if (walk.too_deep)
        return core::fail(core::Errc::too_large, "the Markdown is nested more than {} deep", max_depth);
    if (code != 0) return core::fail(core::Errc::internal, "the Markdown could not be read");
    return {};
}

}  // namespace qd::markdown
