#pragma once
// Silences and alerts on opsd's wire. Alertmanager's own forms are in alertmanager/codec.hpp.

#include <nlohmann/json_fwd.hpp>

#include "silences/alert.hpp"

namespace qd::silences {

/// {"id","source","state":"pending|active|expired","matchers":[{"name","value","is_regex","is_equal"}],
/// "starts_at","ends_at","created_by","comment","updated_at","firing","lapses"}
nlohmann::json to_json(const ListedSilence& silence);
core::Result<ListedSilence> listed_silence_from_json(const nlohmann::json& value);

/// A silence to come, which begins at once.
struct NewSilence {
    std::string source{own_source};
    std::vector<Matcher> matchers;
    std::chrono::seconds lasts{3600};
    std::string comment;
};
/// {"source","matchers":[…],"duration_s","comment"}
std::string encode(const NewSilence& silence, int indent = -1);
/// The same; "source" left out: our own; "starts_at" left out: `now`; "ends_at" in place of "duration_s".
/// Errors of check(silence).
core::Result<Silence> new_silence_from_json(const nlohmann::json& value, core::WallTime now);

/// For stores: all of a silence.
nlohmann::json to_json(const Silence& silence);
core::Result<Silence> silence_from_json(const nlohmann::json& value);

/// {"id","source","title","service","severity":1..4,"state":"firing|ended","reason","url","labels":{},
/// "started_at","ended_at" or null,"incident" or null,"silenced_by":[{"source","silence"}]}
nlohmann::json to_json(const Alert& alert);
core::Result<Alert> alert_from_json(const nlohmann::json& value);

}  // namespace qd::silences
