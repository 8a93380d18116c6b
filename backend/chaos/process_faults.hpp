#pragma once
// Faults of a whole process, which a bad version is born with: it dies, or it hangs.

#include <functional>
#include <mutex>
#include <vector>

#include "chaos/fault.hpp"
#include "core/clock.hpp"
#include "core/executor.hpp"
#include "http/server.hpp"

namespace qd::chaos {

/// While a hang is on, requests of every kind (health, metrics and faults included) are kept unanswered and
/// go on when it ends. Comes before filters that answer. Thread-safe. `executor` must be stopped before the
/// server is destroyed.
class ProcessFaults final : public http::Filter {
public:
    /// `die` ends the process, at once and without a word to clients.
    ProcessFaults(const core::Clock& clock, core::Executor& executor, std::function<void(const Fault&)> die);

    /// Begins a crash or a hang now; other kinds are Errc::invalid_argument.
    core::Result<> add(const Fault& fault);
    void handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) override;

private:
    struct Hang {
        core::SteadyTime begins_at, ends_at;
    };

    const core::Clock& clock_;
    core::Executor& executor_;
    const std::function<void(const Fault&)> die_;
    std::mutex mutex_;
    std::vector<Hang> hangs_;
};

/// The first fault of kind no_start, or nullptr.
const Fault* refusal_to_start(const std::vector<Fault>& faults);

}  // namespace qd::chaos
