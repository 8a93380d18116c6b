// A network trace from a file that anybody wrote: read, played with, and written again.

#include <cmath>
#include <cstdlib>
#include <string>

#include "fuzz/target.hpp"
#include "player/network_trace.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    return {"# a tunnel\n20 4000 50\n6 0\n20 4000 50 0.02\n", "1 1\n",
            player::network_traces(3).back().to_text(), "0.001 100000000 60000 1\n86400 0.001\n"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto trace = player::NetworkTrace::parse("fuzz", text);
    if (!trace) return trace.error().message.empty() ? std::abort(), 0 : 0;
    const double length = trace->length().count();
    double before = 0;
    for (const double part : {0.0, 0.3, 0.99, 1.0, 1.7, 1000.25}) {
        const core::Seconds time(length * part);
        const player::NetworkStep& step = trace->at(time);
        if (step.bps < 0 || step.loss < 0 || step.loss > 1) std::abort();
        const double bits = trace->bits(core::Seconds(0), time);
        if (!std::isfinite(bits) || bits < before * (1 - 1e-9)) std::abort();
        before = bits;
        const core::Seconds at = trace->carried(time, 12'000);
        if (!std::isfinite(at.count()) || at < time) std::abort();
    }
    const auto again = player::NetworkTrace::parse("fuzz", trace->to_text());
    if (!again || again->steps().size() != trace->steps().size()) std::abort();
    return 0;
}
