#include "services/video_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace qd::services {
namespace {

using nlohmann::ordered_json;

double rounded(double value, double steps) {
    return std::round(value * steps) / steps;
}

ordered_json encode(const storage::Video& video) {
    ordered_json renditions = ordered_json::array();
    for (const storage::Rendition& rendition : video.renditions)
        renditions.push_back({{"name", rendition.name},
                              {"width", rendition.width},
                              {"height", rendition.height},
                              {"bandwidth", rendition.bandwidth},
                              {"codecs", rendition.codecs}});
    ordered_json value;
    value["id"] = video.id.value;
    value["title"] = video.title;
    value["owner"] = video.owner;
    value["state"] = storage::to_string(video.state);
    value["error"] = nullptr;
    if (video.error) value["error"] = {{"code", video.error->code}, {"message", video.error->message}};
    value["progress"] = rounded(video.progress, 1'000);
    value["duration_s"] = rounded(video.duration.count(), 1'000);
    value["width"] = video.width;
    value["height"] = video.height;
    value["frame_rate"] = rounded(video.frame_rate, 1'000);
    value["has_audio"] = video.has_audio;
    value["renditions"] = std::move(renditions);
    value["poster"] = nullptr;
    if (video.has_poster) value["poster"] = "/media/" + video.id.value + "/poster.jpg";
    value["created_at"] = core::format_rfc3339(video.created_at);
    return value;
}

/// Titles are checked on their way in; should a byte have gone bad in the file, the rest is still shown.
std::string dump(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const storage::Video& video) {
    return dump(encode(video));
}

std::string to_json(const storage::VideoPage& page) {
    ordered_json items = ordered_json::array();
    for (const storage::Video& video : page.items) items.push_back(encode(video));
    ordered_json value;
    value["items"] = std::move(items);
    value["next"] = nullptr;
    if (!page.next.empty()) value["next"] = page.next;
    return dump(value);
}

}  // namespace qd::services
