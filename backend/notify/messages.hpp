#pragma once
// Messages as HTTP requests, and answers as verdicts. Pure but for the secrets' files.
//
// Alertmanager v2: POST <url>/api/v2/alerts, one alert in a list:
//   labels: alertname "ErrorBudgetBurn", slo, service, severity "sev1" … "sev4", row (an empty one is left
//   out) annotations: summary, description, alert_id startsAt; endsAt: the end once resolved; while firing
//   four times the resend interval ahead, as Prometheus does, so that the alert neither depends on the other
//   side's resolve_timeout nor outlives us for long.
//
// Webhook: POST <url> with
//   {"schema":1,"type":"alert", and the fields of a notice (notify/notice.hpp)}
//   {"schema":1,"type":"incident"|"status_update"|"reminder", and those of notify/announcement.hpp}
//   Idempotency-Key: <id>/<phase, or type>, the same for each attempt: delivery is at least once.
//   X-Quarterdeck-Signature: sha256=<hex of HMAC-SHA256 over the body with the secret>, when there is one.
//
// Slack: notify/slack.hpp. Mail does not go over HTTP: notify/mail.hpp.

#include <map>
#include <string>
#include <string_view>

#include "notify/destination.hpp"
#include "notify/message.hpp"
#include "notify/outcome.hpp"

namespace qd::notify {

inline constexpr int webhook_schema = 1;

/// The labels that Alertmanager knows it by.
std::map<std::string, std::string> alertmanager_labels(const Notice& notice);
std::string alertmanager_body(const Notice& notice, std::chrono::seconds resend, core::WallTime now);
std::string webhook_body(const Message& message);

/// "sha256=…" as openssl dgst -sha256 -hmac prints it.
std::string signature_of(std::string_view body, std::string_view secret);

/// Errc::config when a secret cannot be read; Errc::invalid_argument for what the destination's kind cannot
/// take.
core::Result<http::ClientRequest> request_for(const Destination& destination, const Message& message,
                                              core::WallTime now);

/// `head_status`: of an answer whose body failed (too large, cut off); 0 when none came. Who said 2xx has
/// taken the message, whatever follows. 400, 413 and 422 are refusals of the message itself.
Outcome judge(const core::Result<http::ClientResponse>& response, unsigned head_status = 0);

}  // namespace qd::notify
