// How long a post-mortem takes to be compiled, checked and written out: of an incident with as many events as
// one may have, beside the time to replay that incident; and a draft with 2,000 saved versions.

#include <chrono>
#include <cstdio>

#include "incidents/projection.hpp"
#include "postmortems/compile.hpp"
#include "postmortems/draft_event.hpp"
#include "postmortems/export.hpp"
#include "postmortems/template.hpp"

using namespace qd;
using namespace qd::postmortems;

namespace {

double milliseconds(auto act) {
    const auto began = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
}

incidents::Event note(std::uint64_t seq) {
    incidents::Event event;
    event.seq = seq;
    event.kind = seq == 1 ? incidents::EventKind::opened : incidents::EventKind::note;
    event.actor = event.source = seq == 1 ? "slo" : "console";
    event.occurred_at = event.recorded_at =
        core::WallTime(std::chrono::seconds(1'790'000'000 + std::int64_t(seq)));
    event.body.text = "what was seen of request " + std::to_string(seq) + " on the way to the edge cache";
    if (seq != 1) return event;
    event.body.title = "Stalls";
    event.body.started_at = event.body.detected_at = event.occurred_at;
    return event;
}

}  // namespace

int main() {
    const incidents::IncidentId id("INC-1");
    std::vector<incidents::Event> events;
    for (std::uint64_t seq = 1; seq <= incidents::max_events; ++seq) events.push_back(note(seq));
    core::Result<incidents::Incident> incident = core::fail(core::Errc::internal, "not replayed");
    std::printf("%zu events: replay of the incident %.1f ms", events.size(),
                milliseconds([&] { incident = incidents::replay(id, events); }));
    if (!incident) return 1;
    Document document;
    std::printf(", compile %.1f ms", milliseconds([&] { document = compile(*incident, events, {}); }));
    const Draft draft = fresh_draft(id, builtin_templates()[0]);
    const Material material{draft, *incident, document, {}};
    std::size_t bytes = 0;
    std::printf(", check %.1f ms", milliseconds([&] { bytes += check(material).size(); }));
    std::printf(", Markdown %.1f ms", milliseconds([&] { bytes += to_markdown(material).size(); }));
    std::printf(", HTML %.1f ms", milliseconds([&] { bytes += to_html(material).size(); }));
    std::printf(", JSON %.1f ms (%zu KiB in all)\n",
                milliseconds([&] { bytes += to_json_text(material).size(); }), bytes >> 10);

    std::vector<DraftEvent> saves;
    for (std::uint64_t seq = 1; seq <= 2'000; ++seq) {
        DraftEvent event;
        event.seq = seq;
        event.kind = seq == 1 ? DraftEventKind::chosen : DraftEventKind::section;
        event.form = builtin_templates()[0];
        event.save = {
            "summary", std::string(8'000, 'x') + std::to_string(seq), seq == 2 ? 0 : seq - 1, true, {}};
        saves.push_back(std::move(event));
    }
    bool whole = false;
    std::printf("%zu saved versions of 8 kB: replay %.1f ms", saves.size(),
                milliseconds([&] { whole = replay(id, saves).has_value(); }));
    std::printf(", history %.1f ms\n", milliseconds([&] { bytes += history(saves).size(); }));
    return whole ? 0 : 1;
}
