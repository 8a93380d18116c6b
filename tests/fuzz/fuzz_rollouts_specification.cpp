// Whatever is posted as a rollout's specification: read or refused, and what was read survives its canonical
// form.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "rollouts/specification.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto request = qd::rollouts::parse_start_request({reinterpret_cast<const char*>(data), size});
    if (!request) return 0;
    const auto& specification = request->specification;
    const auto again = qd::rollouts::parse_specification(qd::rollouts::to_json_text(specification));
    if (!again || !(*again == specification)) std::abort();
    (void)qd::rollouts::faults_json(specification.target);
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "kind: Rollout\nmetadata: {name: a}\nspec:\n  strategy:\n    canary:\n      steps:\n      - "
        "setWeight: 10\n"
        "      - pause: {duration: 1h30m}\n      - analysis: {}\n      - pause: {}\n  target: {version: "
        "v2}\n",
        "strategy: {canary: {steps: [{setWeight: 25}, {pause: {duration: 2.5}}]}}\nreason: x\noverride: "
        "true\n"
        "target: {version: v-2.0_b, instances: 3, faults: [{kind: delay, amount: 400, ratio: 0.5, for_s: "
        "60}]}\n"
        "analysis: {onFailure: abort, confidence: 0.99, window: 2m, minSample: 200, maxErrorIncrease: "
        "0.005}\n",
        R"({"spec":{"strategy":{"canary":{"steps":[{"setWeight":5},{"pause":null}]}},"target":{"version":"v"}}})",
        "a: &x [*x]\n", "strategy: &s {canary: *s}\n"};
}

}  // namespace qd::fuzz
