#pragma once
// Inside of ShapedTransport; not for others. One answer on its way over the shaped link: what has come from
// inside, what has been handed on, and when it is over. Guarded by the transport's mutex but where it says
// otherwise.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "http/client.hpp"

namespace qd::player {

struct ShapedTransfer {
    std::function<void(unsigned, const http::Headers&)> on_head;
    std::function<bool(std::string_view)> on_data;
    http::Client::Callback done;
    std::chrono::milliseconds timeout{}, stall_timeout{};
    std::uint64_t max_bytes = 0;
    core::Seconds latency{};
    std::optional<double> breaks_at;  // the part of the body after which the connection breaks
    std::uint64_t break_bytes =
        std::numeric_limits<std::uint64_t>::max();  // the same, once the length is known

    http::Client::Ticket inside = 0;
    core::SteadyTime began{}, last_byte{};
    std::optional<unsigned> status;
    http::Headers headers;
    core::SteadyTime ready_at{};  // the head may be handed on; of an answer without one, the error
    std::optional<core::SteadyTime> head_given;
    std::deque<std::string> queue;
    std::size_t front_offset = 0;  // of queue.front() given already
    std::uint64_t queued = 0, given = 0;
    std::optional<core::Result<http::ClientResponse>> outcome;
    std::string body;      // for who has no on_data; the outbox's alone
    bool refused = false;  // on_data said no; the outbox's alone

    /// The next `bytes` (at most what is queued) count as given.
    std::string take(std::uint64_t bytes) {
        std::string piece;
        queued -= bytes;
        given += bytes;
        if (front_offset == 0 && queue.front().size() == bytes) {
            piece = std::move(queue.front());
            queue.pop_front();
            return piece;
        }
        piece.reserve(bytes);
        while (piece.size() < bytes) {
            const std::string& front = queue.front();
            const std::size_t part = std::min(std::size_t(bytes) - piece.size(), front.size() - front_offset);
            piece.append(front, front_offset, part);
            front_offset += part;
            if (front_offset < front.size()) continue;
            queue.pop_front();
            front_offset = 0;
        }
        return piece;
    }

    bool broken() const { return breaks_at && given >= break_bytes; }
    bool finished(core::SteadyTime now) const {
        if (status && !head_given) return false;
        if (head_given && broken()) return true;
        return outcome && queued == 0 && ready_at <= now;
    }
    /// When it counts as timed out, as a whole or because nothing has come for too long.
    core::SteadyTime late_at() const {
        core::SteadyTime at = core::SteadyTime::max();
        if (timeout.count() > 0) at = began + timeout;
        if (stall_timeout.count() > 0)
            at = std::min(at, last_byte + core::SteadyTime::duration(stall_timeout));
        return at;
    }
};

}  // namespace qd::player
