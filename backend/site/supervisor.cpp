#include "site/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "site/control_server.hpp"
#include "site/log_tail.hpp"
#include "site/managed_process.hpp"
#include "site/poll_loop.hpp"
#include "site/start_order.hpp"
#include "site/unix_socket.hpp"
#include "site/upstream_announcer.hpp"

namespace qd::site {
namespace chr = std::chrono;
using nlohmann::json;

namespace {

constexpr chr::milliseconds unannounce_first{500};  // the gateway stops sending before the instance drains
constexpr chr::seconds drain_limit{8};
constexpr chr::seconds one_drain_limit{20};  // of an instance stopped alone: longer than any request may take
constexpr unsigned most_failed_starts = 2;
constexpr unsigned most_first_starts = 5;  // some 8 s: an address may still be another's who drains

}  // namespace

struct Supervisor::Impl {
    Impl(SiteOptions site_options, std::string site_token, SiteEvents site_events)
        : options(std::move(site_options)), token(std::move(site_token)), events(std::move(site_events)) {}

    SiteOptions options;
    std::string token;
    SiteEvents events;
    PollLoop loop;
    std::unique_ptr<ControlServer> control;
    std::map<std::string, ManagedProcess> processes;  // by instance
    std::vector<PendingStart> pending_starts;
    core::WallTime started_at{};
    bool serving = false;
    bool all_ready_once = false;
    bool stopping = false;
    std::optional<core::Error> hopeless;  // why the site did not come up
    unsigned next_api = 0;
    http::Client client;  // ends before the loop that its callbacks post to
    UpstreamAnnouncer announcer{client, token, [this] { loop.post([this] { on_serving(); }); }};

    Layout layout() const { return Layout{options.data}; }

    const ManagedProcess* ready_with_role(const std::string& role) const {
        for (const auto& [name, process] : processes)
            if (process.spec.role == role && process.info.state == ProcessState::ready) return &process;
        return nullptr;
    }

    void tell(const ManagedProcess& process, const std::string& what) const {
        if (events.on_process) events.on_process(process.info, what);
    }

    void add(ProcessSpec spec, bool initial) {
        ManagedProcess process;
        process.info.role = spec.role;
        process.info.arm = spec.arm;
        process.info.version = spec.version;
        process.info.instance = spec.instance;
        process.spec = std::move(spec);
        process.initial = initial;
        const std::string name = process.spec.instance;
        processes.emplace(name, std::move(process));
    }

    /// The first time that the gateway can serve: the audience and the first titles may come.
    void on_serving() {
        if (std::exchange(serving, true) || stopping) return;
        const ManagedProcess* gateway = ready_with_role("gateway");
        if (gateway != nullptr && events.on_serving) events.on_serving("http://" + gateway->info.address);
        start_what_can();
    }

    bool prerequisites_ready(const ManagedProcess& process) const {
        if (process.spec.role == "viewers" && !serving) return false;
        return std::ranges::all_of(prerequisites(process.spec.role), [this](const std::string& role) {
            return ready_with_role(role) != nullptr;
        });
    }

    /// Starts whatever can start now; called after each change.
    void start_what_can() {
        for (auto& [name, process] : processes)
            if (!stopping && process.wanted && !process.child &&
                process.info.state == ProcessState::starting && prerequisites_ready(process))
                spawn(process);
    }

    void spawn(ManagedProcess& process) {
        const ManagedProcess* gateway = ready_with_role("gateway");
        const Addresses addresses{gateway != nullptr ? gateway->info.address : "", process.info.address};
        const std::string name = process.spec.instance;
        if (process.info.restarts == 0) process.log_begins = log_size(name);
        auto child = Child::spawn(command_line(options, process.spec, addresses, options.viewers),
                                  layout().logs() / (name + ".log"));
        process.spawned_at = chr::steady_clock::now();
        process.info.started_at = core::SystemClock().now();
        if (!child) {
            tell(process, child.error().message);
            ++process.failed_starts;
            if (never_comes_up(process))
                return abandon(process, "could not be started (" + child.error().message + ")");
            retry_later(process);
            if (process.failed_starts >= most_failed_starts) give_up(name, child.error().message);
            return;
        }
        process.child = std::move(*child);
        process.info.pid = process.child->pid();
        tell(process, "starting");
        loop.watch(process.child->pid_fd(), [this, name] { on_end(name); });
        loop.watch(process.child->ready_fd(), [this, name] { on_ready_line(name); });
    }

    std::filesystem::path log_of(const std::string& name) const { return layout().logs() / (name + ".log"); }
    std::uintmax_t log_size(const std::string& name) const {
        std::error_code error;
        const std::uintmax_t size = std::filesystem::file_size(log_of(name), error);
        return error ? 0 : size;
    }

    void on_ready_line(const std::string& name) {
        ManagedProcess& process = processes.at(name);
        const int fd = process.child->ready_fd();
        const auto address = process.child->read_ready();
        if (!address) return;
        loop.forget(fd);
        if (!*address) return process.child->signal(SIGKILL);
        process.info.address = **address;
        process.info.metrics = "http://" + **address + "/metrics";
        if (process.info.state != ProcessState::starting) return;
        process.info.state = ProcessState::ready;
        process.failed_starts = 0;
        tell(process, "ready");
        if (process.spec.role == "gateway") {
            if (const auto written = write_opsd_config(options, process.info.address); !written)
                tell(process, written.error().message);
        }
        changed();
    }

    void on_end(const std::string& name) {
        ManagedProcess& process = processes.at(name);
        loop.forget(process.child->pid_fd());
        if (process.child->ready_fd() >= 0) loop.forget(process.child->ready_fd());
        const std::string how = process.child->reap();
        process.child.reset();
        process.info.pid = 0;
        if (!process.wanted) {
            for (const std::uint64_t waiting : process.waiting_for_end)
                control->answer(waiting, json::object());
            tell(process, "stopped");
            processes.erase(name);
        } else {
            if (process.info.state == ProcessState::starting) ++process.failed_starts;
            tell(process, how + "; see logs/" + name + ".log");
            if (never_comes_up(process)) return abandon(process, how);
            const bool give_it_up = process.failed_starts >= most_failed_starts;
            retry_later(process);
            if (give_it_up)
                give_up(name, fmt::format("{} {} before it was ready, {} times in a row", name, how,
                                          process.failed_starts));
        }
        changed();
    }

    /// A part of the site that was never there. Once all of it was up, what is lost is tried for ever.
    bool never_comes_up(const ManagedProcess& process) const {
        return process.initial && !all_ready_once && process.failed_starts >= most_first_starts;
    }

    /// Ends the site, whose owner learns why.
    void abandon(const ManagedProcess& process, const std::string& how) {
        const std::string lines = last_lines(log_of(process.spec.instance), process.log_begins);
        hopeless = {
            core::Errc::unavailable,
            fmt::format("{} {} before it was ready, {} times in a row; {}", process.spec.instance, how,
                        process.failed_starts, lines.empty() ? "it wrote nothing" : "its log: " + lines)};
        begin_stop();
    }

    /// Ends the start that `name` is part of, whose client learns why; nothing of it is left behind.
    void give_up(const std::string& name, const std::string& why) {
        const auto pending = std::ranges::find_if(pending_starts, [&](const PendingStart& one) {
            return std::ranges::find(one.instances, name) != one.instances.end();
        });
        if (pending == pending_starts.end()) return;
        const auto at = processes.find(name);
        const std::string lines =
            at == processes.end() ? std::string() : last_lines(log_of(name), at->second.log_begins);
        control->refuse(pending->client,
                        {core::Errc::unavailable,
                         lines.empty() ? why + "; it wrote nothing" : why + "; its log: " + lines});
        const std::vector<std::string> instances = pending->instances;
        pending_starts.erase(pending);
        for (const std::string& one : instances)
            if (const auto process = processes.find(one); process != processes.end())
                end(process->second, chr::milliseconds(0), one_drain_limit);
    }

    void give_up_late_starts() {
        const auto now = chr::steady_clock::now();
        for (;;) {
            const auto late = std::ranges::find_if(
                pending_starts, [&](const PendingStart& one) { return one.deadline <= now; });
            if (late == pending_starts.end()) return;
            const auto unready = std::ranges::find_if(late->instances, [this](const std::string& one) {
                const auto at = processes.find(one);
                return at == processes.end() || at->second.info.state != ProcessState::ready;
            });
            const std::string name = unready == late->instances.end() ? late->instances.front() : *unready;
            give_up(name, fmt::format("{} was not ready within {:.0f} s", name,
                                      core::Seconds(options.start_limit).count()));
        }
    }

    void retry_later(ManagedProcess& process) {
        const auto ran_for =
            chr::duration_cast<chr::milliseconds>(chr::steady_clock::now() - process.spawned_at);
        process.info.state = ProcessState::backing_off;
        loop.after(process.backoff.after_end(ran_for), [this, name = process.spec.instance] {
            const auto at = processes.find(name);
            if (at == processes.end() || at->second.child || !at->second.wanted || stopping) return;
            at->second.info.state = ProcessState::starting;
            ++at->second.info.restarts;
            start_what_can();
        });
    }

    void changed() {
        if (stopping) {
            if (processes.empty()) loop.quit();
            return;
        }
        start_what_can();
        announce();
        answer_pending_starts();
        write_endpoints();
    }

    void announce() {
        std::vector<ProcessInfo> instances;
        for (const auto& [name, process] : processes)
            if (process.announced()) instances.push_back(process.info);
        const ManagedProcess* gateway = ready_with_role("gateway");
        announcer.announce(gateway != nullptr ? gateway->info.address : "", instances);
    }

    void answer_pending_starts() {
        std::erase_if(pending_starts, [this](const PendingStart& pending) {
            json list = json::array();
            for (const std::string& name : pending.instances) {
                const auto at = processes.find(name);
                if (at == processes.end()) {
                    control->refuse(pending.client,
                                    {core::Errc::unavailable, name + " was stopped before it was ready"});
                    return true;
                }
                if (at->second.info.state != ProcessState::ready) return false;
                list.push_back(to_json(at->second.info));
            }
            control->answer(pending.client, {{"processes", list}});
            return true;
        });
    }

    void write_endpoints() {
        const bool all_ready = std::ranges::all_of(processes, [](const auto& entry) {
            return !entry.second.initial || entry.second.info.state == ProcessState::ready;
        });
        if (!all_ready && !all_ready_once) return;
        const ManagedProcess* gateway = ready_with_role("gateway");
        const ManagedProcess* opsd = ready_with_role("opsd");
        // While one of the two restarts the file keeps its address, which the restart keeps as well.
        if (gateway == nullptr || opsd == nullptr) return;
        Endpoints endpoints{::getpid(),
                            started_at,
                            "http://" + gateway->info.address,
                            "http://" + opsd->info.address,
                            layout().token().string(),
                            {}};
        for (const auto& [name, process] : processes) endpoints.processes.push_back(process.info);
        const auto written = core::write_file_atomically(layout().endpoints(), encode(endpoints));
        if (!written && events.on_process) events.on_process(gateway->info, written.error().message);
        if (all_ready_once || !written) return;
        all_ready_once = true;
        if (events.on_ready) events.on_ready(endpoints);
    }

    void on_request(std::uint64_t from, const json& request) {
        const auto op = request.find("op");
        const std::string name = op != request.end() && op->is_string() ? op->get<std::string>() : "";
        try {
            if (name == "list") return list(from);
            if (name == "start") return start(from, request);
            if (name == "stop") return stop_instance(from, request.at("instance").get<std::string>());
            if (name == "viewers") return set_viewers(from, request.at("count").get<unsigned>());
            if (name == "down") {
                control->answer(from, json::object());
                return begin_stop();
            }
        } catch (const json::exception& error) {
            return control->refuse(from, {core::Errc::invalid_argument, error.what()});
        }
        control->refuse(from, {core::Errc::invalid_argument, "unknown op '" + name.substr(0, 32) + "'"});
    }

    void list(std::uint64_t from) {
        json all = json::array();
        for (const auto& [name, process] : processes) all.push_back(to_json(process.info));
        control->answer(from, {{"processes", all}});
    }

    void start(std::uint64_t from, const json& request) {
        auto order = read_start_order(request, options.versions);
        if (!order) return control->refuse(from, order.error());
        const auto further =
            std::ranges::count_if(processes, [](const auto& entry) { return !entry.second.initial; });
        if (std::size_t(further) + order->count > max_further_instances)
            return control->refuse(
                from, {core::Errc::conflict,
                       fmt::format("at most {} further instances run at a time", max_further_instances)});
        PendingStart pending{from, {}, chr::steady_clock::now() + options.start_limit};
        for (unsigned i = 0; i < order->count; ++i) {
            order->spec.instance = fmt::format("api-{}", ++next_api);
            pending.instances.push_back(order->spec.instance);
            add(order->spec, false);
        }
        loop.after(options.start_limit, [this] { give_up_late_starts(); });
        pending_starts.push_back(std::move(pending));
        start_what_can();
    }

    void stop_instance(std::uint64_t from, const std::string& name) {
        const auto at = processes.find(name);
        if (at == processes.end())
            return control->refuse(
                from, {core::Errc::not_found, "there is no instance '" + name.substr(0, 64) + "'"});
        if (at->second.spec.role != "api")
            return control->refuse(
                from, {core::Errc::conflict, name + " is needed by the site and is not stopped alone"});
        at->second.waiting_for_end.push_back(from);
        end(at->second, unannounce_first, one_drain_limit);
        changed();
    }

    void set_viewers(std::uint64_t from, unsigned count) {
        if (count > 2'000)
            return control->refuse(from, {core::Errc::invalid_argument, "at most 2000 viewers fit a laptop"});
        options.viewers = count;
        if (const ManagedProcess* viewers = ready_with_role("viewers")) {
            http::ClientRequest request;
            request.method = http::Method::put;
            request.url = "http://" + viewers->info.address + "/-/count";
            request.headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
            request.body = json{{"count", count}}.dump();
            request.timeout = chr::seconds(2);
            client.send(std::move(request), [this, from](core::Result<http::ClientResponse> response) {
                auto done = http::expect_success(std::move(response));
                loop.post([this, from, done = std::move(done)] {
                    if (done)
                        control->answer(from, json::object());
                    else
                        control->refuse(from, done.error());
                });
            });
            return;
        }
        control->answer(from, json::object());  // they start with that count
    }

    /// Ends `process` for good: after `delay` the end is asked for, `limit` later it is made.
    void end(ManagedProcess& process, chr::milliseconds delay, chr::seconds limit) {
        process.wanted = false;
        const std::string name = process.spec.instance;
        if (!process.child) {
            loop.post([this, name] {
                const auto at = processes.find(name);
                if (at == processes.end()) return;
                for (const std::uint64_t waiting : at->second.waiting_for_end)
                    control->answer(waiting, json::object());
                processes.erase(at);
                changed();
            });
            return;
        }
        process.info.state = ProcessState::stopping;
        const auto send = [this, name, pid = process.info.pid](int number) {
            const auto at = processes.find(name);
            if (at != processes.end() && at->second.child && at->second.info.pid == pid)
                at->second.child->signal(number);
        };
        loop.after(delay, [send] { send(SIGTERM); });
        loop.after(delay + limit, [send] { send(SIGKILL); });
    }

    /// The audience leaves first and the gateway last, so that a planned end is no failure to anyone.
    void begin_stop() {
        if (std::exchange(stopping, true)) return;
        ::unlink(layout().endpoints().c_str());
        for (auto& [name, process] : processes) {
            const bool early = process.spec.role == "viewers" || process.spec.role == "opsd";
            end(process, early ? chr::milliseconds(0) : chr::milliseconds(100), drain_limit);
        }
        if (processes.empty()) loop.quit();
    }
};

Supervisor::Supervisor(SiteOptions options, std::string token, SiteEvents events)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(token), std::move(events))) {}

Supervisor::~Supervisor() = default;

core::Result<> Supervisor::run() {
    Impl& self = *impl_;
    for (const auto& folder : {self.layout().run(), self.layout().logs()})
        if (const auto made = core::make_directories(folder); !made) return made;
    ::unlink(self.layout().endpoints().c_str());  // of an owner that was killed
    auto listener = listen_unix(self.layout().socket());
    if (!listener) return core::Failure(listener.error());
    self.started_at = core::SystemClock().now();
    self.control = std::make_unique<ControlServer>(
        self.loop, std::move(*listener),
        [&self](std::uint64_t from, const json& request) { self.on_request(from, request); });
    for (ProcessSpec& spec : initial_processes(self.options)) self.add(std::move(spec), true);
    self.next_api = self.options.api_instances;
    self.start_what_can();
    self.loop.run();
    self.control.reset();
    ::unlink(self.layout().socket().c_str());
    if (self.hopeless) return core::Failure(*self.hopeless);
    return {};
}

void Supervisor::stop() {
    impl_->loop.post([this] { impl_->begin_stop(); });
}

}  // namespace qd::site
