#include "opsd/flag_reach.hpp"

#include <algorithm>
#include <future>

#include "core/json_fields.hpp"
#include "flags/flag_set.hpp"

namespace qd::opsd {
namespace {

using opsclient::FlagProcess;

constexpr std::chrono::milliseconds answer_patience{1'000}, look_again{50};
constexpr std::chrono::seconds expected_for{10};
constexpr unsigned ticks_between_looks = 10;
constexpr std::size_t most_named_behind = 20, most_remembered = 1'000, longest_status = 1u << 20;

bool evaluates_flags(const site::ProcessInfo& process) {
    return (process.role == "gateway" || process.role == "api" || process.role == "worker" ||
            process.role == "all") &&
           process.state == site::ProcessState::ready && !process.address.empty();
}

bool has_revision(const FlagProcess& process, std::uint64_t revision) {
    return process.revision && *process.revision >= revision;
}

/// What GET /-/flags answers (flags/file_provider.hpp).
void read_status(const std::string& text, FlagProcess& process, std::map<std::string, std::string>& pins) {
    const auto status = core::parse_json(text);
    if (!status) {
        process.error = status.error().message;
        return;
    }
    core::JsonFields fields(*status);
    process.revision = fields.count("revision");
    process.error = fields.text("error");
    const auto& variants = fields.object("pins");
    for (const auto& [key, flag] : fields.object("flags", flags::most_flags).items()) {
        const auto pin = variants.find(key);
        if (flag.is_object() && flag.value("pinned", false) && pin != variants.end() && pin->is_string())
            pins[key] = pin->get<std::string>();
    }
    if (const auto read = fields.finish(); !read) process.error = read.error().message;
}

}  // namespace

void FlagReach::expect(std::uint64_t revision) {
    const std::lock_guard lock(mutex_);
    expected_.push_back({revision, context_.clock().steady_now()});
    if (expected_.size() > most_remembered) expected_.pop_front();
    look_soon(std::chrono::milliseconds(0));
}

void FlagReach::tick() {
    const std::lock_guard lock(mutex_);
    if (ticks_++ % ticks_between_looks == 0) look_soon(std::chrono::milliseconds(0));
}

void FlagReach::look_soon(std::chrono::milliseconds delay) {
    if (looking_) return;
    looking_ = true;
    context_.executor().post_after(delay, [this] { look(); });
}

std::vector<FlagReach::Seen> FlagReach::ask() const {
    using Answer = core::Result<http::ClientResponse>;
    std::vector<std::pair<Seen, std::future<Answer>>> asked;
    // All at once: one that hangs holds the others up for no longer than our patience.
    for (const site::ProcessInfo& process : directory_.now().processes) {
        if (!evaluates_flags(process)) continue;
        http::ClientRequest request;
        request.url = "http://" + process.address + "/-/flags";
        request.headers = {{"Authorization", context_.places().bearer}};
        request.connect_timeout = request.timeout = answer_patience;
        request.max_body_bytes = longest_status;
        const auto answer = std::make_shared<std::promise<Answer>>();
        asked.emplace_back(Seen{{process.instance, process.role, process.version, {}, {}}, {}},
                           answer->get_future());
        context_.client().send(std::move(request),
                               [answer](Answer got) { answer->set_value(std::move(got)); });
    }
    std::vector<Seen> seen;
    for (auto& [one, answer] : asked) {
        const auto response = http::expect_success(answer.get());
        if (response)
            read_status(response->body, one.process, one.pins);
        else
            one.process.error = response.error().message;
        seen.push_back(std::move(one));
    }
    return seen;
}

bool FlagReach::all_have(std::uint64_t revision) const {
    return !seen_.empty() &&
           std::ranges::all_of(seen_, [&](const Seen& one) { return has_revision(one.process, revision); });
}

void FlagReach::look() {
    auto seen = ask();
    std::vector<std::uint64_t> reached;
    {
        const std::lock_guard lock(mutex_);
        seen_ = std::move(seen);
        const core::SteadyTime now = context_.clock().steady_now();
        std::erase_if(expected_, [&](const Expected& one) {
            if (!all_have(one.revision)) return now - one.since > expected_for;
            after_s_[one.revision] = core::Seconds(now - one.since).count();
            if (after_s_.size() > most_remembered) after_s_.erase(after_s_.begin());
            reached.push_back(one.revision);
            return true;
        });
        looking_ = false;
        if (!expected_.empty()) look_soon(look_again);
    }
    if (listener_)
        for (const std::uint64_t revision : reached) listener_(revision);
}

std::vector<FlagProcess> FlagReach::processes() const {
    const std::lock_guard lock(mutex_);
    std::vector<FlagProcess> list;
    for (const Seen& one : seen_) list.push_back(one.process);
    return list;
}

opsclient::FlagReach FlagReach::of(std::uint64_t revision) const {
    const std::lock_guard lock(mutex_);
    opsclient::FlagReach reach;
    for (const Seen& one : seen_) {
        ++reach.processes;
        if (has_revision(one.process, revision))
            ++reach.reached;
        else if (reach.behind.size() < most_named_behind)
            reach.behind.push_back(one.process.instance);
    }
    if (const auto known = after_s_.find(revision); known != after_s_.end()) reach.after_s = known->second;
    return reach;
}

std::map<std::string, std::string> FlagReach::pinned(const std::string& flag) const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> by;
    for (const Seen& one : seen_)
        if (const auto pin = one.pins.find(flag); pin != one.pins.end())
            by[one.process.instance] = pin->second;
    return by;
}

}  // namespace qd::opsd
