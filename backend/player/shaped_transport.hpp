#pragma once
// A transport through a worse network: what comes through another one is held back to a rate, a latency and
// a loss, fixed or after a trace.
//
// The HTTP client cannot be paused without holding up its other transfers, so bodies are taken off the inner
// transport as fast as they come, queued (never more than the request's max_body_bytes) and handed on in
// packets as the link would carry them. The player sees a slow network; the server sees a fast one and may
// have finished an answer that the player still waits for. The shape can only make things worse than the
// real network is.

#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "player/network_trace.hpp"
#include "player/transport.hpp"

namespace qd::player {

struct NetworkShape {
    double rate_bps = 0;      // of all answers together, bits per second of body; 0: unlimited
    core::Seconds latency{};  // added before the head of each answer
    double loss = 0;          // the part of the requests whose answer breaks off, at a random place; 0 .. 1

    bool operator==(const NetworkShape&) const = default;
};

/// Thread-safe. Callbacks come one at a time over all requests, from the inner transport's or the executor's
/// threads. Time-outs of a request count the time in the queue. Everything passed must outlive it; destroyed,
/// it ends what is under way with Errc::cancelled.
class ShapedTransport final : public Transport {
public:
    ShapedTransport(Transport& inner, core::Executor& executor, const core::Clock& clock,
                    core::Random& random);
    ~ShapedTransport() override;
    ShapedTransport(const ShapedTransport&) = delete;
    ShapedTransport& operator=(const ShapedTransport&) = delete;

    /// At once, for what is under way as well (its latency and its loss are those of when it was asked for).
    /// Values out of range are clamped.
    void set_shape(NetworkShape shape);
    /// From now on like the trace, beginning `start` into it.
    void set_trace(NetworkTrace trace, core::Seconds start = {});

    /// What set_shape() set last; nothing while a trace is in force.
    std::optional<NetworkShape> shape() const;
    /// The trace's step of this moment; nothing while there is no trace.
    std::optional<NetworkStep> trace_step() const;
    std::string trace_name() const;

    http::Client::Ticket send(http::ClientRequest request, http::Client::Callback done) override;
    void cancel(http::Client::Ticket ticket) override;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::player
