#pragma once
// What a client asks of several incidents at a time: a page of the list, a merge, a split, a relation. As the
// codec's, decoding is bounded and names the field that does not fit.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

inline constexpr std::size_t max_page = 500;  // incidents a page, also when nothing is said

/// Which incidents GET /incidents lists; what is empty does not narrow. Open ones first, then the latest
/// detected first.
struct IncidentQuery {
    /// Every word must begin a word of the incident, a number must be one of it; at most 200 bytes.
    std::string text;
    std::string state;  // "open", or a state's word
    std::optional<Severity> severity;
    std::string service;
    std::string cursor;            // IncidentPage::next of the page before
    std::size_t limit = max_page;  // 1..max_page

    bool operator==(const IncidentQuery&) const = default;
};

struct IncidentPage {
    std::vector<Incident> items;
    std::optional<std::string> next;
    std::size_t total = 0;  // of all pages

    bool operator==(const IncidentPage&) const = default;
};

nlohmann::json to_json(const IncidentPage& page);
core::Result<IncidentPage> page_from_json(const nlohmann::json& value);

/// POST /incidents/{id}/merge: {id} is the same as `into` and goes on there.
struct MergeRequest {
    IncidentId into;
    std::string reason;

    bool operator==(const MergeRequest&) const = default;
};

/// POST /incidents/{id}/split: some of {id} is an incident of its own.
struct SplitRequest {
    std::string title;
    std::string service;                // empty: that of {id}
    std::vector<std::string> alerts;    // ids; they move over
    std::vector<std::uint64_t> events;  // seqs of {id}'s journal; they are told there too, as they occurred
    std::string reason;

    bool operator==(const SplitRequest&) const = default;
};
inline constexpr std::size_t max_split = 900;  // alerts and events together

/// POST /incidents/{id}/relations: `other` is {id}'s parent or child.
struct RelationRequest {
    std::string kind;  // "parent" | "child": what the other one is
    IncidentId other;
    std::string reason;

    bool operator==(const RelationRequest&) const = default;
};

std::string encode(const MergeRequest& request);
std::string encode(const SplitRequest& request);
std::string encode(const RelationRequest& request);
core::Result<MergeRequest> decode_merge_request(std::string_view text);
core::Result<SplitRequest> decode_split_request(std::string_view text);
core::Result<RelationRequest> decode_relation_request(std::string_view text);

}  // namespace qd::incidents
