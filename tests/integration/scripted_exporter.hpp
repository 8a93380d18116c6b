#pragma once
// An exporter that plays a script on the wall clock: a steady load, then errors, a restart, silence, answers
// that are none. What it has counted and whom it has told is known to the last event.

#include <cmath>
#include <map>
#include <mutex>
#include <vector>

#include "core/clock.hpp"
#include "http/server.hpp"

namespace qd::test {

/// Events so far, of a process that never restarts.
struct Load {
    std::int64_t good = 0, bad = 0, fast = 0, slow = 0;

    std::int64_t total() const { return good + bad; }
    Load operator-(const Load& other) const {
        return {good - other.good, bad - other.bad, fast - other.fast, slow - other.slow};
    }
    Load operator+(const Load& other) const {
        return {good + other.good, bad + other.bad, fast + other.fast, slow + other.slow};
    }
};

/// From `from_s` on (seconds of the script) these shares of all events fail, and are slow.
struct Stage {
    double from_s = 0;
    double bad = 0;
    double slow = 0;
};

enum class Behaviour { answers, fails, babbles, is_silent };

struct Incident {
    double from_s = 0;
    double until_s = 0;
    Behaviour behaviour = Behaviour::answers;
};

struct Script {
    double events_per_s = 0;
    std::vector<Stage> stages;
    std::vector<Incident> incidents;
    double restart_s = 0;  // the process begins anew with all counters at 0
};

/// A page that somebody has read.
struct Told {
    core::WallTime at{};
    Load counted;  // by this process and those before it
    bool restarted = false;
};

/// Counts once a second, at its whole seconds: whoever scrapes within a second reads the same, and what two
/// scrapers make of it can be compared to the last event. Thread-safe after start(). Metrics:
/// requests_total{route,code} and took_seconds (bounds 0.1 and +Inf).
class ScriptedExporter {
public:
    /// Every counter begins at this: nothing that the script counts is near zero before the restart.
    static constexpr std::int64_t before = 10'000;

    ScriptedExporter(Script script, const core::Clock& clock) : script_(std::move(script)), clock_(clock) {
        server_.route(http::Method::get, "/metrics",
                      [this](http::Request&& request, http::Responder&& responder) {
                          answer(std::string(request.headers.get("User-Agent")), std::move(responder));
                      });
    }
    ~ScriptedExporter() {
        release();
        server_.stop();
    }

    core::Result<> start() { return server_.start(); }
    std::string address() const { return server_.address(); }

    /// Nothing is counted before.
    void play(core::WallTime from) {
        const std::lock_guard lock(mutex_);
        begin_ = from;
    }
    double script_s(core::WallTime at) const { return double((at - begin_).count()) / 1000; }

    /// The pages that clients whose User-Agent begins so have got, in order.
    std::vector<Told> told(const std::string& agent) const {
        const std::lock_guard lock(mutex_);
        std::vector<Told> all;
        for (const auto& [name, pages] : told_)
            if (name.starts_with(agent)) all.insert(all.end(), pages.begin(), pages.end());
        return all;
    }
    /// All that the script has counted until then, read or not.
    Load counted_at(double script_s) const {
        double good = 0, bad = 0, fast = 0, slow = 0;
        for (std::size_t i = 0; i < script_.stages.size(); ++i) {
            const Stage& stage = script_.stages[i];
            const bool last = i + 1 == script_.stages.size();
            const double until_s = last ? script_s : std::min(script_.stages[i + 1].from_s, script_s);
            if (until_s <= stage.from_s) break;
            const double events = script_.events_per_s * (until_s - stage.from_s);
            bad += events * stage.bad, good += events * (1 - stage.bad);
            slow += events * stage.slow, fast += events * (1 - stage.slow);
        }
        return {std::llround(good), std::llround(bad), std::llround(fast), std::llround(slow)};
    }

    Load counted_before_restart() const { return counted_at(script_.restart_s); }

private:
    void answer(const std::string& agent, http::Responder&& responder) {
        const core::WallTime now = clock_.now();
        const std::lock_guard lock(mutex_);
        const double at_s = begin_ == core::WallTime{} ? -1 : std::floor(script_s(now));
        for (const Incident& incident : script_.incidents) {
            if (at_s < incident.from_s || at_s >= incident.until_s) continue;
            if (incident.behaviour == Behaviour::is_silent) return held_.push_back(std::move(responder));
            if (incident.behaviour == Behaviour::fails)
                return responder.send(http::Response::text(500, "out of memory\n"));
            // Begins as a page would, so that whoever counts as it reads counts too much.
            return responder.send(http::Response::text(
                200, "requests_total{route=\"/a\",code=\"200\"} 99999999\nrequests_total{route=\"/a\",co"));
        }
        const bool restarted = script_.restart_s > 0 && at_s >= script_.restart_s;
        const Load counted = counted_at(at_s);
        const std::int64_t base = restarted ? 0 : before;
        const Load shown = restarted ? counted - counted_at(script_.restart_s) : counted;
        // Older than any watch of it.
        const double started = restarted
                                   ? double(begin_.time_since_epoch().count()) / 1000 + script_.restart_s
                                   : double(created_.time_since_epoch().count()) / 1000 - 3600;
        told_[agent].push_back({now, counted, restarted});
        responder.send(http::Response::text(200, page(shown, base, started)));
    }

    static std::string page(const Load& load, std::int64_t base, double started) {
        const std::int64_t a = load.good * 3 / 4, failed = load.bad * 2 / 3;
        return fmt::format(
            "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds {:.3f}\n"
            "# TYPE requests_total counter\n"
            "requests_total{{route=\"/a\",code=\"200\"}} {}\nrequests_total{{route=\"/b\",code=\"404\"}} {}\n"
            "requests_total{{route=\"/a\",code=\"503\"}} {}\nrequests_total{{route=\"/b\",code=\"504\"}} {}\n"
            "requests_total{{route=\"/-/healthy\",code=\"200\"}} {}\n"
            "# TYPE took_seconds histogram\ntook_seconds_bucket{{route=\"/a\",le=\"0.1\"}} {}\n"
            "took_seconds_bucket{{route=\"/a\",le=\"+Inf\"}} {}\ntook_seconds_sum{{route=\"/a\"}} 1\n"
            "took_seconds_count{{route=\"/a\"}} {}\n",
            started, base + a, base + load.good - a, base + failed, base + load.bad - failed,
            7 * (base + load.total()), base + load.fast, base + load.fast + load.slow,
            base + load.fast + load.slow);
    }

    void release() {
        const std::lock_guard lock(mutex_);
        held_.clear();
    }

    const Script script_;
    const core::Clock& clock_;
    const core::WallTime created_ = clock_.now();
    mutable std::mutex mutex_;
    core::WallTime begin_{};
    std::map<std::string, std::vector<Told>> told_;
    std::vector<http::Responder> held_;
    http::Server server_{http::ServerOptions{}};
};

}  // namespace qd::test
