#pragma once
// Rotas as files, refused with the line and the reason. YAML (*.yaml, *.yml), one rota each:
//
//   name: Platform                # the file's name when left out
//   time_zone: Europe/Berlin      # of all times below; UTC when left out
//   services: [gateway]           # whose incidents it is for; all when left out
//   auto_assign: commander        # a new incident's first one on call gets this role; nobody when left out
//   layers:                       # 1 to 10 places to be filled; the first one is called first
//     - name: primary
//       people: [anna, ben]       # in the order of their turns, 1 to 100
//       start: 2026-01-05         # anna's first turn begins on that day, or on the next `weekday` after it
//       rotation: 1 week          # hours, days or weeks, an hour to 52 weeks; clocks may change meanwhile
//       handoff: "09:00"          # 00:00 when left out
//       weekday: monday           # of handoffs, for rotations of whole weeks
//       restrictions:             # on call only then; around the clock when left out
//         - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}
//         - {days: [sat], from: "22:00", to: "06:00"}   # until Sunday morning; days left out: each day
//   overrides:                    # the later one wins
//     - {person: carla, from: "2026-11-26 09:00", to: "2026-11-27 09:00", layer: primary}
//
// An override's times are the rota's own, or RFC 3339; without `layer` it is for the first one. What a
// calendar file (*.ics) may hold: calendar_file.hpp.

#include <string>

#include "core/result.hpp"
#include "oncall/rota.hpp"

namespace qd::oncall {

inline constexpr std::size_t max_file_bytes = 512 << 10;

/// `source` names the file in messages ("x.yaml:3: …"); its extension decides how it is read. Errc::config.
core::Result<Rota> parse_rota(std::string text, std::string source);

/// The YAML above.
core::Result<Rota> parse_rota_yaml(std::string text, std::string source);

}  // namespace qd::oncall
