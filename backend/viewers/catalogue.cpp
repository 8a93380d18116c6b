#include "viewers/catalogue.hpp"

#include <nlohmann/json.hpp>

namespace qd::viewers {
namespace {

using nlohmann::json;
constexpr std::size_t max_titles = 1'000;
constexpr std::size_t max_id = 256;

std::string text(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool playable(const json& item) {
    const std::string state = text(item, "state");
    return state == "playable" || state == "ready";
}

}  // namespace

core::Result<std::vector<std::string>> read_titles(std::string_view body) {
    const json document = json::parse(body, nullptr, false);
    if (!document.is_object() || !document.contains("items") || !document["items"].is_array())
        return core::fail(core::Errc::corrupt, "the list of videos is no list");
    // Whoever has something complete to watch is not sent behind an encoder that may get slower.
    std::vector<std::string> complete, growing;
    for (const json& item : document["items"]) {
        std::string id = text(item, "id");
        if (!playable(item) || id.empty() || id.size() > max_id) continue;
        auto& ids = text(item, "state") == "ready" ? complete : growing;
        if (ids.size() < max_titles) ids.push_back(std::move(id));
    }
    return complete.empty() ? growing : complete;
}

core::Result<bool> read_playable(std::string_view body) {
    const json document = json::parse(body, nullptr, false);
    if (text(document, "id").empty()) return core::fail(core::Errc::corrupt, "the answer is no title");
    return playable(document);
}

}  // namespace qd::viewers
