#pragma once
// opsd's heartbeat: each second it scrapes every process at once, moves the counters on, evaluates every
// objective, starts and ends alerts, and tells everybody.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "opsd/context.hpp"
#include "opsd/site_directory.hpp"
#include "opsd/source_desk.hpp"
#include "opsd/state_file.hpp"
#include "slo/alert.hpp"
#include "timeseries/scraper.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// Thread-safe, but for tick(): one thread at a time. Thread: "opsd-tick" after start().
class Monitor {
public:
    /// An alert has started or ended; called on the ticking thread without a lock, after it was saved and
    /// published. What fails is told again at the next tick, but for what is refused (invalid, in conflict,
    /// too large); and after a restart everything that is known: the listener must not mind hearing the same
    /// twice.
    using AlertListener = std::function<core::Result<>(const slo::Alert&)>;

    /// `database` may be null (tests): alerts are then not kept. All that is passed outlives the monitor.
    Monitor(Context& context, SiteDirectory& directory, timeseries::Store& store, StateFile* database);
    ~Monitor() { stop(); }

    /// Whose answers each tick counts and whose troubles it tells; before the first tick. It outlives the
    /// monitor.
    void set_sources(SourceDesk& sources) { sources_ = &sources; }
    /// Takes up the alerts of the last run. Before the first tick.
    core::Result<> restore();
    void on_alert(AlertListener listener) { listener_ = std::move(listener); }
    /// Runs at the end of every tick.
    void on_tick(std::function<void()> listener) { tick_listener_ = std::move(listener); }

    /// Ticks in the middle of each second of the wall clock, so that a late tick stays within its second.
    void start();
    void stop();
    /// One second's work; takes up to the scrape's timeout. Counters are saved every few ticks.
    void tick();

    std::vector<slo::Status> statuses() const;
    std::vector<slo::Alert> alerts() const;
    /// A tick has gone through; what /-/ready asks.
    core::Result<> ready() const;

private:
    std::vector<timeseries::Target> targets() const;
    void adopt_groups();
    void evaluate();
    void apply(const std::vector<slo::Alert>& changes);
    void tell();
    void flush();

    Context& context_;
    SiteDirectory& directory_;
    timeseries::Store& store_;
    StateFile* database_;
    SourceDesk* sources_ = nullptr;
    timeseries::Scraper scraper_;
    AlertListener listener_;
    std::function<void()> tick_listener_;
    std::vector<slo::Evaluator> evaluators_;  // of the ticking thread
    std::vector<slo::Alert> unsaved_;         // alerts that the file would not take yet
    std::deque<slo::Alert> untold_;           // those that the listener has not taken yet, the oldest first
    std::int64_t ticks_ = 0;

    mutable std::mutex mutex_;
    slo::AlertTracker tracker_;
    std::vector<slo::Status> statuses_;
    bool evaluated_ = false;

    std::mutex run_mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace qd::opsd
