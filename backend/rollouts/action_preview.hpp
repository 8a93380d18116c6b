#pragma once
// What an action would send and bring about, before anybody sends it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qd::rollouts {

/// One request as it would go out, or a command where the peer takes commands.
struct PreviewedRequest {
    std::string to;      // "gateway", "haproxy", "kubernetes", "site"
    std::string method;  // "PUT", "PATCH"; empty for a command
    std::string target;  // the URL, or the socket
    std::string content_type;
    std::string body;    // the exact bytes, or the command's line

    bool operator==(const PreviewedRequest&) const = default;
};

struct ActionPreview {
    std::string action;
    std::vector<PreviewedRequest> requests;  // in their order; none: the engine only notes it
    std::vector<std::string> effects;        // sentences: "canary weight 10 % -> 0 %", "step 2 is skipped"
    std::optional<std::string> refusal;      // why it does not apply now
    std::optional<std::string> frozen;       // what forbids it unless overridden with a reason
    std::uint64_t version = 0;               // what it was computed for: send it as If-Match

    bool operator==(const ActionPreview&) const = default;
};

}  // namespace qd::rollouts
