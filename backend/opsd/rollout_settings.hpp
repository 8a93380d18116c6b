#pragma once
// When rollouts stand still, as opsd's configuration says:
//
//   rollouts:
//     read_only: false
//     read_only_reason: moving to another rack   # what whoever tries is told
//     freeze: [{name: Christmas, from: "2026-12-24T00:00:00Z", to: "2026-12-27T00:00:00Z", reason: nobody is there}]
//     calendar:                                  # each week; `to` at or before `from` is on the next day
//     - {name: nights, days: [mon, tue], from: "18:00", to: "08:00", timezone: Europe/Berlin, reason: …}
//     calendar_files: [/etc/quarterdeck/freeze.ics]  # each event freezes while it lasts; oncall/calendar_file.hpp

#include <string>
#include <vector>

#include "core/config.hpp"
#include "oncall/rota.hpp"
#include "rollouts/policy.hpp"

namespace qd::opsd {

struct RolloutSettings {
    bool read_only = false;
    std::string read_only_reason;
    std::vector<rollouts::FreezeWindow> windows;      // at most 200
    std::vector<rollouts::FreezeCalendar> calendars;  // at most 50
    struct CalendarFile {
        std::string path;
        std::vector<oncall::CalendarEvent> events;
    };
    std::vector<CalendarFile> files;  // at most 20
};

/// The mapping under `rollouts`; errors, those of the calendar files too, are the reader's.
RolloutSettings read_rollout_settings(core::ConfigReader& reader);

}  // namespace qd::opsd
