// What is posted to merge, split and relate incidents, and a page of them: read or refused, and what was read
// survives the wire.

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "incidents/codec.hpp"
#include "incidents/requests.hpp"

using namespace qd::incidents;

namespace {

template <class Request>
void check(std::string_view text, qd::core::Result<Request> (*decode)(std::string_view)) {
    const auto request = decode(text);
    if (!request) return;
    const auto again = decode(encode(*request));
    if (!again || !(*again == *request)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check<EventRequest>(text, &decode_event_request);
    check<OpenRequest>(text, &decode_open_request);
    check<MergeRequest>(text, &decode_merge_request);
    check<SplitRequest>(text, &decode_split_request);
    check<RelationRequest>(text, &decode_relation_request);
    const auto value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) return 0;
    if (const auto page = page_from_json(value)) {
        const auto again = page_from_json(to_json(*page));
        if (!again || !(*again == *page)) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"into":"INC-2","reason":"the same canary"})",
        R"({"title":"The disk is full","service":"storage","alerts":["a.1"],"events":[3,5],"reason":"no canary"})",
        R"({"kind":"parent","incident":"INC-7","reason":"one outage"})",
        R"({"kind":"state","body":{"state":"resolved"},"based_on":4})",
        R"({"items":[{"id":"INC-1","title":"t","severity":2,"state":"triage","version":3,)"
        R"("started_at":"2026-11-23T19:37:04Z","detected_at":"2026-11-23T19:37:09Z",)"
        R"("last_changes":{"state":{"seq":2,"actor":"anna"}},)"
        R"("conflicts":[{"event_seq":3,"other_seq":2,"what":"state"}]}],"next":"1.2.3","total":9})"};
}

}  // namespace qd::fuzz
