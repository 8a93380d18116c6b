#pragma once
// What `viewers play` prints: each thing that happened as a JSON object or as a line for people. Pure.

#include <string>

#include "player/abr.hpp"
#include "player/fetch_record.hpp"
#include "player/network_trace.hpp"
#include "player/qoe.hpp"
#include "player/session.hpp"

namespace qd::viewers {

enum class ReportFormat { text, json };

/// All without a newline at the end. The JSON objects' "type": session, network, fetch, decision, started,
/// skipped, stall, notice, and qoe as the last. What was not measured is null there, never 0.
std::string report_session(const std::string& url, const std::string& session_id, ReportFormat format);
std::string report_line(const player::NetworkTrace& trace, ReportFormat format);
std::string report_line(const player::FetchRecord& record, ReportFormat format);
/// In text, empty unless the level changes or is the first.
std::string report_line(const player::AbrDecision& decision, ReportFormat format);
std::string report_line(const player::SkippedSegment& skipped, ReportFormat format);
std::string report_line(const player::StallInterval& stall, ReportFormat format);
std::string report_line(const player::Notice& notice, ReportFormat format);
std::string report_started(core::Seconds startup, ReportFormat format);
/// `error`: what ended it early, or null.
std::string report_line(const player::Qoe& qoe, const core::Error* error, ReportFormat format);

}  // namespace qd::viewers
