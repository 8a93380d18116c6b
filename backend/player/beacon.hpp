#pragma once
// How a playback went, told to the platform: what is said and when (pure), and the sender. The numbers are
// those of Qoe, cumulative from the playback request on; the platform takes the differences.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "player/qoe.hpp"
#include "player/transport.hpp"

namespace qd::player {

enum class BeaconState {
    starting,  // requested, no frame yet
    playing,
    stalled,
    paused,
    // Final: nothing follows.
    ended,
    stopped,
    failed,
    start_failure,
    exit_before_start,
};
std::string_view to_string(BeaconState state);
bool is_final(BeaconState state);
BeaconState beacon_state(const Qoe& qoe, bool paused = false);

struct BeaconLabels {
    std::string session_id;  // 1 to 64 letters, digits, '-', '_': the one in CMCD's sid and ?s=
    std::string title;       // the video's id; at most 64 bytes, may be empty
    std::string client;      // "console", "viewer" or "external"
};

/// One report. JSON:
/// {"session_id","title","client","seq","acked","state","at","startup_s","watched_s","stalled_s",
/// "stalls","media_played_s","average_bps","switches","dropped":{"early","late"},"skipped","errors":{kind:n}};
/// startup_s is null before the first frame and average_bps before any media: neither is ever 0 for "none".
struct Beacon {
    BeaconLabels labels;
    std::uint64_t seq = 1;    // from 1, one more with each that is sent
    std::uint64_t acked = 0;  // the last one that the platform said it has; 0: none
    BeaconState state = BeaconState::starting;
    core::WallTime at{};
    Qoe qoe;
};
std::string to_json(const Beacon& beacon);

struct BeaconTiming {
    core::Seconds heartbeat{10};  // no silence is longer
    core::Seconds min_gap{1};     // changes within it go together; the first and the last one do not wait
};

/// When to send. Pure; not thread-safe.
class BeaconSchedule {
public:
    explicit BeaconSchedule(BeaconTiming timing = {}) : timing_(timing) {}

    /// Is a beacon due at `now`, with the player in this state?
    bool due(BeaconState state, core::SteadyTime now) const;
    void sent(BeaconState state, core::SteadyTime now);
    /// Nothing but the last one before that: the platform asked for a pause.
    void hold_until(core::SteadyTime at) { held_until_ = at; }

private:
    BeaconTiming timing_;
    std::optional<BeaconState> last_state_;
    core::SteadyTime last_at_{};
    core::SteadyTime held_until_{};
};

struct BeaconOptions {
    std::string gateway;    // origin of the platform, "http://127.0.0.1:4242"
    http::Headers headers;  // sent along: those the session sends to that origin (a forced arm and its token)
    BeaconTiming timing;
    std::chrono::milliseconds timeout{5'000};
    std::chrono::milliseconds last_timeout{1'500};  // of the last one: whoever closes is not kept
};

struct BeaconStats {
    std::uint64_t sent = 0;      // attempts
    std::uint64_t accepted = 0;  // 2xx
    std::uint64_t dropped = 0;   // no answer, or a refusal; the next one tells what this one would have
    bool in_flight = false;
    bool unsupported = false;  // 404, 405 or 501: this platform takes none, and is not asked again
    std::string last_error;    // why the last one was dropped; empty when it was not
};

/// Sends to POST <gateway>/api/v1/analytics/playback. Never blocks and never retries: one is under way at a
/// time, the next tells more. Thread-safe. The last one lives on without this object; the transport ends it
/// at the latest.
class BeaconSender {
public:
    /// The transport and the clock outlive the answers.
    BeaconSender(Transport& transport, const core::Clock& clock, BeaconLabels labels, BeaconOptions options);
    BeaconSender(const BeaconSender&) = delete;
    BeaconSender& operator=(const BeaconSender&) = delete;

    /// How it goes now. To be called about once a second and at each change; most calls send nothing. A final
    /// outcome sends the last beacon, once; later calls do nothing.
    void update(const Qoe& qoe, bool paused = false);

    BeaconStats stats() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::player
