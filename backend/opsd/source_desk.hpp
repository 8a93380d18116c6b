#pragma once
// The Prometheus servers that objectives read: each is asked by a thread of its own, so that one that hangs
// holds nobody up, and the tick counts what has come. Their troubles become states of readings.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "opsd/backfill.hpp"
#include "opsd/context.hpp"
#include "prometheus/source.hpp"
#include "timeseries/store.hpp"

namespace qd::opsd {

/// One entry of GET /sources.
struct SourceView {
    std::string name;
    std::string kind;  // "scrape": the site's own; "prometheus"
    std::string url;   // empty: the site's processes
    std::string health;
    std::vector<std::string> reasons;
    std::optional<core::WallTime> since;  // of this health
    std::optional<core::WallTime> answered_at;
    std::optional<double> took_s;           // of the last answer
    std::optional<double> ahead_s;          // its clock minus ours
    std::vector<std::string> objectives;    // ids
    std::optional<BackfillState> backfill;  // of a source that has a past
};

/// Thread-safe, but for deliver() and annotate(), which belong to the ticking thread. Threads:
/// "opsd-source" for each source that an objective names, and "opsd-backfill", after start().
class SourceDesk {
public:
    /// All that is passed outlives the desk.
    SourceDesk(Context& context, timeseries::Store& store,
               const std::vector<prometheus::SourceOptions>& options);
    ~SourceDesk() { stop(); }

    void start();
    /// Ends what is being asked.
    void stop();

    /// Asks every source for the counters of all its objectives once, one after the other: what the threads
    /// do, for those who have none.
    void poll();
    /// Asks for the next day of the past that is missing. False when there is none.
    bool fill() { return backfill_.step(); }
    /// Hands what has come since the last time to the counters; after the round of the same tick.
    void deliver();
    /// A group of an objective that has a source was met: its past is asked for.
    void adopt(const slo::Objective& group);
    /// Writes into the reading of an objective what is wrong with its source.
    void annotate(const slo::Objective& objective, slo::Reading& reading) const;

    std::vector<SourceView> list() const;

private:
    struct Question {
        slo::Objective objective;
        std::string query;  // empty: `refused` says why there is none
        std::string refused;
        bool shared = false;                       // another objective asks the same
        std::string warning;                       // of the last answer: it may be a part only
        std::string uncounted;                     // what was wrong with its series when they were counted
        bool empty = false;                        // the last answer had no series
        std::optional<core::WallTime> counted_at;  // when there was one with some, the last time
    };
    struct Polled {
        Polled(const prometheus::SourceOptions& options, http::Client& client, const core::Clock& clock)
            : source(options, client, clock) {}

        prometheus::Source source;
        std::vector<Question> questions;  // with the lists below under the desk's mutex
        std::vector<timeseries::Feed> came;
        std::int64_t every_s = 1;  // how often it is really asked
        std::thread thread;
    };

    void run(Polled& polled);
    void ask_all(Polled& polled);
    /// False when the source itself failed: the other questions would fail like it.
    bool ask(Polled& polled, std::size_t question, std::map<std::string, prometheus::Answer>& known);
    void note_counted(Polled& polled, Question& question, core::WallTime at);
    /// Writes it into a question's remark, and into the log when it is new.
    void remark(const Question& question, std::string& place, std::string reason);
    void watch_site();

    Context& context_;
    timeseries::Store& store_;
    std::vector<std::unique_ptr<Polled>> polled_;
    std::map<std::string, Polled*> by_objective_;
    Backfill backfill_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    SourceView site_;
};

/// GET /sources.
void add_source_routes(http::Server& server, Context& context, const SourceDesk& desk);

}  // namespace qd::opsd
