#include <QDateTime>
#include <nlohmann/json.hpp>

#include "app/adapters/catalog_adapter.hpp"

namespace qd::app {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRenditions = 32;
constexpr std::size_t kMaxText = 1'000;

QString titleText(const json& object, const char* key) {
    const auto at = object.find(key);
    if (at == object.end() || !at->is_string()) return {};
    return QString::fromStdString(at->get_ref<const std::string&>().substr(0, kMaxText));
}

double titleNumber(const json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_number() ? at->get<double>() : 0.0;
}

Title decodeTitle(const json& item) {
    Title title;
    title.id = titleText(item, "id");
    title.title = titleText(item, "title");
    title.owner = titleText(item, "owner");
    title.state = titleText(item, "state");
    if (const auto error = item.find("error"); error != item.end() && error->is_object())
        title.error = titleText(*error, "message");
    title.progress = std::clamp(titleNumber(item, "progress"), 0.0, 1.0);
    title.durationS = titleNumber(item, "duration_s");
    title.width = int(titleNumber(item, "width"));
    title.height = int(titleNumber(item, "height"));
    title.frameRate = titleNumber(item, "frame_rate");
    const auto audio = item.find("has_audio");
    title.hasAudio = audio != item.end() && audio->is_boolean() && audio->get<bool>();
    title.poster = titleText(item, "poster");
    title.createdAtMs =
        QDateTime::fromString(titleText(item, "created_at"), Qt::ISODateWithMs).toMSecsSinceEpoch();
    if (const auto renditions = item.find("renditions"); renditions != item.end() && renditions->is_array())
        for (const json& one : *renditions) {
            if (!one.is_object() || title.renditions.size() >= kMaxRenditions) continue;
            title.renditions.push_back({titleText(one, "name"), int(titleNumber(one, "width")),
                                        int(titleNumber(one, "height")), titleNumber(one, "bandwidth"),
                                        titleText(one, "codecs")});
        }
    return title;
}

}  // namespace

core::Result<std::vector<Title>> decodeTitles(const std::string& text) {
    const json document = json::parse(text, nullptr, false);
    const auto items = document.is_object() ? document.find("items") : document.end();
    if (!document.is_object() || items == document.end() || !items->is_array())
        return core::fail(core::Errc::corrupt, "the gateway's list of titles makes no sense");
    std::vector<Title> titles;
    for (const json& item : *items) {
        if (!item.is_object()) continue;
        Title title = decodeTitle(item);
        if (!title.id.isEmpty()) titles.push_back(std::move(title));
    }
    return titles;
}

std::string nextCursor(const std::string& text) {
    const json document = json::parse(text, nullptr, false);
    const auto next = document.is_object() ? document.find("next") : document.end();
    return document.is_object() && next != document.end() && next->is_string() ? next->get<std::string>()
                                                                               : std::string();
}

std::string uploadedId(const std::string& text) {
    const json document = json::parse(text, nullptr, false);
    const auto id = document.is_object() ? document.find("id") : document.end();
    return document.is_object() && id != document.end() && id->is_string() ? id->get<std::string>()
                                                                           : std::string();
}

}  // namespace qd::app
