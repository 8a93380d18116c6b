#pragma once
// What the judge is given: strata, one for each time between two changes of the split since the canary first
// got traffic. Times come from the audit; what was counted in them is read from the metrics as long as those
// keep it, and kept here from then on. Pure; not thread-safe.

#include <chrono>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/drivers.hpp"

namespace qd::rollouts {

class Evidence {
public:
    /// Counts of so long ago have come in for certain.
    static constexpr std::chrono::seconds settled_after{3};
    /// An unchanged split is counted in pieces, since metrics keep hours and rollouts last days; the pieces
    /// make one stratum.
    static constexpr std::chrono::minutes piece{30};
    /// Beyond it the two oldest become one.
    static constexpr std::size_t most_strata = 64;

    struct Span {
        core::WallTime from, to;
    };

    /// Another split from `at` on, by which the canary gets traffic or not.
    void split_changed(core::WallTime at, bool canary_has_traffic);
    /// The wall clock jumped.
    void shift(std::chrono::milliseconds by);
    /// What is to be counted, oldest first. None before the canary got traffic.
    std::vector<Span> wanted(core::WallTime now);
    /// The counts of one of them; `now` as it was asked with.
    void take(const Span& span, const std::optional<ArmWindow>& counts, core::WallTime now);
    /// Oldest first, without those of which nothing is known.
    std::vector<Stratum> strata() const;
    /// Seconds that they cover.
    double covered_s() const;

private:
    struct Part {
        core::WallTime from;
        std::optional<core::WallTime> to;  // nothing: it goes on
        bool goes_on_before = false;       // the split is that of the part before
        bool settled = false;              // counted for good
        std::optional<Stratum> counted = {};
        double covered_s = 0;
    };

    void tidy();

    std::vector<Part> parts_;
};

}  // namespace qd::rollouts
