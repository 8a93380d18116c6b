#include "rollouts/advice_codec.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "rollouts/specification_text.hpp"

namespace qd::rollouts {
namespace {

using core::Errc;
using core::fail;
using nlohmann::json;

constexpr std::size_t longest_request = 4'096, longest_version = 63;

struct YesOrNo {
    std::string_view word;
    bool ReleaseAnswers::*member;
};

constexpr std::array<YesOrNo, 6> yes_or_no{{{"real_traffic_evidence", &ReleaseAnswers::real_traffic_evidence},
                                            {"instant_rollback", &ReleaseAnswers::instant_rollback},
                                            {"double_capacity", &ReleaseAnswers::double_capacity},
                                            {"user_facing", &ReleaseAnswers::user_facing},
                                            {"stateful", &ReleaseAnswers::stateful},
                                            {"experimental", &ReleaseAnswers::experimental}}};

template <class T>
std::optional<T> one_of(std::string_view word) {
    for (const T each : {T(0), T(1), T(2)})
        if (to_string(each) == word) return each;
    return std::nullopt;
}

bool is_version(std::string_view text) {
    return !text.empty() && text.size() <= longest_version && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
}

}  // namespace

core::Result<AdviceRequest> advice_request_of(const std::map<std::string, std::string>& words) {
    AdviceRequest request;
    ReleaseAnswers& answers = request.answers;
    for (const auto& [key, word] : words) {
        const auto* member = std::ranges::find(yes_or_no, key, &YesOrNo::word);
        if (member != yes_or_no.end()) {
            if (word != "true" && word != "false")
                return fail(Errc::invalid_argument, "{}: is true or false", key);
            answers.*(member->member) = word == "true";
        } else if (key == "risk") {
            const auto risk = one_of<Risk>(word);
            if (!risk) return fail(Errc::invalid_argument, "risk: is low, medium or high");
            answers.risk = *risk;
        } else if (key == "database_migration") {
            const auto migration = one_of<Migration>(word == "true"    ? "breaking"
                                                     : word == "false" ? "none"
                                                                       : std::string_view(word));
            if (!migration)
                return fail(Errc::invalid_argument, "database_migration: is none, compatible or breaking");
            answers.migration = *migration;
        } else if (key == "version") {
            if (!is_version(word))
                return fail(Errc::invalid_argument, "version: is 1 to 63 letters, digits, '.', '_' or '-'");
            request.version = word;
        } else {
            return fail(Errc::invalid_argument, "{}: nobody asks for this",
                        std::string_view(key).substr(0, 40));
        }
    }
    return request;
}

core::Result<AdviceRequest> advice_request_of_json(std::string_view text) {
    const auto value = core::parse_json(text, longest_request);
    if (!value) return core::Failure(value.error());
    if (!value->is_object()) return fail(Errc::invalid_argument, "answers are a JSON object");
    std::map<std::string, std::string> words;
    for (const auto& [key, answer] : value->items()) {
        if (answer.is_boolean())
            words[key] = answer.get<bool>() ? "true" : "false";
        else if (answer.is_string())
            words[key] = answer.get<std::string>();
        else
            return fail(Errc::invalid_argument, "{}: is a text, true or false",
                        std::string_view(key).substr(0, 40));
    }
    return advice_request_of(words);
}

json to_json(const Advice& advice, const AdviceRequest& request) {
    const ReleaseAnswers& of = request.answers;
    json answers{{"risk", to_string(of.risk)}, {"database_migration", to_string(of.migration)}};
    for (const auto& [word, member] : yes_or_no) answers[std::string(word)] = of.*member;
    auto others = json::array();
    for (const OtherWay& each : advice.others)
        others.push_back({{"way", to_string(each.way)}, {"why_not", each.why_not}});
    const Specification specification = starting_specification(advice.way, of, request.version);
    return {{"answers", std::move(answers)},
            {"way", to_string(advice.way)},
            {"strategy", to_string(specification.strategy)},
            {"reason", advice.reason},
            {"cautions", advice.cautions},
            {"others", std::move(others)},
            {"specification", to_yaml_text(specification)}};
}

}  // namespace qd::rollouts
