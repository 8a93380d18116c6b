// A log folder may hold anything: a search ends, and tells only lines that are about the request and of its
// time.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fuzz/scratch_folder.hpp"
#include "fuzz/target.hpp"
#include "opsd/log_search.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    static const fuzz::ScratchFolder folder;
    static const core::SystemClock clock;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::ofstream(folder.path / "a.log", std::ios::binary | std::ios::trunc) << bytes;
    opsd::LogQuery query;
    query.request_id = "r-1";
    query.to = core::WallTime{std::chrono::hours(24 * 365 * 200)};
    query.limit = 3;
    const auto found = opsd::search_logs(folder.path, query, clock);
    if (!found || found->lines.size() > 3 || found->spans.size() > 3) std::abort();
    for (const opsd::FoundLine& line : found->lines)
        if (nlohmann::json::parse(line.fields).value("request_id", "r-1") != "r-1") std::abort();
    if (opsd::to_json(*found).at("items").size() != found->lines.size()) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "{\"at\":\"2026-11-23T20:59:36.832Z\",\"level\":\"info\",\"service\":\"api\",\"instance\":\"api-1\","
        "\"message\":\"request\",\"method\":\"GET\",\"route\":\"/media\",\"status\":200,\"duration_ms\":1.5,"
        "\"request_id\":\"r-1\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":"
        "\"b7ad6b7169203331\"}\n",
        "{\"at\":\"2026-11-23T20:59:36.832Z\",\"request_id\":\"r-1\"}\n{\"request_id\":\"r-1\"}\n\"request_"
        "id\":\"r-1\"",
        "\n\n{}\n"};
}

}  // namespace qd::fuzz
