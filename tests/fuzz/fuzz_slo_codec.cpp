// JSON from a peer: decoded values encode to something that decodes to the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "slo/codec.hpp"
#include "slo/codec_heatmap.hpp"
#include "slo/codec_replay.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    if (const auto status = qd::slo::status_from_json(value)) {
        const auto again = qd::slo::status_from_json(qd::slo::to_json(*status));
        if (!again || again->rows.size() != status->rows.size()) std::abort();
    }
    if (const auto alert = qd::slo::alert_from_json(value))
        if (!qd::slo::alert_from_json(qd::slo::to_json(*alert))) std::abort();
    if (const auto exclusion = qd::slo::exclusion_from_json(value))
        if (!qd::slo::exclusion_from_json(qd::slo::to_json(*exclusion))) std::abort();
    (void)qd::slo::history_from_json(value);
    if (const auto request = qd::slo::replay_request_from_json(value))
        if (!qd::slo::replay_request_from_json(qd::slo::to_json(*request))) std::abort();
    if (const auto heatmap = qd::slo::heatmap_from_json(value))
        if (!qd::slo::heatmap_from_json(qd::slo::to_json(*heatmap))) std::abort();
    if (const auto replay = qd::slo::replay_from_json(value))
        if (!qd::slo::replay_from_json(qd::slo::to_json(*replay))) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"id":"a","title":"A","service":"s","route":"r","indicator":{"kind":"ratio","good":{"metric":"m","labels":{"c":"!5*"}},"total":{"metric":"m","labels":{}}},"objective":0.995,"sla":{"objective":0.99,"consequence":"c"},"window_s":3600,"health":"healthy","sli":1.0,"good":5,"total":5,"covered_s":5,"budget":{"allowed":0.1,"spent":0,"remaining":1.0,"exhausted":false,"exhausted_in_s":null},"targets_missing":0,"source":"production","reasons":["r"],"group_by":["route"],"group":{"of":"a","labels":{"route":"/a"}},"as_of":"2026-11-23T19:37:04.123Z","rows":[{"short_s":10,"long_s":60,"factor":2,"min_events":5,"min_bad":1,"severity":2,"short":0.1,"long":0.1,"short_window":{"window_s":10,"covered_s":10,"good":1,"total":1},"long_window":{"window_s":60,"covered_s":10,"good":1,"total":1},"firing":false,"fires_in_s":null}]})",
        R"({"id":"x","slo":"a","slo_title":"A","service":"s","row":{"short_s":10,"long_s":60,"factor":2,"min_events":5},"severity":2,"started_at":"2026-11-23T19:37:04Z","ended_at":null,"reason":"r","state":"firing"})",
        R"({"id":"e","from":"2026-11-23T19:37:04Z","to":"2026-11-23T20:37:04Z","objectives":["a"],"reason":"r","author":"a","created_at":"2026-11-23T19:37:04Z"})",
        R"({"from":"2026-11-23T19:37:04Z","to":"2026-11-23T20:37:04Z","points":30,"objective_percent":99.5,"window_s":3600,"rows":[{"short_s":10,"long_s":60,"factor":2,"min_events":5}],"exclusions":[{"from":"2026-11-23T19:40:00Z","to":"2026-11-23T19:41:00Z"}],"outage":true})",
        R"({"slo_id":"a","from":"2026-11-23T19:37:04Z","to":"2026-11-23T20:37:04Z","step_s":1,"objective":0.995,"window_s":3600,"rows":[],"good":1,"total":2,"covered_s":3,"budget":{"allowed":0.1,"spent":1,"remaining":-9.0,"exhausted":true,"lowest":-9.0,"lowest_at":null},"points":[{"at":"2026-11-23T19:37:04Z","good":1,"total":2,"remaining":null,"lowest":0.5,"burn":1.5}],"alerts":[],"limits":["l"]})",
        R"({"slo_id":"a","step_s":1,"bounds":[0.1,0.5,null],"columns":[{"at":"2026-11-23T19:37:04Z","counts":[1,2,3]}]})",
        R"({"step_s":1,"points":[{"at":"2026-11-23T19:37:04Z","good":1,"total":2,"min":null,"max":0.5}]})"};
}

}  // namespace qd::fuzz
