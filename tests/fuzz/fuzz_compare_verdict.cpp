// A verdict that a rollout reads may come from anywhere.

#include <cstdlib>

#include "compare/verdict.hpp"
#include "fuzz/target.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    compare::Judge judge({"stable", "canary"});
    compare::PairScore score;
    for (int i = 0; i < 40; ++i) {
        score.at = core::Seconds(i / 25.0);
        score.duration = core::Seconds(0.04);
        score.ssim = i < 20 ? 0.99 : 0.4;
        score.psnr_db = 30;
        judge.add(score);
    }
    judge.missing(compare::Side::b, core::Seconds(2), core::Seconds(0.04));
    judge.set_spans({{compare::SpanKind::frozen, compare::Side::b, core::Seconds(1), core::Seconds(2)}});
    judge.set_offset({core::Seconds(0.08), compare::OffsetMethod::frame_code, core::Seconds(0.04)});
    judge.note("the larger picture was scaled down");
    judge.failed(compare::Side::b, core::Seconds(2), "gone");
    return {compare::to_json(judge.verdict()), R"({"verdict":"same","pairs":1})"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto verdict = qd::compare::parse_verdict({reinterpret_cast<const char*>(data), size});
    if (!verdict) return 0;
    // What was accepted is written and read to the same.
    const auto again = qd::compare::parse_verdict(qd::compare::to_json(*verdict));
    if (!again || !(*again == *verdict)) std::abort();
    return 0;
}
