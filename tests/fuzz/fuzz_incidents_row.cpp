// A row of the incidents' journal, binary or JSON, and a timeline off the wire: read or refused, and what was
// read is written and read again the same.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "incidents/binary.hpp"
#include "incidents/codec.hpp"
#include "incidents/projection.hpp"

using namespace qd::incidents;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    JournalEntry entry;
    if (decode_row(1, bytes, entry)) {
        JournalEntry again;
        const std::string row = encode_row(entry);
        // Samples may hold what equals nothing, itself included: those are compared as bytes.
        if (!decode_row(1, row, again) || encode_row(again) != row) std::abort();
        (void)check_body(entry.event.kind, entry.event.body);
        (void)describe(entry.event);
        Replay replay{IncidentId("INC-1")};
        (void)replay.add(entry.event);
        TimelineWriter writer;
        if (!writer.add(1, bytes)) std::abort();
        const auto timeline = std::move(writer).finish();
        if (!timeline || !decode_timeline(*timeline)) std::abort();
    }
    (void)decode_timeline(bytes);
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    JournalEntry entry;
    entry.idempotency_key = "anna\nINC-1\nk";
    entry.event.kind = EventKind::evidence;
    entry.event.actor = "anna";
    entry.event.source = "console";
    entry.event.supersedes = 3;
    entry.event.based_on = 7;
    entry.event.body.text = "p95 of playback";
    entry.event.body.severity = Severity::sev2;
    entry.event.body.state = State::mitigated;
    entry.event.body.bytes = 4096;
    entry.event.body.samples = {{qd::core::WallTime(std::chrono::hours(480'000)), 0.5},
                                {qd::core::WallTime(std::chrono::hours(480'001)), 0.25}};
    const std::string row = encode_row(entry);
    TimelineWriter writer;
    (void)writer.add(1, row);
    (void)writer.add(2, row);
    return {row, std::move(writer).finish().value_or(std::string()),
            R"({"kind":"note","occurred_at":"2026-11-23T19:37:04Z","recorded_at":"2026-11-23T19:37:04Z",)"
            R"("actor":"anna","source":"api","body":{"text":"x"},"supersedes":null,"idempotency_key":"k"})"};
}

}  // namespace qd::fuzz
