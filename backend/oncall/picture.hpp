#pragma once
// Who is on call now and in the days to come, of all rotas: what GET /oncall answers. Values and their JSON.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "oncall/schedule.hpp"

namespace qd::oncall {

inline constexpr std::chrono::hours shown_ahead{24 * 14};

struct RotaPicture {
    std::string name;
    std::string source;   // the file's name
    std::string problem;  // "x.yaml:3: …" while the file is broken: the rest is its last good version's
    std::string time_zone = "UTC";
    std::vector<std::string> services;
    std::string auto_assign;
    std::vector<Shift> now;
    std::vector<Shift> next;
    std::optional<core::WallTime> next_handoff;  // the first change of who is on call
    std::vector<Shift> shifts;                   // of the coming two weeks
    std::vector<Span> gaps;                      // of those
    std::vector<Overlap> overlaps;

    bool operator==(const RotaPicture&) const = default;
};

struct Picture {
    std::vector<RotaPicture> rotas;
    std::vector<std::string> left_out;  // what is beyond a limit, in sentences
    core::WallTime as_of{};

    bool operator==(const Picture&) const = default;
};

RotaPicture picture_of(const Rota& rota, std::string source, std::string problem, core::WallTime at);

/// {"rotas":[…],"left_out":[…],"as_of"}; shifts as {"person","layer","from","until"}.
nlohmann::json to_json(const Picture& picture);
/// Errc::invalid_argument names the field that does not fit.
core::Result<Picture> picture_from_json(const nlohmann::json& value);

}  // namespace qd::oncall
