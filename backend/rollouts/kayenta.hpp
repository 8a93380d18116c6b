#pragma once
// Kayenta's judge (NetflixACAJudge): each metric's samples of control and experiment are cleaned, compared by
// Mann-Whitney's test and classified; the classes make a score of 0 to 100. It has no minimum sample of its
// own (two values against two can be High): whoever uses it brings one.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "rollouts/rank_test.hpp"

namespace qd::rollouts::kayenta {

enum class Direction { either, increase, decrease };  // which change of the experiment is bad
enum class NanStrategy { remove, replace };           // replace: a value that is no number counts as 0
enum class EffectSize { mean_ratio, cles };
enum class Class { pass, high, low, nodata, nodata_fail };

std::string_view to_string(Class label);

struct MetricSettings {
    Direction direction = Direction::either;
    NanStrategy nan = NanStrategy::remove;
    bool critical = false;        // a failure makes the whole score 0
    bool must_have_data = false;  // no data is a failure
    EffectSize effect = EffectSize::mean_ratio;
    std::optional<double> allowed_increase, allowed_decrease;  // default: 1 of mean_ratio, 0.5 of cles
    double tolerance = 0.25;  // of the shift: what the interval keeps clear of
    double confidence = 0.98;
    std::vector<std::string> groups;
};

struct Classification {
    Class label = Class::nodata;
    std::string reason;
    double mean_ratio = 1;
    std::optional<RankTest> test;  // where one was made
};

/// `random` makes the noise that tells two constants apart.
Classification classify(std::span<const double> control, std::span<const double> experiment,
                        const MetricSettings& settings, core::Random& random);

struct MetricResult {
    std::string name;
    std::vector<std::string> groups;
    bool critical = false;
    Class label = Class::nodata;
};

enum class Judgement { pass, marginal, fail };

struct Score {
    double value = 0;                      // 0..100
    std::map<std::string, double> groups;  // of those with data
    Judgement judgement = Judgement::fail;
    std::string reason;
};

/// `weights`: percent by group; groups without one share what is left of 100. Thresholds in 0..100.
Score score(std::span<const MetricResult> results, const std::map<std::string, double>& weights, double pass,
            double marginal);

}  // namespace qd::rollouts::kayenta
