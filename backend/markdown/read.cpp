#include "markdown/read.hpp"

#include <algorithm>
#include <map>

#include "markdown/parser.hpp"

namespace qd::markdown {
namespace {

class BlockReader final : public Sink {
public:
    explicit BlockReader(std::string_view source) : source_(source) {}

    void enter_block(MD_BLOCKTYPE type, void* detail) override {
        switch (type) {
            case MD_BLOCK_UL:
            case MD_BLOCK_OL:
                flush();
                ++lists_;
                break;
            case MD_BLOCK_LI:
                flush();
                open_ = {BlockKind::item, lists_, 0, {}, {}, false};
                break;
            case MD_BLOCK_P:
                // An item's first paragraph is the item.
                if (open_.kind == BlockKind::item && open_.text.empty() && lists_ > 0) break;
                flush();
                break;
            case MD_BLOCK_H:
                flush();
                open_ = {BlockKind::heading,
                         int(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level),
                         0,
                         {},
                         {},
                         false};
                break;
            case MD_BLOCK_THEAD:
                head_ = true;
                break;
            case MD_BLOCK_TR:
                flush();
                open_ = {BlockKind::row, 0, 0, {}, {}, head_};
                break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD:
                open_.cells.emplace_back();
                break;
            case MD_BLOCK_CODE:
                flush();
                ++code_;
                break;
            default:
                break;
        }
    }

    void leave_block(MD_BLOCKTYPE type, void*) override {
        switch (type) {
            case MD_BLOCK_UL:
            case MD_BLOCK_OL:
                flush();
                --lists_;
                break;
            case MD_BLOCK_THEAD:
                head_ = false;
                break;
            case MD_BLOCK_CODE:
                --code_;
                break;
            case MD_BLOCK_LI:
            case MD_BLOCK_P:
            case MD_BLOCK_H:
            case MD_BLOCK_TR:
                flush();
                break;
            default:
                break;
        }
    }

    void enter_span(MD_SPANTYPE type, void*) override {
        if (type == MD_SPAN_CODE) ++code_;
    }
    void leave_span(MD_SPANTYPE type, void*) override {
        if (type == MD_SPAN_CODE) --code_;
    }

    void text(MD_TEXTTYPE type, std::string_view text) override {
        locate(text);
        if (code_ > 0) return add(text, false);
        if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) return add(" ", true);
        if (type == MD_TEXT_ENTITY) return add(decode_entity(text), true);
        add(text, true);
    }

    std::vector<TextBlock> take() {
        flush();
        return std::move(blocks_);
    }

private:
    /// md4c hands out parts of the source itself, but for what it makes up (breaks).
    void locate(std::string_view text) {
        if (open_.line != 0) return;
        if (text.data() < source_.data() || text.data() >= source_.data() + source_.size()) return;
        const auto at = std::size_t(text.data() - source_.data());
        line_ += std::size_t(std::count(source_.begin() + std::ptrdiff_t(std::min(counted_, at)),
                                        source_.begin() + std::ptrdiff_t(at), '\n'));
        counted_ = std::max(counted_, at);
        open_.line = line_;
    }

    /// Inline code stands in a heading or a cell as it is, and is no prose elsewhere: "…".
    void add(std::string_view text, bool prose) {
        const bool kept = prose || open_.kind == BlockKind::heading || open_.kind == BlockKind::row;
        const std::string_view shown = kept ? text : std::string_view("\u2026");
        open_.text += shown;
        if (open_.kind == BlockKind::row && !open_.cells.empty()) open_.cells.back() += shown;
    }

    void flush() {
        if (open_.kind == BlockKind::row) {
            open_.text.clear();
            for (const std::string& cell : open_.cells)
                open_.text += (open_.text.empty() && &cell == &open_.cells.front() ? "" : " | ") + cell;
        }
        const bool empty = open_.text.find_first_not_of(" \t") == std::string::npos;
        if (!empty || open_.kind == BlockKind::heading) {
            if (open_.line == 0) open_.line = line_;
            blocks_.push_back(std::move(open_));
        }
        open_ = {};
    }

    std::string_view source_;
    std::vector<TextBlock> blocks_;
    TextBlock open_;
    int lists_ = 0;
    int code_ = 0;
    bool head_ = false;
    std::size_t line_ = 1;     // of counted_
    std::size_t counted_ = 0;  // offset up to which lines are counted
};

}  // namespace

core::Result<std::vector<TextBlock>> read_blocks(std::string_view text) {
    BlockReader reader(text);
    if (auto parsed = parse(text, reader); !parsed) return core::Failure(parsed.error());
    return reader.take();
}

core::Result<std::vector<Heading>> outline(std::string_view text) {
    const auto blocks = read_blocks(text);
    if (!blocks) return core::Failure(blocks.error());
    std::vector<Heading> headings;
    std::map<std::string, int> anchors;
    for (const TextBlock& block : *blocks) {
        if (block.kind != BlockKind::heading) continue;
        std::string anchor = anchor_of(block.text);
        const int count = ++anchors[anchor];
        if (count > 1) anchor += fmt::format("-{}", count);
        headings.push_back({block.level, block.text, std::move(anchor), block.line});
    }
    return headings;
}

std::string anchor_of(std::string_view heading) {
    std::string anchor;
    for (const char c : heading.substr(0, 200)) {
        if (c >= 'A' && c <= 'Z')
            anchor += char(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            anchor += c;
        else if (!anchor.empty() && anchor.back() != '-')
            anchor += '-';
    }
    while (anchor.ends_with('-')) anchor.pop_back();
    return anchor.empty() ? "section" : anchor;
}

}  // namespace qd::markdown
