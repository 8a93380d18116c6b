#pragma once
// Our own silences, in a file of their own.

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "core/random.hpp"
#include "silences/silence.hpp"
#include "storage/database.hpp"

namespace qd::silences {

/// At most so many that have not expired.
inline constexpr std::size_t max_silences = 1'000;
/// So long are expired ones listed.
inline constexpr std::chrono::days expired_kept{5};

/// Thread-safe. What a call answers is on the disk.
class SilenceStore {
public:
    /// Errors of storage::Database.
    static core::Result<std::unique_ptr<SilenceStore>> open(const std::filesystem::path& file,
                                                            const core::Clock& clock, core::Random& random);

    /// The one that ends first stands first. Expired ones are forgotten after `expired_kept`.
    std::vector<Silence> list() const;
    /// With an id of ours. Errors of check(silence), Errc::conflict beyond max_silences.
    core::Result<Silence> create(Silence silence, const std::string& author);
    /// Errc::not_found; Errc::conflict when it has expired; Errc::invalid_argument when it would end earlier,
    /// or later than check() lets it.
    core::Result<Silence> extend(const SilenceId& id, core::WallTime ends_at);
    /// It ends now. Errc::not_found; Errc::conflict when it has expired already.
    core::Result<Silence> expire(const SilenceId& id);

private:
    SilenceStore(std::unique_ptr<storage::Database> database, const core::Clock& clock, core::Random& random)
        : database_(std::move(database)), clock_(clock), random_(random) {}
    core::Result<> load();
    core::Result<> save(const Silence& silence);
    core::Result<Silence> find_unexpired(const SilenceId& id) const;  // with the lock held
    void put(const Silence& silence);                                 // with the lock held

    std::unique_ptr<storage::Database> database_;
    const core::Clock& clock_;
    core::Random& random_;
    mutable std::mutex mutex_;
    std::vector<Silence> silences_;
};

}  // namespace qd::silences
