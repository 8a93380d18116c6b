#include "kubernetes/watch_decoder.hpp"

#include "core/json_fields.hpp"

namespace qd::kubernetes {
namespace {

/// etcd's largest object is 1.5 MiB.
constexpr std::size_t most_line_bytes = 8u << 20;

std::optional<WatchKind> parse_watch_kind(std::string_view word) {
    if (word == "ADDED") return WatchKind::added;
    if (word == "MODIFIED") return WatchKind::modified;
    if (word == "DELETED") return WatchKind::removed;
    if (word == "BOOKMARK") return WatchKind::bookmark;
    return std::nullopt;
}

}  // namespace

bool WatchDecoder::refuse(core::Errc code, std::string message) {
    error_ = core::Error{code, std::move(message)};
    return false;
}

bool WatchDecoder::take(std::string_view bytes, const std::function<void(WatchEvent)>& on_event) {
    if (gone_ || error_) return false;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        if (unfinished_.size() + std::min(end, bytes.size()) > most_line_bytes)
            return refuse(core::Errc::too_large, "the watch sent an object that is too large");
        unfinished_ += bytes.substr(0, end);
        if (end == std::string_view::npos) return true;
        bytes.remove_prefix(end + 1);
        const std::string whole = std::exchange(unfinished_, {});
        if (!whole.empty() && !line(whole, on_event)) return false;
    }
    return true;
}

bool WatchDecoder::line(std::string_view text, const std::function<void(WatchEvent)>& on_event) {
    auto value = core::parse_json(text, most_line_bytes);
    if (!value || !value->is_object() || !value->contains("object") || !(*value)["object"].is_object())
        return refuse(core::Errc::unavailable, "the watch sent what is no event");
    core::JsonFields fields(*value);
    const std::string word = fields.text("type", 100);
    nlohmann::json object = std::move((*value)["object"]);
    if (word == "ERROR") {
        core::JsonFields status(object);
        if (status.count("code") == 410) {
            gone_ = true;
            return false;
        }
        return refuse(core::Errc::unavailable, "the watch ended: " + status.text("message", 4'000));
    }
    WatchEvent event;
    const auto kind = parse_watch_kind(word);
    if (!kind) return true;  // of a server newer than this
    event.kind = *kind;
    event.resource_version = metadata_text(object, "resourceVersion");
    event.object = std::make_shared<const nlohmann::json>(std::move(object));
    on_event(std::move(event));
    return true;
}

}  // namespace qd::kubernetes
