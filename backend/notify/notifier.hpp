#pragma once
// Brings what the outbox holds to where it belongs.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/executor.hpp"
#include "core/random.hpp"
#include "http/client.hpp"
#include "notify/destination.hpp"
#include "notify/outbox.hpp"
#include "telemetry/log.hpp"

namespace qd::notify {

/// Thread-safe. Nothing here waits for a destination: files and the outbox are worked on the executor,
/// transfers run on the client's thread, mail on a thread "mail" for each destination of that kind. At most 4
/// transfers at a time go to one destination, and one mail.
class Notifier {
public:
    struct Parts {
        Outbox& outbox;
        http::Client& client;
        core::Executor& executor;
        const core::Clock& clock;
        core::Random& random;
        telemetry::Log& log;
    };
    /// All of `parts` outlives the notifier, and the executor the client's transfers (see stop()).
    Notifier(Parts parts, std::vector<Destination> destinations);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    /// After a restart, before the first notify(): `firing` are the ids of the alerts that still fire.
    core::Result<> settle(const std::vector<std::string>& firing);
    /// Puts it into the outbox for every destination that takes its severity; on the disk when it returns.
    core::Result<> notify(const Notice& notice);
    /// The same for what is told of an incident; `severity` is the worst it ever had. The names of the
    /// destinations that take it, whether they had it already or not.
    core::Result<std::vector<std::string>> announce(const Announcement& announcement, int severity);
    /// What announce() would go to.
    std::vector<Destination> takers(const Message& message, int severity) const;
    /// Outbox::try_again(); Errc::conflict too when the entry's destination is no longer configured.
    core::Result<Entry> try_again(std::uint64_t entry);
    /// Outbox::drop().
    core::Result<Entry> drop(std::uint64_t entry, std::string_view by);
    /// Called on any thread when an entry's state has changed. Before the first tick().
    void on_change(std::function<void()> changed);
    /// Sends what is due; call it each second. Does nothing while the last call's work is not done.
    void tick();
    /// Cancels transfers and returns when none is left; before the executor ends. Idempotent.
    void stop();

    const std::vector<Destination>& destinations() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with work that was posted and finds it gone
};

}  // namespace qd::notify
