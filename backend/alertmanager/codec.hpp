#pragma once
// Alertmanager's JSON: webhook version 4, /api/v2/alerts and /api/v2/silences. Everything that comes from
// outside is bounded; what an unknown field says does not matter.

#include <string>
#include <string_view>
#include <vector>

#include "alertmanager/alert.hpp"

namespace qd::alertmanager {

inline constexpr std::size_t max_body_bytes = 8u << 20;
inline constexpr std::size_t max_alerts = 5'000;  // of one message
inline constexpr std::size_t max_labels = 64;     // of one alert, annotations too
inline constexpr std::size_t max_text_bytes =
    4'096;  // of a value; longer annotations are cut, labels refused

/// Errc::invalid_argument says which field, and when it is of another version; Errc::too_large.
core::Result<Webhook> decode_webhook(std::string_view body);
/// GET /api/v2/alerts: those that it holds are firing.
core::Result<std::vector<Alert>> decode_alerts(std::string_view body);
/// GET /api/v2/silences; `source` is written into each.
core::Result<std::vector<silences::Silence>> decode_silences(std::string_view body,
                                                             const std::string& source);

/// The body of POST /api/v2/silences; with its id where it has one.
std::string encode_silence(const silences::Silence& silence);
/// Its answer: {"silenceID":"…"}.
core::Result<silences::SilenceId> decode_silence_id(std::string_view body);

}  // namespace qd::alertmanager
