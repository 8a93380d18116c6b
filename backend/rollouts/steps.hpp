#pragma once
// The steps that a strategy goes through, whatever the strategy.

#include <span>
#include <vector>

#include "rollouts/specification.hpp"

namespace qd::rollouts {

/// A look at a canary's own steps, or the ones that a blue-green rollout amounts to; a rolling one has none.
/// The specification must outlive it.
class Steps {
public:
    explicit Steps(const Specification& specification);
    Steps(Steps&&) = default;
    Steps& operator=(Steps&&) = default;

    std::size_t size() const { return view_.size(); }
    const Step& operator[](std::size_t index) const { return view_[index]; }
    const Step* at(std::size_t index) const { return index < view_.size() ? &view_[index] : nullptr; }
    auto begin() const { return view_.begin(); }
    auto end() const { return view_.end(); }
    /// blue-green: where the switch begins.
    std::size_t switch_at() const { return switch_at_; }

private:
    std::vector<Step> made_;
    std::span<const Step> view_;
    std::size_t switch_at_ = 0;
};

/// Uses of templates of a step, one run for all of them; empty: it has no run of templates.
std::vector<AnalysisUse> template_uses(const Step& step);
bool has_run(const Step& step);
/// The site's judge has to pass what was counted.
bool needs_verdict(const Step& step);
/// It lasts until somebody says so.
bool is_gate(const Step& step);

/// AnalysisRun::purpose of a step's run: "step" | "pre_promotion" | "post_promotion" | "experiment".
std::string run_purpose(const Specification& specification, std::size_t step);

}  // namespace qd::rollouts
