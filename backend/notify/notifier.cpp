#include "notify/notifier.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "notify/mail.hpp"
#include "notify/messages.hpp"
#include "notify/retry.hpp"
#include "notify/smtp.hpp"

namespace qd::notify {
namespace {

constexpr std::size_t most_at_once = 4;  // to one destination
// Outlives the longest transfer, so that no entry is sent twice at a time.
constexpr std::chrono::minutes send_lease{5};
constexpr std::int64_t tidy_every_ticks = 60;

}  // namespace

struct Notifier::Impl : std::enable_shared_from_this<Notifier::Impl> {
    Impl(Parts given, std::vector<Destination> list) : parts(given), destinations(std::move(list)) {
        for (const Destination& destination : destinations)
            if (destination.kind == Kind::email) mail.try_emplace(destination.name);
    }

    /// Of an entry that was claimed for it: there is one.
    const Destination& find(const std::string& name) const {
        return *std::find_if(destinations.begin(), destinations.end(),
                             [&](const Destination& one) { return one.name == name; });
    }

    /// A lost note costs a repetition, nothing else: the entry's lease runs out and it is sent again.
    void note(const core::Result<>& noted, const Entry& entry) {
        if (changed) changed();
        if (noted) return;
        parts.log.error("the outbox cannot note what became of an entry",
                        {{"destination", entry.destination}, {"error", noted.error().message}});
    }

    /// On the executor.
    void work(bool tidy) {
        if (tidy)
            if (const auto tidied = parts.outbox.tidy(); !tidied)
                parts.log.error("the outbox cannot be tidied", {{"error", tidied.error().message}});
        if (tidy && changed) changed();  // it may have given up an entry
        for (const Destination& destination : destinations) pump(destination);
        working = false;
    }

    /// On the executor: begins what is due for one destination, as far as it has places free.
    void pump(const Destination& destination) {
        const std::lock_guard one_at_a_time(pump_mutex);
        std::size_t places = 0;
        {
            const std::lock_guard lock(mutex);
            // A mail's turn comes within its lease: they go one after the other.
            const std::size_t most = destination.kind == Kind::email ? 1 : most_at_once;
            if (!stopping) places = most - std::min(most, to[destination.name]);
        }
        if (places == 0) return;
        const auto due = parts.outbox.claim(destination.name, places, send_lease);
        if (!due)
            return parts.log.error("the outbox cannot be read; it is tried again",
                                   {{"error", due.error().message}});
        if (!due->empty() && changed) changed();
        for (const Entry& entry : *due) {
            if (destination.kind == Kind::email) {
                post(entry, destination.mail);
                continue;
            }
            auto request = request_for(destination, entry.message, parts.clock.now());
            if (request)
                begin(entry, std::move(*request));
            else
                put_back(entry, {Verdict::again, request.error().message});
        }
    }

    void post(const Entry& entry, const MailAccess& access) {
        {
            const std::lock_guard lock(mutex);
            if (stopping) return;
            ++to[entry.destination];
            ++posting;
        }
        mail.at(entry.destination).send(access, mail_of(access, entry), [this, entry](Outcome outcome) {
            // `this` lives: stop() waits for every callback.
            const std::lock_guard lock(mutex);
            --posting;
            ended(entry, std::move(outcome));
        });
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
                Outcome outcome = judge(response, *head_status);
                const std::lock_guard ending(mutex);
                running.erase(entry.id);
                ended(entry, std::move(outcome));
            });
    }

    /// With the lock held.
    void ended(const Entry& entry, Outcome outcome) {
        --to[entry.destination];
        if (!stopping)
            parts.executor.post([self = weak_from_this(), entry, outcome = std::move(outcome)] {
                if (const auto alive = self.lock()) alive->conclude(entry, outcome);
            });
        if (running.empty() && posting == 0) none_left.notify_all();
    }

    /// On the executor.
    void conclude(const Entry& entry, const Outcome& outcome) {
        const Destination& destination = find(entry.destination);
        if (outcome.verdict == Verdict::accepted) {
            std::optional<std::chrono::milliseconds> resend;
            if (destination.resends()) resend = destination.resend;
            note(parts.outbox.accepted(entry, resend), entry);
        } else if (outcome.verdict == Verdict::refused) {
            parts.log.error("a message was refused", {{"destination", entry.destination},
                                                      {"type", std::string(type_of(entry.message))},
                                                      {"message", id_of(entry.message)},
                                                      {"error", outcome.error}});
            note(parts.outbox.refused(entry, outcome.error), entry);
        } else {
            put_back(entry, outcome);
        }
        pump(destination);
    }

    void put_back(const Entry& entry, const Outcome& outcome) {
        if (entry.failures == 0)
            parts.log.warning("a message could not be sent; it is tried again",
                              {{"destination", entry.destination},
                               {"type", std::string(type_of(entry.message))},
                               {"message", id_of(entry.message)},
                               {"error", outcome.error}});
        std::chrono::milliseconds delay = retry_delay(entry.failures + 1, parts.random);
        if (outcome.not_before) delay = std::max<std::chrono::milliseconds>(delay, *outcome.not_before);
        note(parts.outbox.retry(entry, outcome.error, delay), entry);
    }

    core::Result<> add(const Message& message, const std::vector<Destination>& takers) {
        if (takers.empty()) return {};
        std::vector<std::string> names;
        for (const Destination& destination : takers) names.push_back(destination.name);
        const auto added = parts.outbox.add(message, names);
        if (!added) return core::Failure(added.error());
        if (added->dropped > 0)
            parts.log.error("the outbox is full: the oldest entries were dropped",
                            {{"dropped", std::uint64_t(added->dropped)}});
        if (added->entries > 0 && changed) changed();
        return {};
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
    std::size_t posting = 0;                                // mails handed over
    std::map<std::string, std::size_t> to;                  // transfers by destination
    std::function<void()> changed;
    std::map<std::string, SmtpSender> mail;  // by destination; ends before all of the above
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

std::vector<Destination> Notifier::takers(const Message& message, int severity) const {
    std::vector<Destination> takers;
    for (const Destination& destination : impl_->destinations)
        if (destination.takes(message, severity)) takers.push_back(destination);
    return takers;
}

core::Result<> Notifier::notify(const Notice& notice) {
    return impl_->add(notice, takers(notice, notice.severity));
}

core::Result<std::vector<std::string>> Notifier::announce(const Announcement& announcement, int severity) {
    const auto to = takers(announcement, severity);
    if (auto added = impl_->add(announcement, to); !added) return core::Failure(added.error());
    std::vector<std::string> names;
    for (const Destination& destination : to) names.push_back(destination.name);
    return names;
}

core::Result<Entry> Notifier::try_again(std::uint64_t id) {
    const auto entry = impl_->parts.outbox.get(id);
    if (!entry) return entry;
    const auto& all = impl_->destinations;
    if (std::none_of(all.begin(), all.end(),
                     [&](const Destination& one) { return one.name == entry->destination; }))
        return core::fail(core::Errc::conflict, "the destination '{}' is no longer configured",
                          entry->destination);
    auto queued = impl_->parts.outbox.try_again(id);
    if (queued && impl_->changed) impl_->changed();
    return queued;
}

core::Result<Entry> Notifier::drop(std::uint64_t id, std::string_view by) {
    auto dropped = impl_->parts.outbox.drop(id, by);
    if (dropped && impl_->changed) impl_->changed();
    return dropped;
}

void Notifier::on_change(std::function<void()> changed) {
    impl_->changed = std::move(changed);
}

void Notifier::tick() {
    if (impl_->destinations.empty() || impl_->working.exchange(true)) return;
    const bool tidy = impl_->ticks.fetch_add(1) % tidy_every_ticks == 0;
    impl_->parts.executor.post([self = std::weak_ptr(impl_), tidy] {
        if (const auto alive = self.lock()) alive->work(tidy);
    });
}

void Notifier::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
        for (const auto& [entry, ticket] : impl_->running) impl_->parts.client.cancel(ticket);
    }
    for (auto& [name, sender] : impl_->mail) sender.stop();
    std::unique_lock lock(impl_->mutex);
    impl_->none_left.wait(lock, [&] { return impl_->running.empty() && impl_->posting == 0; });
}

}  // namespace qd::notify
