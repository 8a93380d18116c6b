// What an opsd tells of a request may be anything.

#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "opsclient/request_log.hpp"

namespace qd::fuzz {
std::vector<std::string> seeds() {
    return {R"({"items":[{"at":"2026-11-23T20:59:36.832Z","level":"info","service":"api","instance":"api-1",)"
            R"("message":"request","fields":{"status":200,"path":"/media","x":null}}],"next":null,"spans":[)"
            R"({"service":"api","instance":"api-1","name":"GET /media","trace_id":"a","span_id":"b",)"
            R"("started_at":"2026-11-23T20:59:36.830Z","duration_ms":1.5,"status":200}],"complete":false,)"
            R"("stopped":"time","searched":{"files":1,"bytes":200,"took_s":0.1}})"};
}
}  // namespace qd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (!value.is_discarded()) (void)qd::opsclient::request_log_from_json(value);
    return 0;
}
