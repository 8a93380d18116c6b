// Rotas as people mistype them, in YAML and as calendars: refused with a line, or within the limits.
#include <cstdlib>

#include "fuzz/target.hpp"
#include "oncall/picture.hpp"
#include "oncall/rota_file.hpp"

namespace {

void look(const std::string& text, const char* source) {
    using namespace qd::oncall;
    const auto rota = parse_rota(text, source);
    if (!rota) {
        if (!rota.error().message.starts_with(source)) std::abort();
        return;
    }
    if (rota->layers.size() > max_layers || rota->events.size() > max_events || rota->name.empty())
        std::abort();
    const qd::core::WallTime from(std::chrono::seconds(1'774'000'000));  // around a change of clocks
    const auto all = shifts(*rota, from, from + std::chrono::hours(24 * 14));
    if (all.size() > max_shifts) std::abort();
    for (const Shift& shift : all)
        if (shift.person.empty() || shift.from >= shift.to) std::abort();
    (void)picture_of(*rota, source, {}, from);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    look(text, "fuzz.yaml");
    look(text, "fuzz.ics");
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"(name: P
time_zone: Europe/Berlin
layers:
  - name: primary
    people: [anna, ben]
    start: 2026-01-05
    rotation: 1 day
    handoff: "02:30"
    restrictions: [{days: [mon], from: "22:00", to: "06:00"}]
overrides: [{person: c, from: "2026-03-26 09:00", to: "2026-03-27 09:00"}]
)",
        "BEGIN:VCALENDAR\r\nX-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/"
        "Berlin:20260105T090000\r\nDURATION:P1DT2H\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=40\r\n"
        "EXDATE:20260107T080000Z\r\nSUMMARY:anna\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"};
}

}  // namespace qd::fuzz
