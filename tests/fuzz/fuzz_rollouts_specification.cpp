// Whatever is posted as a rollout's specification: read or refused with its lines, and what was read survives
// its canonical form and its written one.

#include <cstdlib>

#include "fuzz/target.hpp"
#include "rollouts/specification_remarks.hpp"
#include "rollouts/specification_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = qd::rollouts::read_specification(text, {true, true, {}});
    if (reading.ok() != reading.request.has_value() || reading.remarks.size() > 100) std::abort();
    for (const auto& remark : reading.remarks)
        if (remark.line < 1 || remark.line > size + 1 || remark.text.empty()) std::abort();
    if (!reading.request) return 0;
    const auto& specification = reading.request->specification;
    for (const auto& written :
         {qd::rollouts::to_json_text(specification), qd::rollouts::to_yaml_text(specification)}) {
        const auto again = qd::rollouts::parse_specification(written);
        if (!again || !(*again == specification)) std::abort();
    }
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
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  replicas: 3\n  template: {spec: "
        "{containers: "
        "[{image: 'a/b:v3'}]}}\n  strategy:\n    canary:\n      dryRun: []\n      analysis: {templates: "
        "[{templateName: e}], args: [{name: n, value: '1'}]}\n      steps: [{setWeight: '50%'}, {experiment: "
        "{templates: [{name: a, specRef: canary}]}}]\n---\nkind: AnalysisTemplate\nmetadata: {name: "
        "e}\nspec: "
        "{args: [{name: n}], metrics: [{name: m, successCondition: isNil(result), provider: {prometheus: "
        "{query: "
        "'{{args.n}}'}}}]}\n",
        "a: &x [*x]\n",
        "strategy: &s {canary: *s}\n"};
}

}  // namespace qd::fuzz
