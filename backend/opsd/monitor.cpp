#include "opsd/monitor.hpp"

#include <nlohmann/json.hpp>

#include "slo/codec.hpp"

namespace qd::opsd {
namespace {

constexpr std::int64_t flush_every_ticks = 5;
constexpr std::size_t max_untold = 2'000;

/// Nothing was wrong but the alert itself: told again it would be refused again.
bool is_refusal(core::Errc code) {
    return code == core::Errc::invalid_argument || code == core::Errc::conflict ||
           code == core::Errc::too_large;
}

std::int64_t second_of(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace

Monitor::Monitor(Context& context, SiteDirectory& directory, timeseries::Store& store, StateFile* database)
    : context_(context),
      directory_(directory),
      store_(store),
      database_(database),
      scraper_(context.client(), context.clock()) {
    // Before the first round: what was saved, as old as it is.
    const auto readings = store_.readings();
    for (const slo::Objective& objective : store_.objectives()) {
        evaluators_.emplace_back(objective);
        const auto& reading = readings[statuses_.size()];
        statuses_.push_back(slo::Evaluator(objective).evaluate(reading, second_of(context.clock().now())));
    }
}

core::Result<> Monitor::restore() {
    if (!database_) return {};
    auto known = database_->alerts();
    if (!known) return core::Failure(known.error());
    std::vector<slo::Alert> ended;
    {
        const std::lock_guard lock(mutex_);
        ended = tracker_.restore(std::move(*known), store_.objectives(), context_.clock().now());
        // The process may have ended between saving an alert and handing it on.
        const auto known_now = tracker_.all();
        untold_.assign(known_now.rbegin(), known_now.rend());
        evaluators_.clear();
        for (const slo::Objective& objective : store_.objectives())
            evaluators_.emplace_back(objective, tracker_.firing_rows(objective),
                                     tracker_.absent_fires(objective));
    }
    if (!ended.empty()) return database_->save(ended);
    return {};
}

void Monitor::start() {
    thread_ = std::thread([this] {
        core::name_this_thread("opsd-tick");
        std::unique_lock lock(run_mutex_);
        while (!stopping_) {
            lock.unlock();
            tick();
            lock.lock();
            const auto into_second = context_.clock().now().time_since_epoch() % std::chrono::seconds(1);
            auto wait = std::chrono::milliseconds(500) - into_second;
            if (wait <= std::chrono::milliseconds(250)) wait += std::chrono::seconds(1);
            wake_.wait_for(lock, wait, [this] { return stopping_; });
        }
    });
}

void Monitor::stop() {
    {
        const std::lock_guard lock(run_mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    flush();
}

std::vector<timeseries::Target> Monitor::targets() const {
    std::vector<timeseries::Target> targets;
    for (const site::ProcessInfo& process : directory_.now().processes)
        // One that starts has no metrics yet; one that has crashed is missed.
        if (!process.metrics.empty() && process.state != site::ProcessState::starting)
            targets.push_back({process.instance, process.metrics});
    return targets;
}

void Monitor::tick() {
    const auto began = std::chrono::steady_clock::now();
    const auto round = scraper_.scrape(targets());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    store_.ingest(round);
    if (sources_) sources_->deliver();
    evaluate();
    if (++ticks_ % flush_every_ticks == 0) flush();
    if (tick_listener_) tick_listener_();
    context_.metrics().gauge("opsd_scrape_round_seconds", "Time to read all targets once.").Set(took.count());
    context_.metrics().gauge("opsd_targets", "Processes that are scraped.").Set(double(round.size()));
    context_.metrics().counter("opsd_rounds_total", "Rounds of scrapes.").Increment();
}

void Monitor::evaluate() {
    const core::WallTime now = context_.clock().now();
    auto readings = store_.readings();
    if (readings.size() > evaluators_.size()) adopt_groups();
    std::vector<slo::Status> statuses;
    std::vector<slo::Alert> changes;
    nlohmann::json compact = nlohmann::json::array();
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < readings.size(); ++i) {
            if (sources_) sources_->annotate(evaluators_[i].objective(), readings[i]);
            statuses.push_back(evaluators_[i].evaluate(readings[i], second_of(now)));
            compact.push_back(slo::to_compact_json(statuses.back()));
            for (slo::Alert& change : tracker_.update(statuses.back(), now))
                changes.push_back(std::move(change));
        }
        statuses_ = std::move(statuses);
        evaluated_ = true;
    }
    context_.publish("slo", "*", {{"slos", std::move(compact)}});
    apply(changes);
}

void Monitor::adopt_groups() {
    const auto objectives = store_.objectives();
    for (std::size_t i = evaluators_.size(); i < objectives.size(); ++i) {
        evaluators_.emplace_back(objectives[i]);
        if (sources_) sources_->adopt(objectives[i]);
    }
}

void Monitor::apply(const std::vector<slo::Alert>& changes) {
    unsaved_.insert(unsaved_.end(), changes.begin(), changes.end());
    if (database_ && !unsaved_.empty()) {
        const auto saved = database_->save(unsaved_);
        if (saved)
            unsaved_.clear();
        else
            context_.log().error("alerts cannot be saved", {{"error", saved.error().message}});
    }
    for (const slo::Alert& alert : changes) {
        context_.log().warning(alert.state == slo::AlertState::firing ? "alert started" : "alert ended",
                               {{"alert", alert.id.value}, {"reason", alert.reason}});
        context_.publish("alert", alert.id.value, slo::to_json(alert));
        untold_.push_back(alert);
    }
    tell();
}

void Monitor::tell() {
    if (!listener_) return untold_.clear();
    while (!untold_.empty()) {
        const auto taken = listener_(untold_.front());
        if (!taken && is_refusal(taken.error().code)) {
            context_.log().error("an alert was refused; those behind it go on",
                                 {{"alert", untold_.front().id.value}, {"error", taken.error().message}});
        } else if (!taken) {
            context_.log().error("an alert cannot be handed on; it is tried again",
                                 {{"alert", untold_.front().id.value}, {"error", taken.error().message}});
            // In order, so that no end is told before its beginning.
            while (untold_.size() > max_untold) untold_.pop_front();
            return;
        }
        untold_.pop_front();
    }
}

void Monitor::flush() {
    if (const auto saved = store_.flush(); !saved)
        context_.log().error("counters cannot be saved; they are kept in memory",
                             {{"error", saved.error().message}});
}

std::vector<slo::Status> Monitor::statuses() const {
    const std::lock_guard lock(mutex_);
    return statuses_;
}

std::vector<slo::Alert> Monitor::alerts() const {
    const std::lock_guard lock(mutex_);
    return tracker_.all();
}

core::Result<> Monitor::ready() const {
    const std::lock_guard lock(mutex_);
    if (evaluated_) return {};
    return core::fail(core::Errc::unavailable, "no round of scrapes has ended yet");
}

}  // namespace qd::opsd
