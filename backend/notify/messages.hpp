#pragma once
// Notices as requests, and answers as verdicts. Pure but for the secrets' files.
//
// Alertmanager v2: POST <url>/api/v2/alerts, one alert in a list:
//   labels: alertname "ErrorBudgetBurn", slo, service, severity "sev1" … "sev4", row (an empty one is left
//   out) annotations: summary, description, alert_id startsAt; endsAt: the end once resolved; while firing
//   four times the resend interval ahead, as Prometheus does, so that the alert neither depends on the other
//   side's resolve_timeout nor outlives us for long.
//
// Webhook: POST <url> with
//   {"schema":1,"type":"alert", and the fields of a notice (notify/notice.hpp)}
//   Idempotency-Key: <alert id>/<phase>, the same for each attempt: delivery is at least once.
//   X-Quarterdeck-Signature: sha256=<hex of HMAC-SHA256 over the body with the secret>, when there is one.

#include <string>
#include <string_view>

#include "notify/destination.hpp"
#include "notify/notice.hpp"

namespace qd::notify {

inline constexpr int webhook_schema = 1;

std::string alertmanager_body(const Notice& notice, std::chrono::seconds resend, core::WallTime now);
std::string webhook_body(const Notice& notice);

/// "sha256=…" as openssl dgst -sha256 -hmac prints it.
std::string signature_of(std::string_view body, std::string_view secret);

/// Errc::config when a secret cannot be read.
core::Result<http::ClientRequest> request_for(const Destination& destination, const Notice& notice,
                                              core::WallTime now);

enum class Verdict {
    accepted,  // 2xx
    refused,   // the message itself is wrong (400, 413, 422): sent again it would be refused again
    again,     // all else, also 401 and 404: configurations get mended
};

struct Outcome {
    Verdict verdict = Verdict::again;
    std::string error;  // empty when accepted; at most 500 bytes
};

/// `head_status`: of an answer whose body failed (too large, cut off); 0 when none came. Who said 2xx has
/// taken the message, whatever follows.
Outcome judge(const core::Result<http::ClientResponse>& response, unsigned head_status = 0);

}  // namespace qd::notify
