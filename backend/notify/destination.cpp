#include "notify/destination.hpp"

#include <algorithm>
#include <set>

namespace qd::notify {
namespace {

constexpr std::size_t max_destinations = 50;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

void read_severities(core::ConfigReader& entry, Destination& destination) {
    if (!entry.has("severities")) return;
    destination.severities.reset();
    for (const int severity : entry.get<std::vector<int>>("severities", {})) {
        if (severity < 1 || severity > 4) return entry.reject("severities", "must be a list of 1 to 4");
        destination.severities.set(std::size_t(severity));
    }
    if (destination.severities.none())
        entry.reject("severities", "lets nothing through: leave it out for all");
}

Destination read_destination(core::ConfigReader& entry) {
    Destination destination;
    destination.name = entry.require<std::string>("name");
    if (entry.has("name") && !is_name(destination.name))
        entry.reject("name", "must be 1 to 64 of a-z 0-9 and '-'");
    const auto kind = entry.require<std::string>("kind");
    if (kind == "alertmanager")
        destination.kind = Kind::alertmanager;
    else if (kind != "webhook")
        entry.reject("kind", "must be alertmanager or webhook");
    destination.access = http::read_access(
        entry, destination.kind == Kind::webhook ? http::UrlKind::exact : http::UrlKind::base);
    read_severities(entry, destination);
    if (destination.kind == Kind::webhook)
        destination.secret_file = entry.get<std::string>("secret_file", "");
    else
        destination.resend = std::chrono::seconds(entry.get_in_range<std::int64_t>("resend_s", 60, 10, 3600));
    return destination;
}

}  // namespace

std::string_view to_string(Kind kind) {
    return kind == Kind::alertmanager ? "alertmanager" : "webhook";
}

std::vector<Destination> read_destinations(core::ConfigReader& reader, const std::string& key) {
    std::vector<Destination> destinations;
    std::set<std::string> names;
    for (core::ConfigReader& entry : reader.children(key)) {
        Destination destination = read_destination(entry);
        if (!names.insert(destination.name).second) entry.reject("name", "is given twice");
        (void)entry.finish();
        reader.merge(entry);
        destinations.push_back(std::move(destination));
    }
    if (destinations.size() > max_destinations) reader.reject(key, "has too many entries: at most 50");
    return destinations;
}

}  // namespace qd::notify
