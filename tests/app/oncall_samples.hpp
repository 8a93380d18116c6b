#pragma once
// Who is on call, and runbooks, as an opsd tells of them.

#include <nlohmann/json.hpp>

#include "oncall/picture.hpp"
#include "runbooks/guide.hpp"
#include "runbooks/runbook_file.hpp"
#include "samples.hpp"

namespace qd::test {

inline oncall::Picture oncall_picture() {
    oncall::Rota rota;
    rota.name = "Platform";
    rota.time_zone = "Europe/Berlin";
    oncall::Layer layer;
    layer.name = "primary";
    layer.people = {"anna", "ben", "carla"};
    layer.first_handoff = *oncall::parse_day("2026-01-05");
    layer.turn_minutes = 2 * oncall::minutes_of_day;
    rota.layers = {layer};
    layer.name = "secondary";
    layer.people = {"dora", "emil"};
    layer.turn_minutes = 7 * oncall::minutes_of_day;
    layer.restrictions = {{{true, true, true, true, true, false, false}, 8 * 60, 18 * 60}};
    rota.layers.push_back(layer);
    oncall::Picture picture;
    picture.as_of = now();
    picture.rotas.push_back(
        oncall::picture_of(rota, "platform.yaml", "platform.yaml:7: 'rotation' must be …", picture.as_of));
    return picture;
}

inline runbooks::Runbook runbook() {
    return *runbooks::parse_runbook(
        "---\nid: canary\ntitle: A canary misbehaves\ncauses: [rollout]\n---\nTaking the traffic away is "
        "safe.\n\n"
        "1. **Look** at both arms on *Rollouts*.\n2. Take all traffic off the canary. `qd: {action: "
        "rollout.abort}`\n3. Is playback on target again? `qd: {action: check, slo: playback-availability}`\n"
        "4. Tell the release manager.\n",
        "canary.md");
}

inline nlohmann::json runbook_json() {
    auto value = to_json(runbook(), true);
    value["source"] = "built-in";
    value["problem"] = nullptr;
    return value;
}

inline std::vector<runbooks::Guide> guides() {
    runbooks::Guide applies{runbook(), "built-in", "", true, {"a suspect is a rollout"}, {}};
    applies.steps["look-at-both-arms-on-rollouts"] = {runbooks::StepState::done, "anna", "canary is worse",
                                                      now(), 0};
    applies.steps["take-all-traffic-off-the-canary"] = {runbooks::StepState::unknown, "anna", "sent", now(),
                                                        1};
    runbooks::Guide other{runbook(), "built-in", "", false, {"it is for the service viewers"}, {}};
    other.runbook.id = runbooks::RunbookId("other");
    other.runbook.title = "Viewers stall";
    return {applies, other};
}

}  // namespace qd::test
