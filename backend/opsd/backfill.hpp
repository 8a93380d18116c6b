#pragma once
// The past of objectives that read a source: fetched in the background where nothing was counted live, the
// newest first, a day at a time, and never for more than a quarter of the time. What has been fetched is in
// the counters' file: a restart asks only for what is still missing.

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "opsd/context.hpp"
#include "prometheus/source.hpp"
#include "slo/calendar.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// Of one source.
struct BackfillState {
    std::int64_t left_s = 0;    // of all its objectives, known to be missing and still to be asked for
    std::int64_t filled_s = 0;  // since the start
    std::string reason;         // why some of it cannot be had; empty: nothing is known to be wrong

    bool operator==(const BackfillState&) const = default;
};

/// Thread-safe, but for step(). Thread: "opsd-backfill" after start().
class Backfill {
public:
    /// Answers about the last moments may lack what is still being scraped.
    static constexpr std::chrono::seconds settle{90};

    /// All that is passed outlives it, sources included.
    Backfill(Context& context, timeseries::Store& store) : context_(context), store_(store) {}
    ~Backfill() { stop(); }

    void start();
    /// Sources must have been stopped: a question is waited for.
    void stop();

    /// The objective was not counted live from `from` to `to`.
    void want(prometheus::Source& source, const slo::Objective& objective, core::WallTime from,
              core::WallTime to);
    /// Asks for the next day that is missing and due. False when there is none.
    bool step();

    BackfillState state(const std::string& source) const;

private:
    struct Wanted {
        prometheus::Source* source = nullptr;
        slo::SloId slo;
        slo::Indicator indicator;
        slo::Span span;
        core::WallTime not_before{};
        bool planned = false;  // `span` is a gap of at most a day; else a span that may hold gaps
        int partial_answers = 0;
    };

    void run();
    std::optional<Wanted> take();
    void plan(const Wanted& wanted);
    void fetch(Wanted wanted);
    void postpone(Wanted wanted, std::chrono::seconds by, std::string reason);
    /// Nothing more of this objective is asked for.
    void give_up(const Wanted& wanted, std::string reason);

    Context& context_;
    timeseries::Store& store_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Wanted> wanted_;
    std::map<std::string, BackfillState> states_;
    std::map<std::string, std::string> given_up_;  // the last reason, by source
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace qd::opsd
