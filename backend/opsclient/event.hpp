#pragma once
// opsd's event stream, typed.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/alert.hpp"
#include "slo/status.hpp"

namespace qd::opsclient {

/// One event as it came.
struct Event {
    std::uint64_t seq = 0;
    core::WallTime at{};
    std::string type;     // slo | alert | incident | rollout | site | fault | dashboard | outbox | reminder
    std::string subject;  // the id of what changed
    std::string body;     // JSON: its wire shape
};

struct EventHandlers {
    /// Every objective, about once a second.
    std::function<void(const std::vector<slo::Status>&)> on_slos;
    std::function<void(const slo::Alert&)> on_alert;
    /// Every other event: incident, rollout, site, fault, dashboard, outbox, reminder.
    std::function<void(const Event&)> on_event;
    /// Connected (again). Read afresh what is not in the stream.
    std::function<void()> on_open;
    /// Events were missed: read everything afresh.
    std::function<void()> on_reset;
    /// The stream was lost; it is being tried again.
    std::function<void(const core::Error&)> on_closed;
};

/// Ends on destruction; no handler runs afterwards. Not to be destroyed by one of its handlers.
class Subscription {
public:
    struct Impl;
    explicit Subscription(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

private:
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::opsclient
