#pragma once
// Watches a little of what each arm shows, and compares it with what the stable path shows: a version that
// answers 200 with a broken picture is found by nothing else.
//
// It comes as sessions of its own, drawn to the arms as any viewer's session is: nothing is forced, so that
// the split stays what it is and an abort holds for it too.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "http/interruptible.hpp"
#include "viewers/viewer_metrics.hpp"

namespace qd::viewers {

struct ProbeOptions {
    std::string gateway;  // base URL
    std::uint64_t seed = 1;
    std::chrono::milliseconds every{2'000};
    unsigned draws = 4;                 // new sessions tried for an arm without one, each time
    std::function<bool()> wanted = {};  // asked before each look of run(); thread-safe; empty: always
};

/// Runs on a thread of its own ("pictures"), at low priority.
class PictureProbe {
public:
    /// Both outlive it.
    PictureProbe(http::Client& client, ViewerMetrics& metrics, ProbeOptions options);
    ~PictureProbe();
    PictureProbe(const PictureProbe&) = delete;
    PictureProbe& operator=(const PictureProbe&) = delete;

    /// One look; what run() does again and again. Blocks. Arms without a session drawn to them are left out.
    void look();
    void run();

private:
    struct Watched {
        std::shared_ptr<const std::string> init, segment;
    };

    core::Result<std::string> fetch(const std::string& url, const std::string& session,
                                    const std::string& arm);
    /// The arm that a new session is drawn to, if it is one to compare.
    void draw(const std::string& title);
    core::Result<Watched> watch(const std::string& title, const std::string& session, const std::string& arm,
                                double where);
    core::Result<std::string> choose_title();

    ViewerMetrics& metrics_;
    const ProbeOptions options_;
    core::SeededRandom random_;
    http::Interruptible calls_;
    std::map<std::string, std::string> sessions_;  // by arm
    std::string last_arm_;                         // of the last answer
    std::atomic<bool> stopping_{false};
    std::jthread thread_;
};

}  // namespace qd::viewers
