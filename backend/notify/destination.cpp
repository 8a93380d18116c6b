#include "notify/destination.hpp"

#include <array>
#include <set>

namespace qd::notify {
namespace {

constexpr std::size_t max_destinations = 50;
constexpr std::size_t max_recipients = 50;
constexpr std::array<std::string_view, 4> kind_names{"alertmanager", "webhook", "slack", "email"};
constexpr std::array<std::string_view, 3> event_names{"alerts", "incidents", "status_updates"};
constexpr std::array<std::string_view, 3> starttls_names{"required", "if_offered", "off"};

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    return std::size_t(at - names.begin());
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

void read_events(core::ConfigReader& entry, Destination& destination,
                 std::span<const std::string_view> audiences) {
    if (destination.kind == Kind::alertmanager) return;
    if (entry.has("events")) {
        destination.events.reset();
        for (const std::string& name : entry.get<std::vector<std::string>>("events", {})) {
            const auto event = index_of(event_names, name);
            if (!event) return entry.reject("events", "must be a list of alerts, incidents, status_updates");
            destination.events.set(*event);
        }
        if (destination.events.none())
            entry.reject("events", "lets nothing through: leave it out for alerts");
    }
    destination.audiences = entry.get<std::vector<std::string>>("audiences", {});
    for (const std::string& audience : destination.audiences)
        if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end())
            return entry.reject("audiences",
                                fmt::format("hold '{}': there are {}", audience, fmt::join(audiences, ", ")));
    if (destination.audiences.empty() && destination.takes(Event::status_updates))
        entry.reject("events", "hold status_updates: say whose, with audiences");
    if (!destination.audiences.empty() && !destination.takes(Event::status_updates))
        entry.reject("audiences", "belong to status_updates, which are not among the events");
}

void read_mail(core::ConfigReader& entry, MailAccess& mail) {
    mail.url = entry.require<std::string>("url");
    const bool plain = mail.url.starts_with("smtp://"), encrypted = mail.url.starts_with("smtps://");
    const std::string host = mail.url.substr(std::min(mail.url.size(), mail.url.find("://") + 3));
    if (!mail.url.empty() && !plain && !encrypted)
        entry.reject("url", "must begin with smtp:// or smtps://");
    else if (host.empty() || host.find_first_of("@/?# \t\r\n") != std::string::npos)
        entry.reject("url", "must be smtp://host:port, without credentials or a path");
    const auto starttls = index_of(starttls_names, entry.get<std::string>("starttls", "required"));
    if (!starttls) entry.reject("starttls", "must be required, if_offered or off");
    if (encrypted && entry.has("starttls"))
        entry.reject("starttls", "belongs to smtp://: smtps:// is encrypted from the start");
    mail.starttls = StartTls(starttls.value_or(0));
    mail.ca_file = entry.get<std::string>("ca_file", "");
    mail.username = entry.get<std::string>("username", "");
    mail.password_file = entry.get<std::string>("password_file", "");
    if (mail.username.empty() != mail.password_file.empty())
        entry.reject(mail.username.empty() ? "password_file" : "username",
                     "needs both: username and password_file");
    else if (!mail.username.empty() && plain && mail.starttls != StartTls::required)
        entry.reject("username", "is never sent in the clear: starttls must be required");
    mail.from = entry.require<std::string>("from");
    if (entry.has("from") && !is_mail_address(mail.from)) entry.reject("from", "must be one address");
    mail.to = entry.require<std::vector<std::string>>("to");
    if (entry.has("to") && (mail.to.empty() || mail.to.size() > max_recipients))
        entry.reject("to", "must hold 1 to 50 addresses");
    for (const std::string& address : mail.to)
        if (!is_mail_address(address)) return entry.reject("to", "holds what is no address");
    const double timeout_s = entry.get_in_range<double>("timeout_s", 30, 1, 120);
    mail.timeout = std::chrono::milliseconds(std::int64_t(timeout_s * 1000));
}

Destination read_destination(core::ConfigReader& entry, std::span<const std::string_view> audiences) {
    Destination destination;
    destination.name = entry.require<std::string>("name");
    if (entry.has("name") && !is_name(destination.name))
        entry.reject("name", "must be 1 to 64 of a-z 0-9 and '-'");
    const auto kind = index_of(kind_names, entry.require<std::string>("kind"));
    if (!kind) entry.reject("kind", "must be alertmanager, webhook, slack or email");
    destination.kind = Kind(kind.value_or(1));
    const bool alertmanager = destination.kind == Kind::alertmanager;
    if (destination.kind == Kind::email)
        read_mail(entry, destination.mail);
    else
        destination.access =
            http::read_access(entry, alertmanager ? http::UrlKind::base : http::UrlKind::exact);
    read_severities(entry, destination);
    read_events(entry, destination, audiences);
    if (destination.kind == Kind::webhook)
        destination.secret_file = entry.get<std::string>("secret_file", "");
    if (alertmanager)
        destination.resend = std::chrono::seconds(entry.get_in_range<std::int64_t>("resend_s", 60, 10, 3600));
    return destination;
}

}  // namespace

std::string_view to_string(Kind kind) {
    return kind_names[std::size_t(kind)];
}

bool Destination::takes(const Message& message, int severity) const {
    if (!takes(severity)) return false;
    const auto* announcement = std::get_if<Announcement>(&message);
    if (!announcement) return takes(Event::alerts);
    switch (announcement->topic) {
        case Topic::incident:
            return takes(Event::incidents);
        case Topic::status_update:
            return serves(announcement->audience);
        case Topic::reminder:
            return serves(reminded_audience);
    }
    return false;
}

bool is_mail_address(std::string_view text) {
    const std::size_t at = text.find('@');
    if (text.size() > 254 || at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > 32 && c < 127 && std::string_view("()<>,;:\\\"[]").find(c) == std::string_view::npos;
    });
}

std::vector<Destination> read_destinations(core::ConfigReader& reader, const std::string& key,
                                           std::span<const std::string_view> audiences) {
    std::vector<Destination> destinations;
    std::set<std::string> names;
    for (core::ConfigReader& entry : reader.children(key)) {
        Destination destination = read_destination(entry, audiences);
        if (!names.insert(destination.name).second) entry.reject("name", "is given twice");
        (void)entry.finish();
        reader.merge(entry);
        destinations.push_back(std::move(destination));
    }
    if (destinations.size() > max_destinations) reader.reject(key, "has too many entries: at most 50");
    return destinations;
}

}  // namespace qd::notify
