#pragma once
// Faults in front of a server's handlers. The server never knows: this is one more http::Filter.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "chaos/fault.hpp"
#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "http/server.hpp"

namespace qd::chaos {

/// Which process this is; faults for others are refused.
struct Identity {
    std::string role;
    std::string version;
    std::string instance;
};

/// Delays, fails, hangs, resets or corrupts requests, or leaks memory over them, while a fault that
/// matches is active; never those below
/// /-/ nor /metrics, /livez, /readyz. Several matching faults add up: delays sum, then the first that ends
/// the request wins. Thread-safe. `executor` runs what is delayed and must be stopped before the server is
/// destroyed.
class FaultFilter final : public http::Filter {
public:
    FaultFilter(Identity identity, const core::Clock& clock, core::Random& random, core::Executor& executor,
                std::size_t most_leaked_bytes = 512u << 20);

    void handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) override;

    /// Begins it now and gives it an id if it has none. Errc::invalid_argument when it is not valid, not for
    /// this process, or of a kind that no filter can do (is_of_process); Errc::conflict when that id is
    /// active or 64 are.
    core::Result<Fault> add(Fault fault);
    /// Errc::not_found when it is not active (any more).
    core::Result<> remove(const FaultId& id);
    /// What is active now.
    std::vector<Fault> active() const;
    /// What leaks hold now.
    std::size_t leaked_bytes() const;

private:
    struct Active {
        Fault fault;
        core::SteadyTime ends_at;
        std::vector<std::string> leaked;  // given back when the fault ends
    };
    /// What is to be done to one request; drawn once.
    struct Plan {
        std::chrono::milliseconds delay{0};
        unsigned error_status = 0;
        bool reset = false;
        unsigned flipped_bits = 0;
        bool wrong_playlist = false;

        bool nothing() const {
            return delay.count() == 0 && error_status == 0 && !reset && flipped_bits == 0 && !wrong_playlist;
        }
    };
    void leak(Active& active) const;
    std::size_t leaked() const;
    Plan plan_for(const http::Request& request);
    void apply(const Plan& plan, http::Request&& request, http::Responder&& responder,
               const http::Handler& next);
    void drop_ended() const;

    Identity identity_;
    const core::Clock& clock_;
    core::Random& random_;
    core::Executor& executor_;
    const std::size_t most_leaked_bytes_;
    mutable std::mutex mutex_;
    mutable std::vector<Active> faults_;
    mutable std::atomic<bool> any_{false};  // spares the lock while all is well
};

/// GET|POST /-/faults and DELETE /-/faults/{id}. `authorize` says whether this request may; its error is the
/// answer. Call before server.start(); the filter must outlive the server.
void add_fault_routes(http::Server& server, const std::shared_ptr<FaultFilter>& filter,
                      std::function<core::Result<>(const http::Request&)> authorize);

}  // namespace qd::chaos
