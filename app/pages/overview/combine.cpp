#include "app/pages/overview/combine.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "app/models/values.hpp"

namespace qd::app {
namespace {

constexpr qsizetype kMaxValues = 1'000;

using ByStep = std::map<qint64, double>;

ByStep byStep(const opsclient::SeriesLine& line, qint64 stepMs) {
    ByStep points;
    for (const opsclient::SeriesPoint& point : line.points) points[msOf(point.at) / stepMs] = point.value;
    return points;
}

double weightAt(const std::map<std::string, ByStep>& rates, const std::string& label, qint64 step) {
    const auto line = rates.find(label);
    if (line == rates.end()) return 0;
    const auto at = line->second.find(step);
    return at == line->second.end() ? 0 : at->second;
}

struct StepSum {
    double value = 0, weight = 0, highest = 0;
    int lines = 0;
};

}  // namespace

Combined combine(const opsclient::Series& series, double scale, Combine how, const opsclient::Series* rate) {
    const qint64 stepMs = std::max<qint64>(1, series.step_s) * 1000;
    std::map<std::string, ByStep> rates;
    if (how == Combine::weighted && rate)
        for (const auto& line : rate->lines) rates[line.label] = byStep(line, stepMs);

    Combined out;
    std::map<qint64, StepSum> steps;
    for (const auto& line : series.lines) {
        for (const auto& [step, value] : byStep(line, stepMs)) {
            StepSum& sum = steps[step];
            const double weight = how == Combine::weighted ? weightAt(rates, line.label, step) : 1;
            sum.value += value * weight;
            sum.weight += weight;
            sum.highest = sum.lines++ == 0 ? value : std::max(sum.highest, value);
        }
        if (!line.points.empty()) out.newestMs = std::max(out.newestMs, msOf(line.points.back().at));
    }

    qint64 before = 0;
    for (const auto& [step, sum] : steps) {
        for (qint64 missing = before + 1; before > 0 && missing < step && out.values.size() < kMaxValues;
             ++missing)
            out.values.append(qQNaN());
        double value = sum.highest;
        if (how == Combine::sum) value = sum.value;
        if (how == Combine::weighted && sum.weight > 0) value = sum.value / sum.weight;
        out.values.append(value * scale);
        out.lines = sum.lines;
        before = step;
    }
    return out;
}

}  // namespace qd::app
