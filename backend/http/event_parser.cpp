#include <algorithm>

#include "http/event_stream.hpp"

namespace qd::http {
namespace {

constexpr std::size_t longest = 1 << 20;  // of a line, and of an event's data

}  // namespace

std::string format(const ServerSentEvent& event) {
    // A line break within id or type would forge fields: it is left out.
    const auto one_line = [](const std::string& text) {
        std::string line = text;
        std::erase_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
        return line;
    };
    std::string text;
    if (!event.id.empty()) text += "id: " + one_line(event.id) + "\n";
    if (!event.type.empty()) text += "event: " + one_line(event.type) + "\n";
    std::string_view rest = event.data;
    while (true) {
        const std::size_t end = rest.find_first_of("\r\n");
        text += "data: ";
        text += rest.substr(0, end);
        text += '\n';
        if (end == std::string_view::npos) break;
        const bool pair = rest[end] == '\r' && end + 1 < rest.size() && rest[end + 1] == '\n';
        rest.remove_prefix(end + (pair ? 2 : 1));
    }
    return text + "\n";
}

void EventParser::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (after_cr_) {
            after_cr_ = false;
            if (bytes.front() == '\n') {
                bytes.remove_prefix(1);
                continue;
            }
        }
        const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        if (buffer_.size() + end > longest) {
            too_long_ = true;
            buffer_.clear();
        } else if (!too_long_) {
            buffer_.append(bytes, 0, end);
        }
        if (end == bytes.size()) return;
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        // The line is taken out first: a callback may end up feeding this parser's successor, never this
        // line.
        const std::string text = std::exchange(buffer_, {});
        if (too_long_ && text.empty()) {
            too_long_ = false;
            discard_ = true;
        } else {
            line(text);
        }
    }
}

void EventParser::line(std::string_view text) {
    if (text.empty()) {
        ServerSentEvent event = std::exchange(pending_, {});
        event.id = last_id_;
        const bool complete = has_data_ && !discard_;
        has_data_ = discard_ = false;
        if (complete) on_event_(std::move(event));
        return;
    }
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, colon);
    std::string_view value = text.substr(std::min(text.size(), colon + 1));
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
        if (pending_.data.size() + value.size() + 1 > longest) {
            discard_ = true;
            return;
        }
        if (has_data_) pending_.data += '\n';
        pending_.data += value;
        has_data_ = true;
    } else if (name == "event") {
        pending_.type = value;
    } else if (name == "id") {
        if (value.find('\0') == std::string_view::npos) last_id_ = value;
    }
}

}  // namespace qd::http
