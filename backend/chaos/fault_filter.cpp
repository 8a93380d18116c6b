#include "chaos/fault_filter.hpp"

#include <algorithm>

#include "chaos/corruption.hpp"

namespace qd::chaos {
namespace {

namespace chr = std::chrono;
using core::Errc;
using core::fail;

constexpr std::size_t most_faults = 64;
constexpr chr::milliseconds usual_hang{30'000};
constexpr chr::milliseconds longest_delay{600'000};

/// Health, metrics and the way to end a fault stay as they are, or nobody could see or end one.
bool is_exempt(std::string_view path) {
    return path.starts_with("/-/") || path == "/metrics" || path == "/livez" || path == "/readyz";
}

bool fits(std::string_view wanted, std::string_view mine) {
    return wanted.empty() || wanted == mine;
}

chr::milliseconds to_ms(double amount) {
    return chr::milliseconds(std::int64_t(amount));
}

}  // namespace

FaultFilter::FaultFilter(Identity identity, const core::Clock& clock, core::Random& random,
                         core::Executor& executor, std::size_t most_leaked_bytes)
    : identity_(std::move(identity)),
      clock_(clock),
      random_(random),
      executor_(executor),
      most_leaked_bytes_(most_leaked_bytes) {}

core::Result<Fault> FaultFilter::add(Fault fault) {
    if (auto valid = validate(fault); !valid) return tl::unexpected(valid.error());
    const FaultTarget& target = fault.target;
    if (!fits(target.role, identity_.role) || !fits(target.version, identity_.version) ||
        !fits(target.instance, identity_.instance))
        return fail(Errc::invalid_argument, "this is {} {} ({}), not what the fault is for", identity_.role,
                    identity_.version, identity_.instance);
    if (fault.kind == FaultKind::kill)
        return fail(Errc::invalid_argument, "a process cannot kill itself: ask whoever supervises it");
    if (is_of_process(fault.kind))
        return fail(Errc::invalid_argument, "{} is of a whole process: a version is born with it",
                    to_string(fault.kind));
    const std::lock_guard lock(mutex_);
    drop_ended();
    if (fault.id.empty()) fault.id = FaultId(random_.hex(8));
    const auto same = [&](const Active& one) { return one.fault.id == fault.id; };
    if (std::any_of(faults_.begin(), faults_.end(), same))
        return fail(Errc::conflict, "the fault {} is active already", fault.id.value);
    if (faults_.size() >= most_faults)
        return fail(Errc::conflict, "{} faults are active already", most_faults);
    const auto duration = chr::ceil<chr::milliseconds>(fault.duration);
    fault.started_at = clock_.now();
    fault.ends_at = fault.started_at + duration;
    faults_.push_back({fault, clock_.steady_now() + duration, {}});
    any_ = true;
    return fault;
}

core::Result<> FaultFilter::remove(const FaultId& id) {
    const std::lock_guard lock(mutex_);
    drop_ended();
    if (std::erase_if(faults_, [&](const Active& one) { return one.fault.id == id; }) == 0)
        return fail(Errc::not_found, "no fault {} is active", id.value);
    any_ = !faults_.empty();
    return {};
}

std::vector<Fault> FaultFilter::active() const {
    const std::lock_guard lock(mutex_);
    drop_ended();
    std::vector<Fault> faults;
    for (const Active& one : faults_) faults.push_back(one.fault);
    return faults;
}

void FaultFilter::drop_ended() const {
    const auto now = clock_.steady_now();
    std::erase_if(faults_, [now](const Active& one) { return one.ends_at <= now; });
    any_ = !faults_.empty();
}

/// The pages are written to, or they would be no memory at all.
void FaultFilter::leak(Active& active) const {
    const std::size_t bytes = std::size_t(active.fault.amount > 0 ? active.fault.amount : 64) << 10;
    if (leaked() + bytes <= most_leaked_bytes_) active.leaked.emplace_back(bytes, 'x');
}

std::size_t FaultFilter::leaked() const {
    std::size_t bytes = 0;
    for (const Active& one : faults_)
        for (const std::string& block : one.leaked) bytes += block.size();
    return bytes;
}

std::size_t FaultFilter::leaked_bytes() const {
    const std::lock_guard lock(mutex_);
    drop_ended();
    return leaked();
}

FaultFilter::Plan FaultFilter::plan_for(const http::Request& request) {
    Plan plan;
    const std::lock_guard lock(mutex_);
    drop_ended();
    for (Active& one : faults_) {
        const Fault& fault = one.fault;
        if (!request.path.starts_with(fault.target.route) || random_.uniform() >= fault.ratio) continue;
        switch (fault.kind) {
            case FaultKind::delay:
                plan.delay += to_ms(fault.amount);
                break;
            case FaultKind::error:
                plan.error_status = fault.amount > 0 ? unsigned(fault.amount) : 503;
                break;
            case FaultKind::reset:
                plan.reset = true;
                break;
            case FaultKind::corrupt:
                plan.flipped_bits += fault.amount > 0 ? unsigned(fault.amount) : 1;
                break;
            case FaultKind::partition:
                plan.delay += fault.amount > 0 ? to_ms(fault.amount) : usual_hang;
                plan.reset = true;
                break;
            case FaultKind::playlist:
                plan.wrong_playlist = true;
                break;
            case FaultKind::leak:
                leak(one);
                break;
            case FaultKind::kill:
            case FaultKind::crash:
            case FaultKind::hang:
            case FaultKind::no_start:
                break;
        }
    }
    plan.delay = std::min(plan.delay, longest_delay);
    return plan;
}

void FaultFilter::handle(http::Request&& request, http::Responder&& responder, const http::Handler& next) {
    if (!any_.load(std::memory_order_relaxed) || is_exempt(request.path))
        return next(std::move(request), std::move(responder));
    const Plan plan = plan_for(request);
    if (plan.nothing()) return next(std::move(request), std::move(responder));
    if (plan.delay.count() == 0) return apply(plan, std::move(request), std::move(responder), next);
    struct Delayed {
        http::Request request;
        http::Responder responder;
    };
    auto delayed = std::make_shared<Delayed>(Delayed{std::move(request), std::move(responder)});
    executor_.post_after(plan.delay, [this, plan, delayed = std::move(delayed), &next] {
        apply(plan, std::move(delayed->request), std::move(delayed->responder), next);
    });
}

void FaultFilter::apply(const Plan& plan, http::Request&& request, http::Responder&& responder,
                        const http::Handler& next) {
    if (plan.reset) {
        http::Response response;
        response.reset = true;
        return responder.send(std::move(response));
    }
    if (plan.error_status != 0)
        return responder.send(http::problem(plan.error_status, "a fault on purpose", request.request_id));
    if (plan.flipped_bits == 0 && !plan.wrong_playlist) return next(std::move(request), std::move(responder));
    auto answer = std::make_shared<http::Responder>(std::move(responder));
    next(std::move(request), http::Responder([this, answer, plan](http::Response&& response) {
             if (plan.flipped_bits > 0) corrupt_media(response, plan.flipped_bits, random_);
             if (plan.wrong_playlist) break_playlist(response);
             answer->send(std::move(response));
         }));
}

}  // namespace qd::chaos
