// The desk's part that lists, finds and reads.

#include <algorithm>
#include <charconv>
#include <tuple>

#include "incidents/engine/incident_desk.hpp"

namespace qd::incidents {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::string_view open_states = "open";

/// Where an incident stands in the list: greater ones come first.
using Place = std::tuple<bool, std::int64_t, std::uint64_t>;

Place place_of(const Incident& incident) {
    return {is_open(incident.state), incident.detected_at.time_since_epoch().count(),
            number_of(incident.id.value)};
}

std::string cursor_of(const Incident& incident) {
    const auto [open, detected, number] = place_of(incident);
    return fmt::format("{}.{}.{}", open ? 1 : 0, detected, number);
}

core::Result<Place> place_from(std::string_view cursor) {
    std::int64_t parts[3] = {};
    const char* at = cursor.data();
    const char* const end = at + cursor.size();
    for (std::int64_t& part : parts) {
        const auto read = std::from_chars(at, end, part);
        const bool last = &part == &parts[2];
        if (read.ec != std::errc{} || (last ? read.ptr != end : read.ptr == end || *read.ptr != '.'))
            return fail(Errc::invalid_argument, "cursor: is none of this list");
        at = read.ptr + 1;
    }
    return Place{parts[0] != 0, parts[1], std::uint64_t(parts[2])};
}

core::Result<> check(const IncidentQuery& query) {
    if (query.text.size() > 200) return fail(Errc::invalid_argument, "q: at most 200 bytes");
    if (query.limit == 0 || query.limit > max_page)
        return fail(Errc::invalid_argument, "limit: from 1 to {}", max_page);
    if (!query.state.empty() && query.state != open_states && !parse_state(query.state))
        return fail(Errc::invalid_argument, "state: 'open' or a state, not '{}'", query.state);
    return {};
}

bool fits(const IncidentQuery& query, const Incident& incident) {
    if (query.severity && incident.severity != *query.severity) return false;
    if (!query.service.empty() && incident.service != query.service) return false;
    if (query.state.empty()) return true;
    return query.state == open_states ? is_open(incident.state) : to_string(incident.state) == query.state;
}

}  // namespace

std::optional<IncidentId> IncidentDesk::home_of(const std::string& alert) const {
    const std::lock_guard lock(mutex_);
    const auto known = alerts_.find(alert);
    if (known == alerts_.end()) return std::nullopt;
    return known->second.incident;
}

core::Result<Incident> IncidentDesk::get(const IncidentId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = incidents_.find(id.value);
    if (found == incidents_.end()) return fail(Errc::not_found, "there is no incident {}", id.value);
    return found->second;
}

std::vector<Incident> IncidentDesk::list() const {
    std::vector<Incident> all;
    {
        const std::lock_guard lock(mutex_);
        all.reserve(incidents_.size());
        for (const auto& [id, incident] : incidents_) all.push_back(incident);
    }
    std::ranges::sort(all, [](const Incident& a, const Incident& b) { return place_of(a) > place_of(b); });
    return all;
}

core::Result<IncidentPage> IncidentDesk::find(const IncidentQuery& query) const {
    if (auto ok = check(query); !ok) return Failure(ok.error());
    std::optional<Place> after;
    if (!query.cursor.empty()) {
        const auto place = place_from(query.cursor);
        if (!place) return Failure(place.error());
        after = *place;
    }
    std::optional<std::vector<std::uint64_t>> told;
    if (!query.text.empty()) {
        const auto search = [this] {
            const std::lock_guard lock(mutex_);
            return search_;
        }();
        if (!search)
            return fail(Errc::unavailable,
                        "there is no search index; opsd's log says why, a restart makes one");
        auto found = search->find(query.text);
        if (!found) return Failure(found.error());
        told = std::move(*found);
    }
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<Place, const Incident*>> fitting;
    for (const auto& [id, incident] : incidents_)
        if (fits(query, incident) &&
            (!told || std::ranges::binary_search(*told, number_of(incident.id.value))))
            fitting.emplace_back(place_of(incident), &incident);
    IncidentPage page;
    page.total = fitting.size();
    if (after) std::erase_if(fitting, [&](const auto& each) { return each.first >= *after; });
    const std::size_t shown = std::min(fitting.size(), query.limit);
    std::ranges::partial_sort(fitting, fitting.begin() + std::ptrdiff_t(shown),
                              [](const auto& a, const auto& b) { return a.first > b.first; });
    page.items.reserve(shown);
    for (std::size_t i = 0; i < shown; ++i) page.items.push_back(*fitting[i].second);
    if (shown < fitting.size()) page.next = cursor_of(page.items.back());
    return page;
}

core::Result<std::vector<Event>> IncidentDesk::timeline(const IncidentId& id, std::uint64_t after) const {
    if (after == 0) return journal_.read(id);
    if (const auto known = get(id); !known) return Failure(known.error());
    return journal_.read_after(id, after);
}

core::Result<std::string> IncidentDesk::timeline_bytes(const IncidentId& id, std::uint64_t after) const {
    if (const auto known = get(id); !known) return Failure(known.error());
    return journal_.timeline(id, after);
}

std::optional<Incident> IncidentDesk::worst_open(Severity at_least) const {
    const std::lock_guard lock(mutex_);
    const Incident* worst = nullptr;
    for (const auto& [id, incident] : incidents_)
        if (is_open(incident.state) && incident.severity <= at_least &&
            (worst == nullptr || incident.severity < worst->severity))
            worst = &incident;
    if (worst == nullptr) return std::nullopt;
    return *worst;
}

}  // namespace qd::incidents
