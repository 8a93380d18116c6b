#pragma once
// One role of the data plane: a server with metrics, health, faults and a log of its own. `streamd
// gateway|api|worker` runs one, `streamd all` three.

#include <atomic>
#include <memory>
#include <string>

#include "chaos/fault_filter.hpp"
#include "chaos/process_faults.hpp"
#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "flags/file_provider.hpp"
#include "http/server.hpp"
#include "http/service.hpp"
#include "security/tokens.hpp"
#include "streamd/data_folder.hpp"
#include "streamd/options.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"

namespace qd::streamd {

/// What the roles of a process share; outlives them.
struct Site {
    const Layout& layout;
    const Config& config;
    const security::Tokens& tokens;
    core::Clock& clock;
    core::Random& random;
    const flags::FileProvider& flags;
};

/// Which process this is and where it listens.
struct Placement {
    http::ServiceIdentity identity;  // service: the role's name; role: the arm
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string log_file;  // empty: stderr
};

/// start(), then drain() and stop() once each, all from one thread.
class Role {
public:
    Role(const Site& site, Placement placement);
    virtual ~Role() = default;
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;

    virtual core::Result<> start() = 0;
    /// Not ready from now on, though it still serves.
    void drain() { draining_ = true; }
    /// Lets running requests end.
    virtual void stop() = 0;
    virtual std::string address() const = 0;

    const http::ServiceIdentity& identity() const { return placement_.identity; }
    telemetry::Log& log() { return log_; }

protected:
    http::ServerOptions server_options() const;
    /// The filter and its routes, with the faults that this process is born with.
    core::Result<> add_faults(http::Server& server);
    /// GET /-/flags (role viewer): what is in force in this process, and the gauge flags_revision, as it is
    /// when somebody looks.
    void add_flags(http::Server& server);
    services::FeatureFlags features() const;
    /// An error while draining, else what `more` finds.
    std::function<core::Result<>()> readiness(std::function<core::Result<>()> more);
    const std::atomic<bool>& draining() const { return draining_; }

    const Site& site_;
    const Placement placement_;
    telemetry::Log log_;
    telemetry::Metrics metrics_;
    core::ThreadPool delayed_{1, "faults"};  // stopped after the server has, and before it is destroyed
    std::shared_ptr<chaos::FaultFilter> faults_;
    std::shared_ptr<chaos::ProcessFaults> process_faults_;

private:
    std::atomic<bool> draining_{false};
};

std::unique_ptr<Role> make_gateway_role(const Site& site, Placement placement);
/// `stores` must outlive the role.
std::unique_ptr<Role> make_api_role(const Site& site, Placement placement, const Stores& stores);
std::unique_ptr<Role> make_worker_role(const Site& site, Placement placement, const Stores& stores);

}  // namespace qd::streamd
