#pragma once
// A lockstep with two screens, and all that it needs.

#include <QtTest>
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backend/decode/title_site.hpp"
#include "compare/lockstep.hpp"

namespace qd::test {

struct Services {
    core::SystemClock clock;
    core::SeededRandom random{1};
    core::ThreadPool pool{1, "timers"};
    http::Client client_a, client_b;
    player::HttpTransport transport_a{client_a}, transport_b{client_b};

    operator compare::CompareServices() { return {transport_a, transport_b, pool, clock, random}; }
};

struct Stage {
    explicit Stage(decode::AudioSink* audio = nullptr, compare::LockstepOptions options = {}) {
        compare::LockstepCallbacks callbacks;
        callbacks.on_state = [this](decode::PlaybackState state) {
            const std::lock_guard lock(mutex);
            states.push_back(state);
            changed.notify_all();
        };
        callbacks.on_notice = [this](const std::string& text) {
            const std::lock_guard lock(mutex);
            notices.push_back(text);
        };
        lockstep = std::make_unique<compare::Lockstep>(services, sink_a, sink_b, audio, options,
                                                       std::move(callbacks));
        lockstep->set_output_size(160, 90);
    }
    /// Faster where only the end counts.
    void play(compare::Both<compare::SideOptions> what, double rate = 1) {
        lockstep->set_rate(rate);
        lockstep->play(std::move(what.a), std::move(what.b));
    }
    bool wait_for(decode::PlaybackState state, int seconds = 60) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(seconds),
                                [&] { return !states.empty() && states.back() == state; });
    }
    bool was(decode::PlaybackState state) {
        const std::lock_guard lock(mutex);
        return std::find(states.begin(), states.end(), state) != states.end();
    }
    bool until(const std::function<bool()>& condition) { return QTest::qWaitFor(condition, 60'000); }
    std::uint32_t shown(const CollectingSink& sink) {
        const auto seen = sink.seen();
        return seen.empty() || !seen.back().frame.frame_number ? 99'999 : *seen.back().frame.frame_number;
    }
    /// Pauses, goes one picture on, and both sides show the same. Says what they show where they do not.
    bool in_step() {
        lockstep->pause();
        if (!wait_for(decode::PlaybackState::paused)) return false;
        const auto counts = std::pair(sink_a.count(), sink_b.count());
        lockstep->step(1);
        const bool same = until([&] {
            return std::pair(sink_a.count(), sink_b.count()) != counts && shown(sink_a) == shown(sink_b);
        });
        if (!same) qWarning("a shows %u, b %u", shown(sink_a), shown(sink_b));
        return same;
    }
    bool told(const std::string& part) {
        const std::lock_guard lock(mutex);
        return std::any_of(notices.begin(), notices.end(),
                           [&](const std::string& text) { return text.find(part) != std::string::npos; });
    }

    Services services;
    CollectingSink sink_a, sink_b;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<decode::PlaybackState> states;
    std::vector<std::string> notices;
    std::unique_ptr<compare::Lockstep> lockstep;
};

}  // namespace qd::test
