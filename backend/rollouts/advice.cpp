#include "rollouts/advice.hpp"

#include <algorithm>

namespace qd::rollouts {
namespace {

using namespace std::chrono_literals;
using Way = ReleaseWay;

constexpr std::array<std::string_view, 4> way_words{"canary", "blueGreen", "rolling", "featureFlag"};
constexpr std::array<std::string_view, 3> risk_words{"low", "medium", "high"};
constexpr std::array<std::string_view, 3> migration_words{"none", "compatible", "breaking"};

struct Choice {
    ReleaseWay way;
    std::string_view reason;
};

/// The first rule that applies decides: what is impossible comes before what is wanted, and that before what
/// is cheap.
Choice choose(const ReleaseAnswers& of) {
    if (of.migration == Migration::breaking) {
        if (of.double_capacity)
            return {Way::blue_green,
                    "Both versions cannot work on the same data at once, and with two full sets only one of "
                    "them serves at any moment."};
        return {
            Way::feature_flag,
            "Both versions cannot work on the same data at once and there is no room for a second set: let "
            "code that understands both forms in, switched off, and switch when the data has moved."};
    }
    if (of.experimental && of.user_facing)
        return {Way::feature_flag,
                "A trial is shown to whom you choose and dropped by a switch, without another release."};
    if (of.real_traffic_evidence)
        return {Way::canary,
                "Only real requests can show whether it is good, and a canary lets a few of them tell "
                "before the many are touched."};
    if (of.instant_rollback && of.double_capacity)
        return {Way::blue_green,
                "The former version runs on beside it, so that all traffic is back within seconds."};
    if (of.instant_rollback)
        return {Way::canary,
                "There is no room for a second full set; an aborted canary loses its share of the "
                "traffic at once, which is the next quickest way back."};
    if (of.risk == Risk::high && !of.user_facing && of.double_capacity)
        return {Way::blue_green,
                "A mistake would be costly and few requests would show it: it can be tried out whole "
                "before anybody depends on it."};
    if (of.risk == Risk::high)
        return {Way::canary,
                "A mistake would be costly: it touches a small share first, is judged, and goes no "
                "further while it is worse."};
    if (of.stateful)
        return {Way::rolling,
                "Instances hold state of their own: one after the other hands it over, and the rest "
                "serve on."};
    if (of.risk == Risk::medium && of.user_facing)
        return {Way::canary,
                "People would notice a mistake: a small share of them meets it first, compared with the "
                "rest."};
    return {Way::rolling,
            "Little can go wrong that anybody would notice, and replacing instances one by one costs "
            "the least."};
}

std::string_view not_canary(const ReleaseAnswers& of, ReleaseWay instead) {
    if (of.migration == Migration::breaking)
        return "Two versions would work on the same data at once, which they cannot.";
    if (instead == Way::feature_flag)
        return "In the end its version goes to everybody; a trial goes to a few.";
    if (instead == Way::blue_green && of.instant_rollback)
        return "Its way back is instant while its share is small; once promoted, the former version is gone.";
    if (instead == Way::blue_green) return "A few requests would not show what is feared here.";
    if (of.stateful) return "The canary would gather state that is lost when it is taken back.";
    return "Its steps take hours that this risk is not worth.";
}

std::string_view not_blue_green(const ReleaseAnswers& of, ReleaseWay instead) {
    if (!of.double_capacity) return "There is no room for a second full set of instances.";
    if (instead == Way::feature_flag) return "It switches everybody at once; a trial goes to a few.";
    if (of.real_traffic_evidence)
        return "It switches everybody at once: nothing is learned from a few first.";
    if (of.stateful) return "The second set would begin without the state of the first.";
    if (of.risk == Risk::high) return "It switches everybody at once: a costly mistake would reach them all.";
    if (instead == Way::canary) return "It switches everybody at once, and a canary can do with less.";
    return "A second full set costs more than this risk is worth.";
}

std::string_view not_rolling(const ReleaseAnswers& of, ReleaseWay instead) {
    if (of.migration == Migration::breaking)
        return "Old and new instances would work on the same data at once, which they cannot.";
    if (instead == Way::feature_flag) return "Everybody gets it, and dropping it is another release.";
    if (of.real_traffic_evidence) return "Its instances are not compared, so nothing is learned on the way.";
    if (of.instant_rollback) return "Its way back takes as long as its way there.";
    return "Nothing judges it before everybody has it.";
}

std::string_view not_flag(const ReleaseAnswers& of, ReleaseWay instead) {
    if (of.migration == Migration::breaking)
        return "The code would have to understand both forms of the data.";
    if (!of.user_facing) return "Infrastructure has no behaviour that could be switched for a few.";
    if (instead == Way::rolling)
        return "A switch in the code has to be taken out again, for too little here.";
    return "A switch guards the new behaviour alone, and not what else changed with the version.";
}

std::string_view why_not(ReleaseWay way, const ReleaseAnswers& of, ReleaseWay instead) {
    switch (way) {
        case Way::canary:
            return not_canary(of, instead);
        case Way::blue_green:
            return not_blue_green(of, instead);
        case Way::rolling:
            return not_rolling(of, instead);
        case Way::feature_flag:
            break;
    }
    return not_flag(of, instead);
}

/// The next best first: what is impossible last, then what gives the least of what was asked for.
int distance(ReleaseWay way, const ReleaseAnswers& of) {
    const bool mixes = way == Way::canary || way == Way::rolling;
    int far = 0;
    if (mixes && of.migration == Migration::breaking) far += 100;
    if (way == Way::blue_green && !of.double_capacity) far += 50;
    if (way == Way::feature_flag && !of.user_facing) far += 30;
    if (way != Way::canary && of.real_traffic_evidence) far += 4;
    if (way == Way::rolling && of.instant_rollback) far += 4;
    if (way == Way::rolling && of.risk == Risk::high) far += 4;
    if (way == Way::feature_flag && !of.experimental) far += 2;
    if (way == Way::blue_green) far += 1;
    return far;
}

std::vector<std::string> cautions_of(const ReleaseAnswers& of, ReleaseWay way) {
    std::vector<std::string> said;
    if (of.migration == Migration::breaking && way == Way::blue_green)
        said.emplace_back(
            "The way back ends with the first data written in the new form: take a backup before "
            "the switch.");
    if (of.migration == Migration::compatible)
        said.emplace_back("Take the old form of the data away only after the rollback window has passed.");
    if (of.real_traffic_evidence && way == Way::blue_green)
        said.emplace_back(
            "Real requests tell only after the switch: watch the first minutes and undo early.");
    if (of.real_traffic_evidence && way == Way::feature_flag)
        said.emplace_back("Let the flag begin with a few percent: that is where the evidence comes from.");
    if (of.stateful && way == Way::canary)
        said.emplace_back("State that the canary has written stays when it is taken back.");
    if (of.stateful && way == Way::blue_green)
        said.emplace_back("State that instances hold has to be moved to the second set before the switch.");
    if (of.instant_rollback && way == Way::canary)
        said.emplace_back("The way back is instant until it is promoted, and a rollback after that.");
    return said;
}

void add_steps(Specification& made, Risk risk) {
    const auto weight = [&](unsigned percent) {
        Step step;
        step.weight = percent;
        made.steps.push_back(step);
    };
    const auto wait = [&](StepKind kind, std::optional<std::chrono::milliseconds> length) {
        Step step;
        step.kind = kind;
        step.duration = length;
        made.steps.push_back(step);
    };
    switch (risk) {
        case Risk::low:
            weight(25);
            wait(StepKind::pause, 10min);
            break;
        case Risk::medium:
            weight(10);
            wait(StepKind::pause, 1h);
            weight(50);
            wait(StepKind::pause, 30min);
            break;
        case Risk::high:
            weight(1);
            wait(StepKind::pause, 10min);
            weight(10);
            wait(StepKind::pause, 1h);
            wait(StepKind::analysis, 1min);
            weight(50);
            wait(StepKind::pause, 1h);
            wait(StepKind::pause, std::nullopt);
            break;
    }
    weight(100);
}

}  // namespace

std::string_view to_string(ReleaseWay way) {
    return way_words[std::size_t(way)];
}

std::string_view to_string(Risk risk) {
    return risk_words[std::size_t(risk)];
}

std::string_view to_string(Migration migration) {
    return migration_words[std::size_t(migration)];
}

Advice advise(const ReleaseAnswers& answers) {
    const Choice choice = choose(answers);
    Advice advice{choice.way, std::string(choice.reason), cautions_of(answers, choice.way), {}};
    for (const ReleaseWay way : release_ways)
        if (way != choice.way) advice.others.push_back({way, std::string(why_not(way, answers, choice.way))});
    std::ranges::stable_sort(advice.others, {},
                             [&](const OtherWay& other) { return distance(other.way, answers); });
    return advice;
}

Specification starting_specification(ReleaseWay way, const ReleaseAnswers& answers, std::string version) {
    Specification made;
    made.name = version;
    made.target.label = std::move(version);
    made.analysis.on_failure =
        answers.risk == Risk::high || answers.instant_rollback ? Trust::abort : Trust::pause;
    switch (way) {
        case Way::canary:
            made.strategy = Strategy::canary;
            add_steps(made, answers.risk);
            break;
        case Way::blue_green:
            made.strategy = Strategy::blue_green;
            made.blue_green.auto_promotion = answers.risk == Risk::low;
            made.blue_green.scale_down_delay = answers.instant_rollback ? 1h : 10min;
            break;
        case Way::rolling:
        case Way::feature_flag:
            made.strategy = Strategy::rolling;
            // State is handed over only where an instance ends before the next begins.
            if (answers.stateful) made.rolling = {1, 0, 30s, 10min};
            break;
    }
    return made;
}

}  // namespace qd::rollouts
