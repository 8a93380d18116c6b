#pragma once
// Rotas from calendars (iCalendar, RFC 5545): who an event is about is on call while it lasts. Read are, of
// each VEVENT:
//
//   DTSTART, and DTEND or DURATION   a date, or a date with a time: in UTC ("…Z"), with a TZID that this
//                                    system's database knows, or floating: then X-WR-TIMEZONE, else UTC
//   SUMMARY                          the person; an ATTENDEE's CN, or its address, when there is one
//   RRULE                            FREQ=DAILY or WEEKLY with INTERVAL, COUNT, UNTIL, and BYDAY (weekly)
//   EXDATE                           begins that do not take place
//   STATUS:CANCELLED                 the event does not take place
//
// Occurrences end by the clock on the wall when DTEND says so, or the days of a DURATION; its hours pass
// exactly. Whatever would change who is on call and is not read (other RRULEs, RDATE, RECURRENCE-ID) is
// refused with its line; descriptions, alarms and time zone definitions are passed over.

#include <string>

#include "core/result.hpp"
#include "oncall/rota.hpp"

namespace qd::oncall {

/// The name is X-WR-CALNAME, or the file's. Errc::config, "x.ics:3: …".
core::Result<Rota> parse_calendar(std::string text, std::string source);

}  // namespace qd::oncall
