// What opsd says of drafts, what is owed and the outbox, as the console reads it: bounded, and never half
// read.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "fuzz/target.hpp"
#include "opsclient/comms.hpp"

namespace opsclient = qd::opsclient;

std::vector<std::string> qd::fuzz::seeds() {
    return {
        R"({"items":[{"id":7,"destination":"chat","kind":"slack","state":"failed","attempts":2,"created_at":"2026-01-01T00:00:00.000Z","next_attempt_at":null,"accepted_at":null,"ended_at":"2026-01-01T00:00:01.000Z","last_error":"no","type":"status_update","incident":"INC-1","audience":"customers","title":"T"}],"counts":{"queued":0,"sending":0,"sent":0,"failed":1,"dropped":0},"next":null})",
        R"({"audience":"customers","title":"T","text":"x","destinations":[{"name":"chat","kind":"slack"}],"last_update_at":null,"next_update_due":"2026-01-01T00:00:00.000Z","interval_s":1800,"based_on":2})",
        R"({"event":{"seq":4},"queued":[{"name":"m","kind":"email"}],"note":"Queued."})",
        R"({"incident":"INC-1","audience":"customers","last_update_at":null,"next_update_due":"2026-01-01T00:00:00.000Z"})"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value =
        nlohmann::json::parse(std::string_view(reinterpret_cast<const char*>(data), size), nullptr, false);
    if (value.is_discarded()) return 0;
    const auto outbox = opsclient::outbox_from_json(value);
    if (outbox && outbox->entries.size() > 10'000) std::abort();
    const auto draft = opsclient::status_draft_from_json(value);
    if (draft && draft->destinations.size() > 50) std::abort();
    const auto posted = opsclient::status_posted_from_json(value);
    if (!posted && posted.error().message.empty()) std::abort();
    (void)opsclient::audience_from_json(value);
    (void)opsclient::status_owed_from_json(value);
    return 0;
}
