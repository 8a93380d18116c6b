#pragma once
// A network's rate, latency and loss over time, repeated at its end: to rehearse bad networks, and to prove
// adaptation against them. Pure values.
//
// As text a step is a line: `seconds kbit/s [latency_ms [loss]]`, for instance
//
//     # a tunnel
//     20 4000 50
//     6 0
//     20 4000 50 0.02
//
// What is left out is as in the step before (0 in the first). Empty lines and what follows a '#' are nothing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::player {

struct NetworkStep {
    core::Seconds lasts{};    // 0.001 .. 86,400
    double bps = 0;           // bits per second, up to 10^11; 0: nothing comes through
    core::Seconds latency{};  // before the first byte of an answer, 0 .. 60
    double loss = 0;          // the part of the answers that break off, 0 .. 1

    bool operator==(const NetworkStep&) const = default;
};

/// Immutable once made, and never without a step that carries something: whatever is waited for comes.
class NetworkTrace {
public:
    static constexpr std::size_t max_text_bytes = 1u << 20;
    static constexpr std::size_t max_steps = 20'000;
    static constexpr double max_bps = 1e11, max_latency_s = 60;

    /// Errc::invalid_argument with the line's number, or too_large.
    static core::Result<NetworkTrace> parse(std::string name, std::string_view text);
    static core::Result<NetworkTrace> from_steps(std::string name, std::vector<NetworkStep> steps);

    const std::string& name() const { return name_; }
    const std::vector<NetworkStep>& steps() const { return steps_; }
    core::Seconds length() const { return core::Seconds(ends_.back()); }
    double mean_bps() const { return bits_.back() / ends_.back(); }

    /// The step in force so long after the beginning (negative: the first).
    const NetworkStep& at(core::Seconds time) const;
    /// What comes through between two moments, in bits; 0 when `to` is not after `from`.
    double bits(core::Seconds from, core::Seconds to) const;
    /// The first moment, not before `from`, at which `bits` have come through since `from`.
    core::Seconds carried(core::Seconds from, double bits) const;

    /// What parse() reads.
    std::string to_text() const;

private:
    NetworkTrace() = default;
    double bits_until(double time) const;
    double time_of(double bits) const;
    std::size_t index_at(double time_in_period) const;

    std::string name_;
    std::vector<NetworkStep> steps_;
    std::vector<double> ends_;  // of each step, seconds from the beginning
    std::vector<double> bits_;  // carried until then
};

/// Traces made from formulas: steps, a sawtooth, 3G- and LTE-like fading (a lognormal rate whose logarithm is
/// an autoregressive process of first order), dead spots. The same seed gives the same traces; those with
/// nothing random in them are the same with every seed.
std::vector<NetworkTrace> network_traces(std::uint64_t seed = 1);

/// One of these by its name; Errc::not_found names them all.
core::Result<NetworkTrace> network_trace(std::string_view name, std::uint64_t seed = 1);

}  // namespace qd::player
