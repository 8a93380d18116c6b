#include "gateway/pool.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "http/url.hpp"

namespace qd::gateway {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t most_upstreams = 256;
constexpr std::size_t longest_name = 128;

core::Result<> check(const std::vector<Upstream>& upstreams) {
    if (upstreams.size() > most_upstreams)
        return fail(Errc::invalid_argument, "at most {} upstreams are taken", most_upstreams);
    std::set<std::string> instances;
    for (const Upstream& one : upstreams) {
        if (one.instance.empty() || one.instance.size() > longest_name || one.version.size() > longest_name)
            return fail(Errc::invalid_argument, "each upstream needs an instance of at most {} bytes",
                        longest_name);
        if (!instances.insert(one.instance).second)
            return fail(Errc::invalid_argument, "the instance {} is given twice", one.instance);
        const auto address = http::parse_listen(one.address);
        if (!address) return core::fail_with_context("the address of " + one.instance, address.error());
        if (address->second == 0)
            return fail(Errc::invalid_argument, "the address of {} has no port", one.instance);
    }
    return {};
}

/// FNV-1a over both, then mixed so that texts which differ in their last byte only are far apart.
std::uint64_t rendezvous(std::string_view key, std::string_view instance) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const std::string_view part : {key, std::string_view("\0", 1), instance})
        for (const char c : part) hash = (hash ^ std::uint8_t(c)) * 0x100000001b3;
    hash ^= hash >> 32;
    hash *= 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 29);
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::success:
            return "success";
        case Outcome::error_status:
            return "error_status";
        case Outcome::timeout:
            return "timeout";
        case Outcome::unreachable:
            return "unreachable";
    }
    return "success";
}

core::Result<> UpstreamPool::set(std::vector<Upstream> upstreams) {
    if (auto valid = check(upstreams); !valid) return valid;
    std::vector<Member> members;
    const std::lock_guard lock(mutex_);
    for (Upstream& one : upstreams) {
        Member* known = find(one.instance);
        if (known && known->upstream == one)
            members.push_back(*known);
        else
            members.push_back({std::move(one), Breaker(breaker_)});
    }
    members_ = std::move(members);
    return {};
}

std::optional<Upstream> UpstreamPool::pick(Arm arm, core::SteadyTime now, const std::string& except,
                                           std::string_view sticky) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = members_.size();
    std::size_t& turn = turn_[std::size_t(arm)];
    const auto fit = [&](const Member& one) {
        return one.upstream.arm == arm && one.healthy && one.breaker.would_allow(now);
    };
    if (!sticky.empty()) {
        Member* best = nullptr;
        std::pair<bool, std::uint64_t> best_rank;
        for (Member& one : members_) {
            if (!fit(one)) continue;
            const std::pair rank(one.upstream.instance != except, rendezvous(sticky, one.upstream.instance));
            if (best != nullptr && rank <= best_rank) continue;
            best = &one;
            best_rank = rank;
        }
        if (best == nullptr) return std::nullopt;
        best->breaker.allow(now);
        return best->upstream;
    }
    for (const bool allow_excepted : {false, true}) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = (turn + i) % count;
            Member& one = members_[at];
            if (!fit(one) || (!allow_excepted && one.upstream.instance == except)) continue;
            turn = at + 1;
            one.breaker.allow(now);
            return one.upstream;
        }
    }
    return std::nullopt;
}

std::string UpstreamPool::version_of(Arm arm) const {
    const std::lock_guard lock(mutex_);
    std::string version;
    for (const Member& one : members_) {
        if (one.upstream.arm != arm || one.upstream.version == version) continue;
        if (!version.empty()) return "mixed";
        version = one.upstream.version;
    }
    return version;
}

bool UpstreamPool::has_any(Arm arm) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(members_.begin(), members_.end(),
                       [arm](const Member& one) { return one.upstream.arm == arm; });
}

bool UpstreamPool::has_healthy(Arm arm) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(members_.begin(), members_.end(),
                       [arm](const Member& one) { return one.upstream.arm == arm && one.healthy; });
}

UpstreamPool::Member* UpstreamPool::find(const std::string& instance) {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const Member& one) { return one.upstream.instance == instance; });
    return at == members_.end() ? nullptr : &*at;
}

void UpstreamPool::count_failure(Member& member) const {
    member.successes = 0;
    if (++member.failures >= health_.failures_to_eject) member.healthy = false;
}

void UpstreamPool::report(const std::string& instance, Outcome outcome, core::SteadyTime now) {
    const std::lock_guard lock(mutex_);
    Member* member = find(instance);
    if (member == nullptr) return;
    if (outcome == Outcome::success) {
        member->breaker.succeeded();
        member->failures = 0;
        return;
    }
    member->breaker.failed(now);
    if (outcome == Outcome::unreachable) count_failure(*member);
}

void UpstreamPool::report_health(const std::string& instance, bool ready) {
    const std::lock_guard lock(mutex_);
    Member* member = find(instance);
    if (member == nullptr) return;
    if (!ready) return count_failure(*member);
    member->failures = 0;
    if (++member->successes >= health_.successes_to_admit) member->healthy = true;
}

std::vector<UpstreamStatus> UpstreamPool::status(core::SteadyTime now) const {
    const std::lock_guard lock(mutex_);
    std::vector<UpstreamStatus> all;
    for (const Member& one : members_) all.push_back({one.upstream, one.healthy, one.breaker.state(now)});
    return all;
}

std::vector<Upstream> UpstreamPool::upstreams() const {
    const std::lock_guard lock(mutex_);
    std::vector<Upstream> all;
    for (const Member& one : members_) all.push_back(one.upstream);
    return all;
}

}  // namespace qd::gateway
