#include "chaos/process_faults.hpp"

#include <algorithm>

namespace qd::chaos {
namespace {

namespace chr = std::chrono;

}  // namespace

ProcessFaults::ProcessFaults(const core::Clock& clock, core::Executor& executor,
                             std::function<void(const Fault&)> die)
    : clock_(clock), executor_(executor), die_(std::move(die)) {}

core::Result<> ProcessFaults::add(const Fault& fault) {
    if (auto valid = validate(fault); !valid) return valid;
    const auto wait = chr::ceil<chr::milliseconds>(core::Seconds(fault.amount));
    if (fault.kind == FaultKind::crash) {
        executor_.post_after(wait, [this, fault] { die_(fault); });
        return {};
    }
    if (fault.kind != FaultKind::hang)
        return core::fail(core::Errc::invalid_argument, "{} is no fault of a running process",
                          to_string(fault.kind));
    const auto begins_at = clock_.steady_now() + wait;
    const std::lock_guard lock(mutex_);
    hangs_.push_back({begins_at, begins_at + chr::ceil<chr::milliseconds>(fault.duration)});
    return {};
}

void ProcessFaults::handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) {
    const auto now = clock_.steady_now();
    chr::milliseconds wait{0};
    {
        const std::lock_guard lock(mutex_);
        for (const Hang& hang : hangs_)
            if (hang.begins_at <= now)
                wait = std::max(wait, chr::ceil<chr::milliseconds>(hang.ends_at - now));
    }
    if (wait.count() <= 0) return next(std::move(request), std::move(responder));
    struct Kept {
        http::Request request;
        http::Responder responder;
    };
    auto kept = std::make_shared<Kept>(Kept{std::move(request), std::move(responder)});
    executor_.post_after(wait, [kept = std::move(kept), &next] {
        next(std::move(kept->request), std::move(kept->responder));
    });
}

const Fault* refusal_to_start(const std::vector<Fault>& faults) {
    const auto at =
        std::ranges::find_if(faults, [](const Fault& one) { return one.kind == FaultKind::no_start; });
    return at == faults.end() ? nullptr : &*at;
}

}  // namespace qd::chaos
