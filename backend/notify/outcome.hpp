#pragma once
// What became of one attempt to deliver a message.

#include <chrono>
#include <optional>
#include <string>

namespace qd::notify {

enum class Verdict {
    accepted,  // the other side has taken it
    refused,   // the message itself is wrong: sent again it would be refused again
    again,     // all else, also missing rights and unknown addresses: configurations get mended
};

struct Outcome {
    Verdict verdict = Verdict::again;
    std::string error;                                 // empty when accepted; at most 500 bytes
    std::optional<std::chrono::seconds> not_before{};  // the other side asked to wait so long (Retry-After)
};

}  // namespace qd::notify
