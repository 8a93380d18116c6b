#pragma once
// Starts the local site's processes in their order, restarts each with backoff, starts and drains further
// versions when asked over the control socket, and ends everything when told. It holds no state worth losing.

#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "site/plan.hpp"
#include "site/process_info.hpp"

namespace qd::site {

/// What happens, for whoever watches the start. Called on the supervisor's thread.
struct SiteEvents {
    std::function<void(const ProcessInfo&, const std::string& what)>
        on_process;  // "starting", "ready", "ended …"
    std::function<void(const std::string& gateway)>
        on_serving;  // once: requests to this base URL are answered
    std::function<void(const Endpoints&)>
        on_ready;  // once, when all of it is ready and endpoints.json is written
};

class Supervisor {
public:
    /// `token` is the site's admin token.
    Supervisor(SiteOptions options, std::string token, SiteEvents events);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// Runs the site on the calling thread until stop(): then drains every process (8 s, after which it is
    /// killed) and removes endpoints.json. Errc::unavailable, with the last words of its log, when a part
    /// ends again and again before the site was up for the first time.
    core::Result<> run();
    /// Thread-safe.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace qd::site
