#include "opsd/backfill.hpp"

#include <algorithm>

#include "core/executor.hpp"
#include "prometheus/counts.hpp"
#include "slo/group.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using prometheus::SourceHealth;

constexpr std::int64_t day_s = 86'400;
constexpr std::chrono::seconds past_step(timeseries::past_step_s);
constexpr std::chrono::seconds before_another_try{30}, before_another_whole_answer{300};
constexpr int most_partial_answers = 3;
constexpr std::size_t most_wanted = 100'000;

std::int64_t whole_second(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

core::WallTime at_second(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(second));
}

bool may_pass(Errc code) {
    return code == Errc::unavailable || code == Errc::timeout || code == Errc::unauthenticated ||
           code == Errc::permission_denied || code == Errc::config || code == Errc::cancelled;
}

std::vector<timeseries::Past> past_of(const prometheus::CountHistory& history) {
    std::vector<timeseries::Past> past;
    for (const prometheus::CountPoint& point : history.points)
        past.push_back({whole_second(point.at - past_step), point.counts});
    return past;
}

}  // namespace

void Backfill::start() {
    thread_ = std::thread([this] {
        core::name_this_thread("opsd-backfill");
        run();
    });
}

void Backfill::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Backfill::run() {
    using namespace std::chrono;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        lock.unlock();
        const auto began = steady_clock::now();
        const bool asked = step();
        const auto took = steady_clock::now() - began;
        lock.lock();
        const auto pause = asked ? std::max<steady_clock::duration>(3 * took, 20ms) : 1s;
        wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
}

void Backfill::want(prometheus::Source& source, const slo::Objective& objective, core::WallTime from,
                    core::WallTime to) {
    const std::string& name = source.options().name;
    const std::lock_guard lock(mutex_);
    if (objective.timeslices) {
        given_up_[name] =
            fmt::format("'{}' counts slices of time, whose past cannot be told apart", objective.id.value);
        return;
    }
    core::Result<slo::Indicator> indicator = objective.indicator;
    if (objective.group) indicator = slo::within_group(objective.indicator, objective.group->labels);
    core::Result<> told;
    if (!indicator)
        told = core::Failure(indicator.error());
    else if (auto queries = prometheus::count_queries(*indicator, timeseries::past_step_s); !queries)
        told = core::Failure(queries.error());
    if (!told) {
        given_up_[name] = fmt::format("'{}': {}", objective.id.value, told.error().message);
        return;
    }
    const core::WallTime now = context_.clock().now();
    Wanted wanted{&source, objective.id, *indicator, {whole_second(from), whole_second(to)}, now};
    if (wanted_.size() + 2 > most_wanted) return;
    wanted.span.to_s = std::min(wanted.span.to_s, whole_second(now - settle));
    if (wanted.span.length_s() > 0) wanted_.push_back(wanted);
    if (to > now - settle) {
        wanted.span = {std::max(whole_second(from), whole_second(to - 3 * past_step)), whole_second(to)};
        wanted.not_before = to + settle;
        wanted_.push_back(std::move(wanted));
    }
}

std::optional<Backfill::Wanted> Backfill::take() {
    const std::lock_guard lock(mutex_);
    const core::WallTime now = context_.clock().now();
    auto best = wanted_.end();
    for (auto one = wanted_.begin(); one != wanted_.end(); ++one) {
        if (one->not_before > now) continue;
        // What is to be planned costs no question.
        const auto rank = [](const Wanted& w) { return std::pair(!w.planned, w.span.to_s); };
        if (best == wanted_.end() || rank(*one) > rank(*best)) best = one;
    }
    if (best == wanted_.end()) return std::nullopt;
    Wanted taken = std::move(*best);
    wanted_.erase(best);
    return taken;
}

bool Backfill::step() {
    for (;;) {
        auto wanted = take();
        if (!wanted) return false;
        if (wanted->planned) {
            fetch(std::move(*wanted));
            return true;
        }
        plan(*wanted);
    }
}

void Backfill::plan(const Wanted& wanted) {
    const auto gaps = store_.gaps(wanted.slo, wanted.span.from_s, wanted.span.to_s);
    const std::lock_guard lock(mutex_);
    BackfillState& state = states_[wanted.source->options().name];
    if (wanted_.size() >= most_wanted)
        given_up_[wanted.source->options().name] =
            fmt::format("'{}': too much is missing to be asked for at once", wanted.slo.value);
    for (const slo::Span& gap : wanted_.size() < most_wanted ? gaps : std::vector<slo::Span>())
        for (std::int64_t begin = gap.from_s; begin < gap.to_s;) {
            const std::int64_t end = std::min((begin / day_s + 1) * day_s, gap.to_s);
            Wanted& day = wanted_.emplace_back(wanted);
            day.span = {begin, end};
            day.planned = true;
            state.left_s += end - begin;
            begin = end;
        }
}

void Backfill::fetch(Wanted wanted) {
    if (wanted.source->state().health == SourceHealth::skewed)
        return postpone(std::move(wanted), before_another_try,
                        "its clock is not ours: its past is not either");
    const auto history = prometheus::backfill(*wanted.source, wanted.indicator, at_second(wanted.span.from_s),
                                              at_second(wanted.span.to_s), past_step);
    if (!history && may_pass(history.error().code))
        return postpone(std::move(wanted), before_another_try, history.error().message);
    if (!history) return give_up(wanted, history.error().message);
    if (history->partial && ++wanted.partial_answers < most_partial_answers)
        return postpone(std::move(wanted), before_another_whole_answer, "answers about the past are partial");
    if (history->partial) return give_up(wanted, "answers about the past are partial");
    const auto past = past_of(*history);
    const auto filled = store_.fill(wanted.slo, past);
    const std::lock_guard lock(mutex_);
    BackfillState& state = states_[wanted.source->options().name];
    state.left_s -= wanted.span.length_s();
    if (!filled) {
        state.reason = filled.error().message;
        context_.log().error("history cannot be saved; it is kept in memory",
                             {{"slo", wanted.slo.value}, {"error", state.reason}});
    } else {
        state.reason.clear();
    }
    state.filled_s += std::int64_t(past.size()) * timeseries::past_step_s;
    if (state.left_s == 0)
        context_.log().info("history is filled",
                            {{"source", wanted.source->options().name}, {"seconds", state.filled_s}});
}

void Backfill::postpone(Wanted wanted, std::chrono::seconds by, std::string reason) {
    const std::lock_guard lock(mutex_);
    states_[wanted.source->options().name].reason = std::move(reason);
    const core::WallTime then = context_.clock().now() + by;
    // The others of the source would fail like it.
    for (Wanted& other : wanted_)
        if (other.source == wanted.source) other.not_before = std::max(other.not_before, then);
    wanted.not_before = then;
    wanted_.push_back(std::move(wanted));
}

void Backfill::give_up(const Wanted& wanted, std::string reason) {
    context_.log().warning("an objective's history cannot be had",
                           {{"slo", wanted.slo.value}, {"error", reason}});
    const std::lock_guard lock(mutex_);
    BackfillState& state = states_[wanted.source->options().name];
    state.left_s -= wanted.span.length_s();
    std::erase_if(wanted_, [&](const Wanted& other) {
        if (other.slo != wanted.slo) return false;
        if (other.planned) state.left_s -= other.span.length_s();
        return true;
    });
    given_up_[wanted.source->options().name] = fmt::format("'{}': {}", wanted.slo.value, reason);
}

BackfillState Backfill::state(const std::string& source) const {
    const std::lock_guard lock(mutex_);
    const auto known = states_.find(source);
    BackfillState state = known == states_.end() ? BackfillState{} : known->second;
    if (const auto given_up = given_up_.find(source); given_up != given_up_.end() && state.reason.empty())
        state.reason = given_up->second;
    return state;
}

}  // namespace qd::opsd
