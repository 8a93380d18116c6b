// Faults as JSON from anywhere: what is accepted is valid and goes round.

#include <cstdlib>
#include <string_view>

#include "chaos/fault.hpp"
#include "fuzz/target.hpp"

namespace chaos = qd::chaos;

std::vector<std::string> qd::fuzz::seeds() {
    return {
        R"({"id":"f1","target":{"role":"api","version":"v2","instance":"api-3","route":"/media/"},"kind":"delay","amount":200,"ratio":0.5,"for_s":60,"started_at":"2026-01-01T00:00:00.000Z","ends_at":null})",
        R"({"kind":"error","for_s":1e3})", R"({"kind":"partition","amount":0,"for_s":1,"target":null})"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto fault = chaos::parse_fault({reinterpret_cast<const char*>(data), size});
    if (!fault) return 0;
    if (!chaos::validate(*fault)) std::abort();
    const auto again = chaos::parse_fault(chaos::to_json(*fault));
    if (!again || again->kind != fault->kind || again->ratio != fault->ratio) std::abort();
    return 0;
}
