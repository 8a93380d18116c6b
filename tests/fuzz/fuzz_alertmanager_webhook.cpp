// What anybody may send as an Alertmanager: refused, or alerts within their limits and with ids of their own.
#include <cstdlib>

#include "alertmanager/codec.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto check = [](const alertmanager::Alert& alert, const alertmanager::Webhook* group) {
        if (alert.fingerprint.empty() || alert.labels.empty()) std::abort();
        if (alert.ended_at && *alert.ended_at < alert.starts_at) std::abort();
        const silences::Alert seen = alertmanager::to_alert(alert, "fuzz", group);
        if (!alertmanager::is_foreign_id(seen.id) || seen.severity < 1 || seen.severity > 4) std::abort();
        if (seen.title.empty() || seen.title.size() > 200) std::abort();
    };
    if (const auto webhook = alertmanager::decode_webhook(text))
        for (const auto& alert : webhook->alerts) check(alert, &*webhook);
    if (const auto alerts = alertmanager::decode_alerts(text))
        for (const auto& alert : *alerts) check(alert, nullptr);
    if (const auto list = alertmanager::decode_silences(text, "fuzz"))
        for (const silences::Silence& silence : *list) {
            (void)silences::Matching(silence.matchers)({{"a", "b"}});
            // What we send back reads the same.
            const auto again =
                alertmanager::decode_silences("[" + alertmanager::encode_silence(silence) + "]", "fuzz");
            if (!again || again->front().matchers != silence.matchers) std::abort();
        }
    if (const auto matchers = silences::parse_matchers(text); matchers && !matchers->empty()) {
        const auto again = silences::parse_matchers(silences::to_string(*matchers));
        if (!again || *again != *matchers) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"({"version":"4","groupKey":"{}:{alertname=\"A\"}","truncatedAlerts":0,"status":"firing","receiver":"qd","groupLabels":{"alertname":"A"},"commonLabels":{"service":"gateway"},"commonAnnotations":{},"externalURL":"http://am:9093","alerts":[{"status":"firing","labels":{"alertname":"A","severity":"critical"},"annotations":{"summary":"s"},"startsAt":"2026-11-25T10:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p/g","fingerprint":"c0ffee"}]})",
        R"([{"labels":{"a":"b"},"annotations":{},"fingerprint":"f","startsAt":"2026-11-25T10:00:00.123Z","endsAt":"2026-11-25T10:05:00Z","updatedAt":"2026-11-25T10:00:00Z","receivers":[{"name":"x"}],"status":{"state":"suppressed","silencedBy":["id"],"inhibitedBy":[],"mutedBy":[]}}])",
        R"([{"id":"i","matchers":[{"name":"a","value":"b.*","isRegex":true,"isEqual":true}],"startsAt":"2026-11-25T10:00:00Z","endsAt":"2026-11-25T11:00:00Z","updatedAt":"2026-11-25T10:00:00Z","createdBy":"x","comment":"y","status":{"state":"active"}}])",
        R"({service="gateway", severity=~"sev1|sev2", row!="a\"b",x!~"\n"})"};
}

}  // namespace qd::fuzz
