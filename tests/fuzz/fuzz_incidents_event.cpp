// Whatever is posted to an incident or comes out of its journal: read or refused, and what was read survives
// the wire.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "incidents/codec.hpp"
#include "incidents/projection.hpp"

using namespace qd::incidents;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto request = decode_event_request(text)) {
        const auto again = decode_event_request(encode(*request));
        if (!again || !(*again == *request)) std::abort();
    }
    if (const auto event = decode_event(text)) {
        const auto again = decode_event(encode(*event));
        if (!again || !(*again == *event)) std::abort();
        (void)describe(*event);
        (void)replay(IncidentId("INC-1"), std::vector{*event});
    }
    if (const auto incident = decode_incident(text)) {
        const auto again = decode_incident(encode(*incident));
        if (!again || !(*again == *incident)) std::abort();
    }
    (void)decode_open_request(text);
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"kind":"state","body":{"state":"mitigated","text":"rolled back"},"occurred_at":"2026-11-23T19:37:04.123Z"})",
        R"({"kind":"assign","body":{"role":"commander","person":"anna"},"supersedes":3,"source":"console"})",
        R"({"seq":1,"kind":"opened","occurred_at":"2026-11-23T19:37:04Z","recorded_at":"2026-11-23T19:37:04Z",)"
        R"("actor":"slo","source":"slo","body":{"title":"t","severity":2,"subject":"a"},"supersedes":null})",
        R"({"seq":4,"kind":"evidence","occurred_at":"2026-11-23T19:37:04Z","recorded_at":"2026-11-23T19:37:04Z",)"
        R"("body":{"text":"e","samples":[{"at":"2026-11-23T19:37:04Z","value":0.5}]}})",
        R"({"id":"INC-1","title":"t","severity":2,"state":"triage","roles":{"commander":"a"},"version":3,)"
        R"("started_at":"2026-11-23T19:37:04Z","detected_at":"2026-11-23T19:37:09Z","suspects":[{"kind":"rollout",)"
        R"("at":"2026-11-23T19:37:04Z"}]})"};
}

}  // namespace qd::fuzz
