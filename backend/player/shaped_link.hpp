#pragma once
// The arithmetic of a link with a rate: how many bytes of those that wait have come through by now, in
// packets and in turn. Pure; not thread-safe.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "player/network_trace.hpp"

namespace qd::player {

struct NetworkShape;

class ShapedLink {
public:
    static constexpr std::uint64_t packet_bytes = 1'460;  // a TCP segment's payload on Ethernet

    struct Moment {
        core::Seconds latency{};
        double loss = 0;
    };

    ShapedLink() = default;  // unlimited
    explicit ShapedLink(const NetworkShape& shape);
    ShapedLink(NetworkTrace trace, core::Seconds start);

    /// The link's clock starts; what it carries before is nothing.
    void begin(core::SteadyTime now);

    /// What may pass now of what has been waiting since the last call, entry by entry. A whole packet passes,
    /// or the rest of what waits. The time in which nothing waited is lost: there is no burst afterwards.
    std::vector<std::uint64_t> grant(core::SteadyTime now, const std::vector<std::uint64_t>& waiting);

    /// When `bytes` will have passed if nothing else does; `now` where there is no limit.
    core::SteadyTime next(core::SteadyTime now, std::uint64_t bytes) const;

    Moment at(core::SteadyTime now) const;
    std::optional<NetworkShape> shape() const;
    std::optional<NetworkStep> trace_step(core::SteadyTime now) const;
    std::string trace_name() const { return trace_ ? trace_->name() : std::string(); }

private:
    bool unlimited() const { return !trace_ && rate_bps_ <= 0; }
    core::Seconds trace_time(core::SteadyTime at) const;
    double bytes_between(core::SteadyTime from, core::SteadyTime to) const;

    double rate_bps_ = 0;
    Moment fixed_;
    std::shared_ptr<const NetworkTrace> trace_;
    core::Seconds start_{};
    core::SteadyTime begun_{}, served_{};
    double credit_ = 0;     // bytes
    std::size_t turn_ = 0;  // who goes first
};

}  // namespace qd::player
