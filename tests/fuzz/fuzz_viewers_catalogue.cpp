// Answers of a gateway that may be anything.

#include "fuzz/target.hpp"
#include "viewers/catalogue.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    return {R"({"items":[{"id":"a","state":"ready"},{"id":"b","state":"playable"}],"next":null})",
            R"({"id":"a","state":"processing","renditions":[{"name":"240p"}]})"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)qd::viewers::read_titles(text);
    (void)qd::viewers::read_playable(text);
    return 0;
}
