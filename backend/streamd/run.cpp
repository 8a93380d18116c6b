#include "streamd/run.hpp"

#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/shutdown_stack.hpp"
#include "core/stop_signal.hpp"
#include "site/process_info.hpp"
#include "streamd/role.hpp"

namespace qd::streamd {
namespace {

/// What is switched off is off in every process well within a second.
constexpr std::chrono::milliseconds flags_period{200};

/// One line on the descriptor that our owner waits on.
void announce_ready(int fd, const std::string& address) {
    if (fd < 0) return;
    const core::UniqueFd owned(fd);
    const std::string line = nlohmann::json{{"address", address}}.dump() + "\n";
    if (::write(fd, line.data(), line.size()) < 0)
        fmt::print(stderr, "streamd: --ready-fd {} cannot be written to\n", fd);
}

/// All that runs in this process, in the order in which it was started.
class Process {
public:
    explicit Process(const Options& options) : options_(options) {}
    ~Process() { stop(); }

    core::Result<> start() {
        if (auto prepared = prepare(layout_); !prepared) return prepared;
        if (options_.role == "all") {
            auto lock = core::LockFile::acquire(layout_.lock());
            if (!lock) return core::Failure(lock.error());
            lock_.emplace(std::move(*lock));
        }
        auto tokens = security::Tokens::load_or_create(layout_.token());
        if (!tokens) return core::Failure(tokens.error());
        tokens_.emplace(std::move(*tokens));
        // The first request finds them already.
        flags_.emplace(layout_.flags(), options_.pins, clock_);
        const auto flags_read = flags_->poll();
        site_.emplace(Site{layout_, config_, *tokens_, clock_, random_, *flags_});
        if (options_.role != "gateway") {
            auto stores = Stores::open(layout_, config_.metadata_shards, clock_, random_);
            if (!stores) return core::Failure(stores.error());
            stores_ = std::move(*stores);
        }
        started_at_ = clock_.now();
        if (auto started = options_.role == "all" ? start_all() : start_one(); !started) return started;
        tell_of_flags(flags_read);
        if (flags_read && !*flags_read) tell_of_idle_pins();
        flags_poll_.emplace(flags_period, "flags", [this] { tell_of_flags(flags_->poll()); });
        return {};
    }

    void stop() {
        if (published_) ::unlink(layout_.endpoints().c_str());
        published_ = false;
        flags_poll_.reset();
        if (roles_.empty()) return;
        for (const auto& role : roles_) role->drain();
        std::this_thread::sleep_for(config_.drain);
        while (!roles_.empty()) {
            roles_.back()->log().info("stopping");
            roles_.back()->stop();
            roles_.pop_back();
        }
    }

    /// Of the role that the outside talks to.
    std::string address() const { return roles_.back()->address(); }

private:
    Placement placement(const std::string& role) const {
        const bool alone = options_.role != "all";
        Placement placement;
        placement.identity = {role, options_.version_label, options_.arm,
                              alone ? options_.instance : role + "-1"};
        if (alone || role == "gateway") {
            placement.host = options_.host;
            placement.port = options_.port;
        }
        if (!alone) placement.log_file = (layout_.logs() / (placement.identity.instance + ".log")).string();
        return placement;
    }

    core::Result<> add(std::unique_ptr<Role> role) {
        if (auto started = role->start(); !started) return started;
        role->log().info("ready", {{"address", role->address()}, {"version", role->identity().version}});
        roles_.push_back(std::move(role));
        return {};
    }

    core::Result<> start_one() {
        if (options_.role == "gateway") return add(make_gateway_role(*site_, placement("gateway")));
        if (options_.role == "api") return add(make_api_role(*site_, placement("api"), *stores_));
        return add(make_worker_role(*site_, placement("worker"), *stores_));
    }

    /// The gateway comes last, so that it ends first and finds its upstream.
    core::Result<> start_all() {
        for (chaos::Fault& fault : config_.faults)
            if (fault.target.role.empty())
                fault.target.role = "api";  // a fault is one version's, not the site's
        if (auto added = add(make_worker_role(*site_, placement("worker"), *stores_)); !added) return added;
        if (auto added = add(make_api_role(*site_, placement("api"), *stores_)); !added) return added;
        config_.upstreams = {
            {gateway::Arm::stable, "api-1", options_.version_label, roles_.back()->address()}};
        if (auto added = add(make_gateway_role(*site_, placement("gateway"))); !added) return added;
        return publish();
    }

    void tell_of_flags(const core::Result<bool>& read) {
        for (const auto& role : roles_) {
            if (!read)
                role->log().error("the flags do not read; those before stay in force",
                                  {{"error", read.error().message}});
            else if (*read)
                role->log().info("flags in force", {{"revision", flags_->snapshot()->revision}});
        }
        if (read && *read) tell_of_idle_pins();
    }

    void tell_of_idle_pins() {
        for (const flags::Pin& pin : flags_->idle_pins())
            for (const auto& role : roles_)
                role->log().warning("a pinned flag or its variant is not known here",
                                    {{"flag", pin.flag}, {"variant", pin.variant}});
    }

    core::Result<> publish() {
        site::Endpoints endpoints;
        endpoints.pid = ::getpid();
        endpoints.started_at = started_at_;
        endpoints.gateway = "http://" + address();
        endpoints.token_file = layout_.token().string();
        for (const auto& role : roles_) {
            const auto& identity = role->identity();
            fmt::print(stderr, "streamd: {} at http://{}\n", identity.instance, role->address());
            endpoints.processes.push_back({identity.service, identity.version, identity.role,
                                           identity.instance, ::getpid(), role->address(),
                                           "http://" + role->address() + "/metrics",
                                           site::ProcessState::ready, 0, started_at_});
        }
        if (auto written = core::write_file_atomically(layout_.endpoints(), site::encode(endpoints));
            !written)
            return written;
        published_ = true;
        return {};
    }

    const Options& options_;
    Config config_ = options_.config;
    const Layout layout_{std::filesystem::absolute(options_.data)};
    core::SystemClock clock_;
    core::SystemRandom random_;
    std::optional<core::LockFile> lock_;
    std::optional<security::Tokens> tokens_;
    std::optional<flags::FileProvider> flags_;
    std::optional<Site> site_;
    std::unique_ptr<Stores> stores_;
    std::vector<std::unique_ptr<Role>> roles_;
    core::WallTime started_at_{};
    bool published_ = false;
    std::optional<core::Periodic> flags_poll_;  // ended first
};

}  // namespace

int run(const Options& options) {
    if (const chaos::Fault* fault = chaos::refusal_to_start(options.config.faults)) {
        fmt::print(stderr, "streamd: {} {} does not start: a fault on purpose ({})\n", options.role,
                   options.version_label, chaos::to_string(fault->kind));
        return int(core::ExitCode::config);
    }
    core::StopSignal stop(options.lease_fd);
    Process process(options);
    if (const auto started = process.start(); !started) return core::report("streamd", started.error());
    announce_ready(options.ready_fd, process.address());
    const core::StopReason reason = stop.wait();
    process.stop();
    return int(reason == core::StopReason::interrupt ? core::ExitCode::interrupted : core::ExitCode::done);
}

}  // namespace qd::streamd
