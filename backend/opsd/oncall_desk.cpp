#include "opsd/oncall_desk.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oncall/rota_file.hpp"

namespace qd::opsd {
namespace {

constexpr std::size_t max_noted = 20;  // people in one note

bool is_for(const oncall::Rota& rota, const std::string& service) {
    return rota.services.empty() || std::ranges::find(rota.services, service) != rota.services.end();
}

std::string noted(const oncall::Shift& shift) {
    return fmt::format("{} ({}, until {})", shift.person, shift.layer, core::format_rfc3339(shift.to));
}

}  // namespace

OncallDesk::OncallDesk(Context& context, incidents::IncidentDesk& desk,
                       std::vector<std::filesystem::path> places)
    : context_(context),
      desk_(desk),
      files_(std::move(places), {{".yaml", ".yml", ".ics", ".ical"}, oncall::max_file_bytes, max_rotas}) {
    read();
}

void OncallDesk::read() {
    if (!files_.look()) return;
    std::vector<Entry> before;
    {
        const std::lock_guard lock(mutex_);
        before = entries_;
    }
    std::vector<Entry> next;
    for (const WatchedFiles::File& file : files_.files()) {
        auto rota = file.text ? oncall::parse_rota(*file.text, file.name)
                              : core::Result<oncall::Rota>(core::fail(core::Errc::config, "{}: {}", file.name,
                                                                      file.text.error().message));
        Entry entry{file.name, {}, rota ? std::string() : rota.error().message};
        const auto old = std::ranges::find(before, file.name, &Entry::source);
        if (rota)
            entry.good = std::move(*rota);
        else if (old != before.end())
            entry.good = old->good;
        if (!rota && (old == before.end() || old->problem != entry.problem))
            context_.log().warning("a rota is broken", {{"error", entry.problem}});
        next.push_back(std::move(entry));
    }
    const std::lock_guard lock(mutex_);
    entries_ = std::move(next);
    left_out_ = files_.left_out();
}

oncall::Picture OncallDesk::picture() const {
    std::vector<Entry> entries;
    oncall::Picture picture;
    picture.as_of = context_.clock().now();
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
        picture.left_out = left_out_;
    }
    for (const Entry& entry : entries) {
        if (entry.good) {
            picture.rotas.push_back(
                oncall::picture_of(*entry.good, entry.source, entry.problem, picture.as_of));
            continue;
        }
        oncall::RotaPicture broken;
        broken.name = broken.source = entry.source;
        broken.problem = entry.problem;
        picture.rotas.push_back(std::move(broken));
    }
    return picture;
}

void OncallDesk::tell_changes() {
    nlohmann::json now = nlohmann::json::array();
    std::vector<Entry> entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    for (const Entry& entry : entries) {
        nlohmann::json people = nlohmann::json::array();
        if (entry.good)
            for (const oncall::Shift& shift : oncall::who(*entry.good, context_.clock().now()))
                people.push_back({{"person", shift.person},
                                  {"layer", shift.layer},
                                  {"until", core::format_rfc3339(shift.to)}});
        now.push_back({{"name", entry.good ? entry.good->name : entry.source},
                       {"problem", entry.problem},
                       {"now", std::move(people)}});
    }
    const std::string text = now.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text == told_) return;
    told_ = text;
    context_.publish("oncall", "*", {{"rotas", std::move(now)}});
}

void OncallDesk::on_opened(const incidents::Incident& incident) {
    const std::lock_guard lock(mutex_);
    opened_.push_back(incident);
}

void OncallDesk::assign(const incidents::Incident& incident, const oncall::Rota& rota,
                        const std::string& person) {
    // Somebody may have taken it within the second.
    const auto current = desk_.get(incident.id);
    if (!current || current->roles.contains(rota.auto_assign)) return;
    incidents::EventBody body;
    body.role = rota.auto_assign;
    body.person = person;
    body.text = fmt::format("on call; the rota '{}' assigns by itself", rota.name);
    if (const auto done = desk_.record(incident.id, incidents::EventKind::assign, body, "oncall", "oncall");
        !done)
        context_.log().warning("who is on call was not assigned",
                               {{"incident", incident.id.value}, {"reason", done.error().message}});
}

void OncallDesk::note(const incidents::Incident& incident) {
    std::vector<Entry> entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    std::string text;
    for (const Entry& entry : entries) {
        if (!entry.good || !is_for(*entry.good, incident.service)) continue;
        const auto people = oncall::who(*entry.good, context_.clock().now());
        std::string names;
        for (std::size_t i = 0; i < std::min(people.size(), max_noted); ++i)
            names += (i > 0 ? ", " : "") + noted(people[i]);
        if (!text.empty()) text += " ";
        text += fmt::format("On call by '{}': {}.", entry.good->name, names.empty() ? "nobody" : names);
        if (!entry.problem.empty()) text += fmt::format(" (Its file is broken: {})", entry.problem);
    }
    if (text.empty()) return;  // no rota is for it
    incidents::EventBody body;
    body.text = text.substr(0, 8'000);
    if (const auto done = desk_.record(incident.id, incidents::EventKind::note, body, "oncall", "oncall");
        !done)
        context_.log().warning("who is on call was not noted",
                               {{"incident", incident.id.value}, {"reason", done.error().message}});
    for (const Entry& entry : entries) {
        if (!entry.good || entry.good->auto_assign.empty() || !is_for(*entry.good, incident.service))
            continue;
        const auto people = oncall::who(*entry.good, context_.clock().now());
        if (!people.empty()) assign(incident, *entry.good, people.front().person);
    }
}

void OncallDesk::tick() {
    const std::lock_guard looking(look_mutex_);
    read();
    tell_changes();
    std::vector<incidents::Incident> opened;
    {
        const std::lock_guard lock(mutex_);
        opened.swap(opened_);
    }
    for (const incidents::Incident& incident : opened) note(incident);
}

void add_oncall_routes(http::Server& server, Context& context, const OncallDesk& desk) {
    context.get(server, "/api/v1/oncall", [&desk](const Call&) -> core::Result<http::Response> {
        return json_response(200, oncall::to_json(desk.picture()));
    });
}

}  // namespace qd::opsd
