#include "notify/notifier.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "notify/messages.hpp"
#include "notify/retry.hpp"

namespace qd::notify {
namespace {

constexpr std::size_t most_at_once = 4;  // to one destination
// Outlives the longest transfer, so that no entry is sent twice at a time.
constexpr std::chrono::minutes send_lease{5};
constexpr std::int64_t tidy_every_ticks = 60;

}  // namespace

struct Notifier::Impl : std::enable_shared_from_this<Notifier::Impl> {
    Impl(Parts given, std::vector<Destination> list) : parts(given), destinations(std::move(list)) {}

    /// Of an entry that was claimed for it: there is one.
    const Destination& find(const std::string& name) const {
        return *std::find_if(destinations.begin(), destinations.end(),
                             [&](const Destination& one) { return one.name == name; });
    }

    /// A lost note costs a repetition, nothing else: the entry's lease runs out and it is sent again.
    void note(const core::Result<>& noted, const Entry& entry) {
        if (noted) return;
        parts.log.error("the outbox cannot note what became of an entry",
                        {{"destination", entry.destination}, {"error", noted.error().message}});
    }

    /// On the executor.
    void work(bool tidy) {
        if (tidy)
            if (const auto tidied = parts.outbox.tidy(); !tidied)
                parts.log.error("the outbox cannot be tidied", {{"error", tidied.error().message}});
        for (const Destination& destination : destinations) pump(destination);
        working = false;
    }

    /// On the executor: begins what is due for one destination, as far as it has places free.
    void pump(const Destination& destination) {
        const std::lock_guard one_at_a_time(pump_mutex);
        std::size_t places = 0;
        {
            const std::lock_guard lock(mutex);
            if (!stopping) places = most_at_once - std::min(most_at_once, to[destination.name]);
        }
        if (places == 0) return;
        const auto due = parts.outbox.claim(destination.name, places, send_lease);
        if (!due)
            return parts.log.error("the outbox cannot be read; it is tried again",
                                   {{"error", due.error().message}});
        for (const Entry& entry : *due) {
            auto request = request_for(destination, entry.notice, parts.clock.now());
            if (request)
                begin(entry, std::move(*request));
            else
                put_back(entry, request.error().message);
        }
    }

    void begin(const Entry& entry, http::ClientRequest request) {
        const auto head_status = std::make_shared<std::atomic<unsigned>>(0);
        request.on_head = [head_status](unsigned status, const http::Headers&) { *head_status = status; };
        // The callback cannot run to its end before the ticket is noted.
        const std::lock_guard lock(mutex);
        if (stopping) return;
        ++to[entry.destination];
        running[entry.id] = parts.client.send(
            std::move(request), [this, entry, head_status](core::Result<http::ClientResponse> response) {
                // `this` lives: stop() waits for every callback.
                ended(entry, judge(response, *head_status));
            });
    }

    void ended(const Entry& entry, Outcome outcome) {
        const std::lock_guard lock(mutex);
        running.erase(entry.id);
        --to[entry.destination];
        if (!stopping)
            parts.executor.post([self = weak_from_this(), entry, outcome = std::move(outcome)] {
                if (const auto alive = self.lock()) alive->conclude(entry, outcome);
            });
        if (running.empty()) none_left.notify_all();
    }

    /// On the executor.
    void conclude(const Entry& entry, const Outcome& outcome) {
        const Destination& destination = find(entry.destination);
        if (outcome.verdict == Verdict::accepted) {
            std::optional<std::chrono::milliseconds> resend;
            if (destination.resends()) resend = destination.resend;
            note(parts.outbox.accepted(entry, resend), entry);
        } else if (outcome.verdict == Verdict::refused) {
            parts.log.error("an alert was refused", {{"destination", entry.destination},
                                                     {"alert", entry.notice.alert_id},
                                                     {"error", outcome.error}});
            note(parts.outbox.refused(entry, outcome.error), entry);
        } else {
            put_back(entry, outcome.error);
        }
        pump(destination);
    }

    void put_back(const Entry& entry, const std::string& error) {
        if (entry.failures == 0)
            parts.log.warning(
                "an alert could not be sent; it is tried again",
                {{"destination", entry.destination}, {"alert", entry.notice.alert_id}, {"error", error}});
        note(parts.outbox.retry(entry, error, retry_delay(entry.failures + 1, parts.random)), entry);
    }

    const Parts parts;
    const std::vector<Destination> destinations;
    std::atomic<bool> working{false};
    std::atomic<std::int64_t> ticks{0};

    std::mutex pump_mutex;  // before `mutex`
    std::mutex mutex;
    std::condition_variable none_left;
    bool stopping = false;
    std::map<std::uint64_t, http::Client::Ticket> running;  // by entry
    std::map<std::string, std::size_t> to;                  // transfers by destination
};

Notifier::Notifier(Parts parts, std::vector<Destination> destinations)
    : impl_(std::make_shared<Impl>(parts, std::move(destinations))) {}

Notifier::~Notifier() {
    stop();
}

const std::vector<Destination>& Notifier::destinations() const {
    return impl_->destinations;
}

core::Result<> Notifier::settle(const std::vector<std::string>& firing) {
    std::vector<std::string> names;
    for (const Destination& destination : impl_->destinations) names.push_back(destination.name);
    return impl_->parts.outbox.settle(names, firing);
}

core::Result<> Notifier::notify(const Notice& notice) {
    std::vector<std::string> names;
    for (const Destination& destination : impl_->destinations)
        if (destination.takes(notice.severity)) names.push_back(destination.name);
    if (names.empty()) return {};
    const auto added = impl_->parts.outbox.add(notice, names);
    if (!added) return core::Failure(added.error());
    if (added->dropped > 0)
        impl_->parts.log.error("the outbox is full: the oldest entries were dropped",
                               {{"dropped", std::uint64_t(added->dropped)}});
    return {};
}

void Notifier::tick() {
    if (impl_->destinations.empty() || impl_->working.exchange(true)) return;
    const bool tidy = impl_->ticks.fetch_add(1) % tidy_every_ticks == 0;
    impl_->parts.executor.post([self = std::weak_ptr(impl_), tidy] {
        if (const auto alive = self.lock()) alive->work(tidy);
    });
}

void Notifier::stop() {
    std::unique_lock lock(impl_->mutex);
    impl_->stopping = true;
    for (const auto& [entry, ticket] : impl_->running) impl_->parts.client.cancel(ticket);
    impl_->none_left.wait(lock, [&] { return impl_->running.empty(); });
}

}  // namespace qd::notify
