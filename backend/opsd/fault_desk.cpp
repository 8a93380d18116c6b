#include "opsd/fault_desk.hpp"

#include <signal.h>

#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>

#include "http/client.hpp"

namespace qd::opsd {
namespace {

constexpr std::chrono::milliseconds patience{2'000};
constexpr std::size_t max_active = 64;
constexpr std::size_t max_past = 200;

bool has_filter(const site::ProcessInfo& process) {
    return (process.role == "gateway" || process.role == "api" || process.role == "worker" ||
            process.role == "all") &&
           process.state == site::ProcessState::ready && !process.address.empty();
}

bool may_be_killed(const site::ProcessInfo& process) {
    const bool role = process.role == "gateway" || process.role == "api" || process.role == "worker" ||
                      process.role == "viewers";
    return role && process.pid > 1;
}

http::ClientRequest request(const site::ProcessInfo& process, http::Method method, const std::string& path,
                            const std::string& bearer) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + process.address + path;
    request.headers = {{"Authorization", bearer}, {"Content-Type", "application/json"}};
    request.connect_timeout = request.timeout = patience;
    return request;
}

nlohmann::json body_of(const chaos::Fault& fault, const std::string& phase, const std::string& actor) {
    auto body = nlohmann::json::parse(chaos::to_json(fault), nullptr, false);
    body["phase"] = phase;
    body["actor"] = actor;
    return body;
}

}  // namespace

bool FaultDesk::matches(const chaos::Fault& fault, const site::ProcessInfo& process) const {
    const auto fits = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || wanted == is;
    };
    return fits(fault.target.role, process.role) && fits(fault.target.version, process.version) &&
           fits(fault.target.instance, process.instance);
}

core::Result<> FaultDesk::send(const site::ProcessInfo& process, const chaos::Fault& fault) {
    auto sent = request(process, http::Method::post, "/-/faults", context_.places().bearer);
    sent.body = chaos::to_json(fault);
    const auto answer = http::expect_success(context_.client().fetch(std::move(sent)));
    if (!answer) return core::fail_with_context(process.instance, answer.error());
    return {};
}

core::Result<chaos::Fault> FaultDesk::apply(chaos::Fault fault, const std::string& actor) {
    if (fault.id.empty()) fault.id = chaos::FaultId("f-" + context_.random().hex(6));
    fault.started_at = context_.clock().now();
    fault.ends_at = fault.started_at + std::chrono::duration_cast<std::chrono::milliseconds>(fault.duration);
    if (auto valid = chaos::validate(fault); !valid) return core::Failure(valid.error());
    if (fault.kind == chaos::FaultKind::kill) return kill(std::move(fault), actor);
    {
        const std::lock_guard lock(mutex_);
        if (active_.contains(fault.id.value))
            return core::fail(core::Errc::conflict, "the fault {} is active", fault.id.value);
        if (active_.size() >= max_active)
            return core::fail(core::Errc::conflict, "{} faults are active; end some first", max_active);
        active_[fault.id.value] = Active{fault, {}, true};
    }
    std::map<std::string, std::int64_t> on;
    std::optional<core::Error> refused;
    for (const site::ProcessInfo& process : directory_.now().processes) {
        if (!has_filter(process) || !matches(fault, process)) continue;
        if (const auto sent = send(process, fault))
            on[process.instance] = process.pid;
        else if (!refused)
            refused = sent.error();
    }
    {
        const std::lock_guard lock(mutex_);
        if (on.empty())
            active_.erase(fault.id.value);
        else
            active_[fault.id.value] = Active{fault, on};
    }
    if (on.empty()) {
        if (refused) return core::Failure(*refused);
        return core::fail(core::Errc::not_found,
                          "no running process of this site matches the fault's target");
    }
    tell(fault, "applied", actor);
    return fault;
}

core::Result<chaos::Fault> FaultDesk::kill(chaos::Fault fault, const std::string& actor) {
    // The list as it is now: a pid of a second ago may be somebody else's.
    if (auto fresh = directory_.refresh(); !fresh)
        return core::fail_with_context("asking the supervisor which processes are its own", fresh.error());
    std::vector<site::ProcessInfo> victims;
    for (const site::ProcessInfo& process : directory_.now().processes)
        if (may_be_killed(process) && matches(fault, process)) victims.push_back(process);
    if (victims.empty())
        return core::fail(core::Errc::not_found,
                          "no process of this site that may be killed matches the target");
    victims.resize(std::size_t(std::ceil(double(victims.size()) * fault.ratio)));
    for (const site::ProcessInfo& victim : victims)
        if (::kill(pid_t(victim.pid), SIGKILL) != 0 && errno != ESRCH)
            return core::fail_errno("killing " + victim.instance, errno);
    fault.ends_at = fault.started_at;
    tell(fault, "applied", actor);
    tell(fault, "ended", actor);
    return fault;
}

core::Result<> FaultDesk::remove(const chaos::FaultId& id, const std::string& actor) {
    Active active;
    {
        const std::lock_guard lock(mutex_);
        const auto found = active_.find(id.value);
        if (found == active_.end() || found->second.fault.ends_at <= context_.clock().now())
            return core::fail(core::Errc::not_found, "the fault {} is not active", id.value);
        active = found->second;
    }
    std::optional<core::Error> failed;
    for (const site::ProcessInfo& process : directory_.now().processes) {
        const auto on = active.on.find(process.instance);
        if (on == active.on.end() || on->second != process.pid || process.address.empty()) continue;
        const auto answer = http::expect_success(context_.client().fetch(
            request(process, http::Method::del, "/-/faults/" + http::percent_encode(id.value),
                    context_.places().bearer)));
        if (!answer && answer.error().code != core::Errc::not_found && !failed) failed = answer.error();
    }
    if (failed) return core::fail_with_context("taking the fault back; it ends by itself", *failed);
    {
        const std::lock_guard lock(mutex_);
        active_.erase(id.value);
    }
    active.fault.ends_at = context_.clock().now();
    tell(active.fault, "removed", actor);
    return {};
}

std::vector<chaos::Fault> FaultDesk::active() const {
    const std::lock_guard lock(mutex_);
    std::vector<chaos::Fault> faults;
    for (const auto& [id, active] : active_)
        if (active.fault.ends_at > context_.clock().now()) faults.push_back(active.fault);
    return faults;
}

std::vector<chaos::Fault> FaultDesk::past() const {
    const std::lock_guard lock(mutex_);
    return {past_.begin(), past_.end()};
}

void FaultDesk::tell(const chaos::Fault& fault, const std::string& phase, const std::string& actor) {
    if (phase != "applied") {
        const std::lock_guard lock(mutex_);
        past_.push_back(fault);
        if (past_.size() > max_past) past_.pop_front();
    }
    context_.log().warning("fault " + phase, {{"fault", fault.id.value}, {"actor", actor}});
    context_.publish("fault", fault.id.value, body_of(fault, phase, actor));
    if (listener_) listener_(fault, phase, actor);
}

void FaultDesk::tick() {
    std::vector<chaos::Fault> over;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(active_, [&](const auto& entry) {
            const bool ended = entry.second.fault.ends_at <= context_.clock().now();
            if (ended) over.push_back(entry.second.fault);
            return ended;
        });
    }
    for (const chaos::Fault& fault : over) tell(fault, "ended", "opsd");
    {
        const std::lock_guard lock(mutex_);
        if (catching_up_) return;
        catching_up_ = true;
    }
    context_.executor().post([this] {
        catch_up();
        const std::lock_guard lock(mutex_);
        catching_up_ = false;
    });
}

void FaultDesk::catch_up() {
    for (const site::ProcessInfo& process : directory_.now().processes) {
        if (!has_filter(process)) continue;
        std::vector<chaos::Fault> lacking;
        bool is_new = false;
        {
            const std::lock_guard lock(mutex_);
            const auto known = met_.find(process.instance);
            is_new = known == met_.end() || known->second != process.pid;
            if (!is_new)
                for (const auto& [id, active] : active_) {
                    const auto on = active.on.find(process.instance);
                    if (!active.beginning && matches(active.fault, process) &&
                        (on == active.on.end() || on->second != process.pid))
                        lacking.push_back(active.fault);
                }
        }
        if (is_new) learn(process);
        for (chaos::Fault& fault : lacking) {
            fault.duration = fault.ends_at - context_.clock().now();
            if (fault.duration <= core::Seconds(0)) continue;
            if (!send(process, fault)) continue;  // tried again in a second
            const std::lock_guard lock(mutex_);
            if (const auto at = active_.find(fault.id.value); at != active_.end())
                at->second.on[process.instance] = process.pid;
        }
    }
}

void FaultDesk::learn(const site::ProcessInfo& process) {
    const auto answer = http::expect_success(
        context_.client().fetch(request(process, http::Method::get, "/-/faults", context_.places().bearer)));
    if (!answer && answer.error().code != core::Errc::not_found) return;  // asked again in a second
    std::vector<chaos::Fault> found;
    if (answer) {
        const auto list = nlohmann::json::parse(answer->body, nullptr, false);
        if (list.is_object() && list.contains("items") && list["items"].is_array())
            for (const auto& item : list["items"])
                if (auto fault = chaos::parse_fault(item.dump())) found.push_back(std::move(*fault));
    }
    std::vector<chaos::Fault> news;
    {
        const std::lock_guard lock(mutex_);
        met_[process.instance] = process.pid;
        for (chaos::Fault& fault : found) {
            // One without an end of its own is the process's for life; it is not ours to count down.
            if (fault.id.empty() || fault.ends_at <= context_.clock().now() || active_.size() >= max_active)
                continue;
            if (fault.target == chaos::FaultTarget{}) fault.target.instance = process.instance;
            auto [at, added] = active_.try_emplace(fault.id.value, Active{fault, {}});
            at->second.on[process.instance] = process.pid;
            if (added) news.push_back(fault);
        }
    }
    for (const chaos::Fault& fault : news) tell(fault, "applied", process.instance);
}

}  // namespace qd::opsd
