#pragma once
// The story of a bad canary, as the journal has it.

#include "backend/incidents/journal_builder.hpp"
#include "postmortems/compile.hpp"
#include "postmortems/export.hpp"
#include "postmortems/template.hpp"

namespace qd::test {

inline JournalBuilder bad_canary() {
    using incidents::EventKind;
    JournalBuilder journal;
    journal.opened(0, 20);
    journal.machine(EventKind::rollout, "RO-1", "suspect",
                    "v2 receives 10 %. That was 15.0 s before the alert, and it was in effect.", 20, "desk");
    journal.machine(EventKind::rollout, "RO-1", "verdict",
                    "the verdict on v2 is fail. error ratio: canary 12 %", 30);
    journal.acknowledge(40).assign("commander", "anna <script>", 45);
    journal.text(EventKind::status_update, "We take v2 back | soon", 50);
    journal.machine(EventKind::rollout, "RO-1", "abort", "abort by anna: v2 receives 0 % (because)", 70,
                    "anna");
    journal.machine(EventKind::alert, "playback.10s-60s.1", "ended", "the alert has ended after 1 min 20 s",
                    100, "slo");
    journal.state(incidents::State::mitigated, 100).state(incidents::State::resolved, 120);
    return journal;
}

inline postmortems::Figures figures() {
    postmortems::ObjectiveCost cost;
    cost.id = "playback";
    cost.title = "Availability of playback";
    cost.objective = 0.995;
    cost.good = 4'900;
    cost.total = 5'000;
    cost.budget_spent = 0.4;
    cost.budget_remaining = 0.55;
    cost.series = {cost.title, cost.objective, 1, {}};
    for (int i = -60; i < 160; ++i)
        if (i < 40 || i > 45)  // a gap
            cost.series.points.push_back({at_second(i), i > 0 && i < 100 ? 48.0 : 50.0, 50});
    return {{cost}, at_second(0), at_second(100)};
}

inline postmortems::Document bad_canary_document() {
    const JournalBuilder journal = bad_canary();
    return postmortems::compile(journal.incident(), journal.events, figures());
}

/// A post-mortem with all that it is rendered from.
struct Story {
    incidents::Incident incident;
    postmortems::Document document;
    postmortems::Draft draft;
    std::vector<postmortems::Action> actions;

    postmortems::Material material() const { return {draft, incident, document, actions}; }
    /// A person's text of a section, as if it had been saved.
    void write(std::string_view section, std::string text, std::uint64_t seq = 2) {
        for (postmortems::Section& each : draft.sections)
            if (each.id == section) each.current = {seq, "bea", at_second(600), std::move(text), 0};
        draft.version = std::max(draft.version, seq);
    }
};

inline Story bad_canary_story(std::size_t form = 0) {
    const JournalBuilder journal = bad_canary();
    Story story{journal.incident(), bad_canary_document(), {}, {}};
    story.draft = postmortems::fresh_draft(story.incident.id, postmortems::builtin_templates()[form]);
    return story;
}

}  // namespace qd::test
