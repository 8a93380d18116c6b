// Runbooks as people mistype them: refused with a line, or within the limits.
#include <cstdlib>
#include <set>

#include "fuzz/target.hpp"
#include "runbooks/runbook_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::runbooks;
    const auto read = parse_runbook(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.md");
    if (!read) return read.error().message.starts_with("fuzz.md") ? 0 : (std::abort(), 1);
    if (read->steps.empty() || read->steps.size() > max_steps) std::abort();
    std::set<std::string> ids;
    for (const Step& step : read->steps) {
        if (step.id.empty() || step.id.size() > 70 || step.title.empty() || !ids.insert(step.id).second)
            std::abort();
        if (step.action && !check(*step.action)) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "---\nid: a\ntitle: A\nservices: [s]\nseverity: 2\n---\n1. Look\n\n   ```qd\n   action: chart\n   "
        "slo: "
        "x\n   ```\n2. Do `qd: {action: rollout.abort}`\n- [ ] Tell\n",
        "---\ntitle: B\ncauses: [rollout]\n---\nText\n\n- [ ] One `qd: {action: check, path: /-/ready}`\n"};
}

}  // namespace qd::fuzz
