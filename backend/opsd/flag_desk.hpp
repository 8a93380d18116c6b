#pragma once
// The owner of the site's feature flags: every change is in the log before it is in the file that the site's
// processes read, and the file is made anew from the log when opsd starts.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opsd/flag_reach.hpp"
#include "storage/event_log.hpp"

namespace qd::opsd {

/// Who changes a flag and why, and what is expected of it.
struct FlagAuthor {
    std::string actor;
    std::string reason;                              // at most 2,000 bytes
    std::optional<std::uint64_t> expected_revision;  // of the flag's last change; 0: there is none yet
};

/// Thread-safe.
class FlagDesk {
public:
    struct Parts {
        Context& context;
        storage::EventLog& log;  // a stream a flag
        FlagReach& reach;
        std::filesystem::path file;                             // flags/file_provider.hpp; its folder is made
        std::function<std::optional<std::string>()> read_only;  // why nothing may be changed
    };
    /// A change is written and told; called without a lock.
    using Listener = std::function<void(const opsclient::FlagChange&)>;

    /// Reads the log, adds those of `built_in` (a document) that it does not know, and writes the file; one
    /// that cannot be written keeps nobody from starting, see tick(). All parts outlive the desk.
    /// Errc::corrupt for a log that makes no sense.
    static core::Result<std::unique_ptr<FlagDesk>> open(Parts parts, std::string_view built_in);
    void on_change(Listener listener) { listener_ = std::move(listener); }

    opsclient::FlagList list() const;
    /// Errc::not_found.
    core::Result<opsclient::FlagView> get(const std::string& key) const;
    /// The latest first, at most 500. Errc::not_found.
    core::Result<std::vector<opsclient::FlagChange>> history(const std::string& key) const;

    /// A flag, changed or new. Errc::permission_denied (read-only), Errc::invalid_argument (no reason; what
    /// does not fit the other flags), Errc::precondition_failed, Errc::conflict (nothing would change).
    core::Result<opsclient::FlagView> set(flags::Flag flag, const FlagAuthor& author);
    /// Out of service: the kill variant for everybody; and back as it was. The same errors, Errc::not_found,
    /// and Errc::conflict when it is so already.
    core::Result<opsclient::FlagView> kill(const std::string& key, const FlagAuthor& author);
    core::Result<opsclient::FlagView> restore(const std::string& key, const FlagAuthor& author);

    /// Once a second: tries again to write a file that could not be written.
    void tick();

private:
    struct Edited {
        flags::Flag flag;
        std::string action;
    };
    /// What becomes of a flag; nullptr: there is none yet. Called with the lock held.
    using Edit = std::function<core::Result<Edited>(const opsclient::FlagChange* known)>;

    explicit FlagDesk(Parts parts) : parts_(std::move(parts)) {}

    core::Result<> read_log();
    core::Result<> allow(const FlagAuthor& author) const;
    core::Result<opsclient::FlagView> switch_to(bool enabled, const std::string& key,
                                                const FlagAuthor& author);
    core::Result<opsclient::FlagView> change(const std::string& key, const FlagAuthor& author,
                                             const Edit& edit);
    // With the lock held.
    core::Result<> check_expected(const std::string& key, const FlagAuthor& author) const;
    core::Result<opsclient::FlagChange> commit(flags::Flag flag, std::string action, const std::string& actor,
                                               const std::string& reason);
    core::Result<> write_file();
    void tell_unwritten(const core::Error& error) const;
    opsclient::FlagView view_of(const opsclient::FlagChange& last) const;

    const Parts parts_;
    Listener listener_;
    mutable std::mutex mutex_;
    std::map<std::string, opsclient::FlagChange> last_;  // by key
    std::uint64_t revision_ = 0;
    bool written_ = false;  // the file is as the log has it
};

/// resources/flags/local.yaml, compiled in.
std::string_view default_flag_document();

}  // namespace qd::opsd
