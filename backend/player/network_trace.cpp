#include "player/network_trace.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace qd::player {
namespace {

constexpr double shortest_step_s = 0.001, longest_step_s = 86'400;

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// The fields of a line, five at most: one more than may be is enough to see that there are too many.
std::size_t fields_of(std::string_view line, std::array<std::string_view, 5>& fields) {
    constexpr std::string_view blank = " \t\r";
    std::size_t count = 0;
    for (std::size_t at = 0; count < fields.size();) {
        at = line.find_first_not_of(blank, at);
        if (at == std::string_view::npos) break;
        const std::size_t end = std::min(line.find_first_of(blank, at), line.size());
        fields[count++] = line.substr(at, end - at);
        at = end;
    }
    return count;
}

std::string_view fault_of(const NetworkStep& step) {
    const auto within = [](double value, double low, double high) { return value >= low && value <= high; };
    if (!within(step.lasts.count(), shortest_step_s, longest_step_s))
        return "a step lasts from 0.001 to 86400 s";
    if (!within(step.bps, 0, NetworkTrace::max_bps)) return "a rate is from 0 to 100000000 kbit/s";
    if (!within(step.latency.count(), 0, NetworkTrace::max_latency_s))
        return "a latency is from 0 to 60000 ms";
    if (!within(step.loss, 0, 1)) return "a loss is from 0 to 1";
    return {};
}

}  // namespace

core::Result<NetworkTrace> NetworkTrace::parse(std::string name, std::string_view text) {
    if (text.size() > max_text_bytes)
        return core::fail(core::Errc::too_large, "a network trace has at most {} bytes", max_text_bytes);
    std::vector<NetworkStep> steps;
    NetworkStep step;
    std::size_t line_number = 0;
    while (!text.empty()) {
        ++line_number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        line = line.substr(0, line.find('#'));
        std::array<std::string_view, 5> fields;
        const std::size_t count = fields_of(line, fields);
        if (count == 0) continue;
        std::array<double, 4> values{};
        bool fine = count >= 2 && count <= 4;
        for (std::size_t i = 0; fine && i < count; ++i) {
            const auto value = number(fields[i]);
            fine = value.has_value();
            values[i] = value.value_or(0);
        }
        if (!fine)
            return core::fail(core::Errc::invalid_argument,
                              "line {}: expected 'seconds kbit/s [latency_ms [loss]]'", line_number);
        step.lasts = core::Seconds(values[0]);
        step.bps = values[1] * 1000;
        if (count > 2) step.latency = core::Seconds(values[2] / 1000);
        if (count > 3) step.loss = values[3];
        if (const std::string_view fault = fault_of(step); !fault.empty())
            return core::fail(core::Errc::invalid_argument, "line {}: {}", line_number, fault);
        if (steps.size() == max_steps)
            return core::fail(core::Errc::too_large, "line {}: a network trace has at most {} steps",
                              line_number, max_steps);
        steps.push_back(step);
    }
    return from_steps(std::move(name), std::move(steps));
}

core::Result<NetworkTrace> NetworkTrace::from_steps(std::string name, std::vector<NetworkStep> steps) {
    if (steps.empty()) return core::fail(core::Errc::invalid_argument, "the network trace has no step");
    if (steps.size() > max_steps)
        return core::fail(core::Errc::too_large, "a network trace has at most {} steps", max_steps);
    NetworkTrace trace;
    double end = 0, bits = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (const std::string_view fault = fault_of(steps[i]); !fault.empty())
            return core::fail(core::Errc::invalid_argument, "step {}: {}", i + 1, fault);
        end += steps[i].lasts.count();
        bits += steps[i].bps * steps[i].lasts.count();
        trace.ends_.push_back(end);
        trace.bits_.push_back(bits);
    }
    if (bits < 1)
        return core::fail(core::Errc::invalid_argument, "the network trace never lets anything through");
    trace.name_ = std::move(name);
    trace.steps_ = std::move(steps);
    return trace;
}

std::size_t NetworkTrace::index_at(double time_in_period) const {
    const auto at = std::upper_bound(ends_.begin(), ends_.end(), time_in_period);
    return std::min(std::size_t(at - ends_.begin()), steps_.size() - 1);
}

const NetworkStep& NetworkTrace::at(core::Seconds time) const {
    return steps_[index_at(std::fmod(std::max(time.count(), 0.0), ends_.back()))];
}

double NetworkTrace::bits_until(double time) const {
    const double periods = std::floor(time / ends_.back());
    const double rest = std::clamp(time - periods * ends_.back(), 0.0, ends_.back());
    const std::size_t index = index_at(rest);
    const double before_s = index == 0 ? 0 : ends_[index - 1];
    const double before = index == 0 ? 0 : bits_[index - 1];
    return periods * bits_.back() + before + steps_[index].bps * (rest - before_s);
}

double NetworkTrace::bits(core::Seconds from, core::Seconds to) const {
    const double begin = std::max(from.count(), 0.0), end = std::max(to.count(), 0.0);
    return end > begin ? std::max(0.0, bits_until(end) - bits_until(begin)) : 0;
}

double NetworkTrace::time_of(double bits) const {
    const double periods = std::floor(bits / bits_.back());
    const double rest = std::clamp(bits - periods * bits_.back(), 0.0, bits_.back());
    // The first step that ends with so much; one that carries nothing adds nothing, and is passed over.
    const auto at = std::lower_bound(bits_.begin(), bits_.end(), rest);
    const std::size_t index = std::min(std::size_t(at - bits_.begin()), steps_.size() - 1);
    const double before_s = index == 0 ? 0 : ends_[index - 1];
    const double before = index == 0 ? 0 : bits_[index - 1];
    const double within = steps_[index].bps > 0 ? (rest - before) / steps_[index].bps : 0;
    return periods * ends_.back() + before_s + within;
}

core::Seconds NetworkTrace::carried(core::Seconds from, double bits) const {
    const core::Seconds begin = std::max(from, core::Seconds(0));
    if (!(bits > 0)) return begin;
    return std::max(begin, core::Seconds(time_of(bits_until(begin.count()) + bits)));
}

std::string NetworkTrace::to_text() const {
    std::string text = fmt::format("# {}\n# seconds kbit/s latency_ms loss\n", name_);
    std::replace(text.begin() + 2, text.begin() + 2 + std::ptrdiff_t(name_.size()), '\n', ' ');
    for (const NetworkStep& step : steps_)
        text += fmt::format("{} {} {} {}\n", step.lasts.count(), step.bps / 1000, step.latency.count() * 1000,
                            step.loss);
    return text;
}

}  // namespace qd::player
