#include "player/beacon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <mutex>

#include "telemetry/json_text.hpp"

namespace qd::player {
namespace chr = std::chrono;
namespace {

constexpr chr::milliseconds answer_expected{500};  // an answer that takes longer is not waited for at the end
constexpr chr::seconds longest_hold{300};
constexpr std::size_t most_error_kinds = 16;

class Object {
public:
    void text(std::string_view key, std::string_view value) {
        name(key);
        telemetry::append_json_string(out_, value);
    }
    void number(std::string_view key, double value) {
        name(key);
        telemetry::append_json_number(out_, value);
    }
    void count(std::string_view key, std::uint64_t value) {
        name(key);
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }
    void maybe(std::string_view key, std::optional<double> value) {
        if (value) return number(key, *value);
        name(key);
        out_ += "null";
    }
    void object(std::string_view key, Object value) {
        name(key);
        out_ += std::move(value).take();
    }
    std::string take() && { return out_ + "}"; }

private:
    void name(std::string_view key) {
        if (out_.size() > 1) out_ += ',';
        telemetry::append_json_string(out_, key);
        out_ += ':';
    }
    std::string out_ = "{";
};

core::Seconds retry_after(const http::Headers& headers) {
    const std::string_view text = headers.get("Retry-After");
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size()) return core::Seconds(0);
    return core::Seconds(std::min<unsigned>(seconds, unsigned(longest_hold.count())));
}

}  // namespace

std::string_view to_string(BeaconState state) {
    switch (state) {
        case BeaconState::starting:
            return "starting";
        case BeaconState::playing:
            return "playing";
        case BeaconState::stalled:
            return "stalled";
        case BeaconState::paused:
            return "paused";
        case BeaconState::ended:
            return "ended";
        case BeaconState::stopped:
            return "stopped";
        case BeaconState::failed:
            return "failed";
        case BeaconState::start_failure:
            return "start_failure";
        case BeaconState::exit_before_start:
            return "exit_before_start";
    }
    return "starting";
}

bool is_final(BeaconState state) {
    return state >= BeaconState::ended;
}

BeaconState beacon_state(const Qoe& qoe, bool paused) {
    switch (qoe.outcome) {
        case Outcome::running:
            break;
        case Outcome::ended:
            return BeaconState::ended;
        case Outcome::stopped:
            return BeaconState::stopped;
        case Outcome::exit_before_start:
            return BeaconState::exit_before_start;
        case Outcome::start_failure:
            return BeaconState::start_failure;
        case Outcome::failed:
            return BeaconState::failed;
    }
    if (paused) return BeaconState::paused;
    if (!qoe.startup) return BeaconState::starting;
    return qoe.stalled_now ? BeaconState::stalled : BeaconState::playing;
}

std::string to_json(const Beacon& beacon) {
    const Qoe& qoe = beacon.qoe;
    Object json;
    json.text("session_id", beacon.labels.session_id);
    json.text("title", beacon.labels.title);
    json.text("client", beacon.labels.client);
    json.count("seq", beacon.seq);
    json.count("acked", beacon.acked);
    json.text("state", to_string(beacon.state));
    json.text("at", core::format_rfc3339(beacon.at));
    json.maybe("startup_s", qoe.startup ? std::optional(qoe.startup->count()) : std::nullopt);
    json.number("watched_s", qoe.watched.count());
    json.number("stalled_s", qoe.stalled.count());
    json.count("stalls", qoe.stalls);
    json.number("media_played_s", qoe.media_played.count());
    json.maybe("average_bps", qoe.average_bps());
    json.count("switches", qoe.switches());
    Object dropped;
    dropped.count("early", qoe.frames_dropped_early);
    dropped.count("late", qoe.frames_dropped_late);
    json.object("dropped", std::move(dropped));
    json.count("skipped", qoe.skipped_segments);
    Object errors;
    std::size_t kinds = 0;
    for (const auto& [kind, count] : qoe.errors_by_kind)
        if (++kinds <= most_error_kinds) errors.count(kind, count);
    json.object("errors", std::move(errors));
    return std::move(json).take();
}

bool BeaconSchedule::due(BeaconState state, core::SteadyTime now) const {
    if (!last_state_) return true;
    if (is_final(*last_state_)) return false;
    if (is_final(state)) return true;
    if (now < held_until_) return false;
    const core::Seconds since = now - last_at_;
    return since >= timing_.heartbeat || (state != *last_state_ && since >= timing_.min_gap);
}

void BeaconSchedule::sent(BeaconState state, core::SteadyTime now) {
    last_state_ = state;
    last_at_ = now;
}

class BeaconSender::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Transport& transport, const core::Clock& clock, BeaconLabels labels, BeaconOptions options)
        : transport_(transport),
          clock_(clock),
          labels_(std::move(labels)),
          options_(std::move(options)),
          schedule_(options_.timing) {}

    void update(const Qoe& qoe, bool paused) {
        std::unique_lock lock(mutex_);
        if (stats_.unsupported) return;
        latest_ = qoe;
        state_ = beacon_state(qoe, paused);
        const core::SteadyTime now = clock_.steady_now();
        if (!schedule_.due(state_, now)) return;
        if (!stats_.in_flight) return send(now, lock);
        if (!is_final(state_) || !ticket_ || now - sent_at_ < answer_expected) return;
        const auto ticket = *ticket_;
        lock.unlock();
        transport_.cancel(ticket);
    }

    BeaconStats stats() const {
        const std::lock_guard lock(mutex_);
        return stats_;
    }

private:
    /// Unlocks: a client that is ending refuses from within its send().
    void send(core::SteadyTime now, std::unique_lock<std::mutex>& lock) {
        const std::uint64_t seq = ++seq_;
        http::ClientRequest request;
        request.method = http::Method::post;
        request.url = fmt::format("{}/api/v1/analytics/playback?s={}", options_.gateway,
                                  http::percent_encode(labels_.session_id));
        request.headers = options_.headers;
        request.headers.set("Content-Type", "application/json");
        request.body = to_json(Beacon{labels_, seq, acked_, state_, clock_.now(), latest_});
        request.timeout = is_final(state_) ? options_.last_timeout : options_.timeout;
        request.connect_timeout = std::min(request.connect_timeout, request.timeout);
        request.max_body_bytes = 64u << 10;
        schedule_.sent(state_, now);
        sent_at_ = now;
        ticket_.reset();
        ++stats_.sent;
        stats_.in_flight = true;
        lock.unlock();
        const auto ticket = transport_.send(
            std::move(request),
            [self = shared_from_this(), seq](auto response) { self->answered(seq, std::move(response)); });
        lock.lock();
        if (stats_.in_flight && seq == seq_) ticket_ = ticket;
    }

    void answered(std::uint64_t seq, core::Result<http::ClientResponse> response) {
        std::unique_lock lock(mutex_);
        stats_.in_flight = false;
        ticket_.reset();
        const core::SteadyTime now = clock_.steady_now();
        if (response && response->status >= 200 && response->status < 300) {
            ++stats_.accepted;
            stats_.last_error.clear();
            acked_ = std::max(acked_, seq);
        } else {
            ++stats_.dropped;
            stats_.last_error = response ? fmt::format("the platform answered {}", response->status)
                                         : response.error().message;
            if (response) refused(response->status, retry_after(response->headers), now);
        }
        if (!stats_.unsupported && schedule_.due(state_, now)) send(now, lock);
    }

    void refused(unsigned status, core::Seconds wait, core::SteadyTime now) {
        if (status == 404 || status == 405 || status == 501) stats_.unsupported = true;
        if (status == 429 || status == 503) schedule_.hold_until(core::after(now, wait));
    }

    Transport& transport_;
    const core::Clock& clock_;
    const BeaconLabels labels_;
    const BeaconOptions options_;

    mutable std::mutex mutex_;
    BeaconSchedule schedule_;
    Qoe latest_;
    BeaconState state_ = BeaconState::starting;
    std::uint64_t seq_ = 0;
    std::uint64_t acked_ = 0;
    core::SteadyTime sent_at_{};
    std::optional<http::Client::Ticket> ticket_;  // of what is in flight, once known
    BeaconStats stats_;
};

BeaconSender::BeaconSender(Transport& transport, const core::Clock& clock, BeaconLabels labels,
                           BeaconOptions options)
    : impl_(std::make_shared<Impl>(transport, clock, std::move(labels), std::move(options))) {}
void BeaconSender::update(const Qoe& qoe, bool paused) {
    impl_->update(qoe, paused);
}
BeaconStats BeaconSender::stats() const {
    return impl_->stats();
}

}  // namespace qd::player
