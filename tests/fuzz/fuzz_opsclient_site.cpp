// What a peer that is no opsd may answer: a site, series or a source, or an error; never anything else.
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "opsclient/site.hpp"
#include "opsclient/source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    (void)qd::opsclient::site_from_json(value);
    (void)qd::opsclient::series_from_json(value);
    (void)qd::opsclient::source_from_json(value);
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"as_of":"2026-11-23T20:59:36.832Z","gateway":"g","opsd_version":"1","processes":[{"address":"a","age_s":0.3,"arm":"","error":"","instance":"i","metrics":"m","pid":1,"restarts":0,"role":"r","started_at":null,"state":"ready","up":true,"version":"v"}],"started_at":"2026-11-23T20:59:36.832Z","supervised":false,"supervisor_error":""})",
        R"({"name":"n","unit":"u","step_s":1,"lines":[{"label":"l","points":[{"at":"2026-11-23T20:59:36.832Z","value":1.5}]}]})",
        R"({"name":"n","kind":"prometheus","url":"http://h","health":"up","reasons":["r"],"since":"2026-11-23T20:59:36.832Z","answered_at":null,"took_s":0.1,"ahead_s":null,"objectives":["a"]})"};
}

}  // namespace qd::fuzz
