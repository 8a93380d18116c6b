#include "silences/engine/silence_store.hpp"

#include <algorithm>
#include <array>

#include "core/json_fields.hpp"
#include "silences/codec.hpp"

namespace qd::silences {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::array<std::string_view, 1> silence_migrations{R"(
    CREATE TABLE silences (id TEXT PRIMARY KEY, ends INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
)"};

}  // namespace

core::Result<std::unique_ptr<SilenceStore>> SilenceStore::open(const std::filesystem::path& file,
                                                               const core::Clock& clock,
                                                               core::Random& random) {
    auto database = storage::Database::open(file, silence_migrations);
    if (!database) return Failure(database.error());
    std::unique_ptr<SilenceStore> store(new SilenceStore(std::move(*database), clock, random));
    if (auto loaded = store->load(); !loaded) return Failure(loaded.error());
    return store;
}

core::Result<> SilenceStore::load() {
    return database_->read("reading silences", [this](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement rows(db, "SELECT body FROM silences");
        const std::lock_guard lock(mutex_);
        while (rows.executeStep()) {
            const auto body = core::parse_json(rows.getColumn(0).getString());
            auto silence = body ? silence_from_json(*body) : core::Result<Silence>(Failure(body.error()));
            if (!silence) return fail(Errc::corrupt, "a stored silence: {}", silence.error().message);
            put(*silence);
        }
        return {};
    });
}

core::Result<> SilenceStore::save(const Silence& silence) {
    const std::int64_t forgotten = (clock_.now() - expired_kept).time_since_epoch().count();
    return database_->write("saving a silence", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(db, "INSERT OR REPLACE INTO silences (id, ends, body) VALUES (?, ?, ?)");
        insert.bind(1, silence.id.value);
        insert.bind(2, std::int64_t(silence.ends_at.time_since_epoch().count()));
        insert.bind(3, core::dump_json(to_json(silence)));
        insert.exec();
        SQLite::Statement forget(db, "DELETE FROM silences WHERE ends < ?");
        forget.bind(1, forgotten);
        forget.exec();
        return {};
    });
}

void SilenceStore::put(const Silence& silence) {
    const core::WallTime now = clock_.now();
    std::erase_if(silences_, [&](const Silence& known) {
        return known.id == silence.id || known.ends_at < now - expired_kept;
    });
    silences_.insert(std::ranges::upper_bound(silences_, silence.ends_at, {}, &Silence::ends_at), silence);
}

std::vector<Silence> SilenceStore::list() const {
    const std::lock_guard lock(mutex_);
    return silences_;
}

core::Result<Silence> SilenceStore::find_unexpired(const SilenceId& id) const {
    const auto found = std::ranges::find(silences_, id, &Silence::id);
    if (found == silences_.end())
        return fail(Errc::not_found, "there is no silence '{}'", id.value.substr(0, 64));
    if (state_at(*found, clock_.now()) == SilenceState::expired)
        return fail(Errc::conflict, "the silence has expired: create another");
    return *found;
}

core::Result<Silence> SilenceStore::create(Silence silence, const std::string& author) {
    const core::WallTime now = clock_.now();
    silence.id = SilenceId("sil-" + random_.hex(6));
    silence.source = own_source;
    silence.created_by = author;
    silence.updated_at = now;
    silence.starts_at = std::max(silence.starts_at, now);
    if (auto fits = check(silence, now); !fits) return Failure(fits.error());
    const std::lock_guard lock(mutex_);
    const auto alive = std::ranges::count_if(
        silences_, [&](const Silence& known) { return state_at(known, now) != SilenceState::expired; });
    if (std::size_t(alive) >= max_silences)
        return fail(Errc::conflict, "there are {} silences already: expire one first", max_silences);
    if (auto saved = save(silence); !saved) return Failure(saved.error());
    put(silence);
    return silence;
}

core::Result<Silence> SilenceStore::extend(const SilenceId& id, core::WallTime ends_at) {
    const std::lock_guard lock(mutex_);
    auto silence = find_unexpired(id);
    if (!silence) return silence;
    if (ends_at <= silence->ends_at)
        return fail(Errc::invalid_argument, "ends_at: it lasts until {} already",
                    core::format_rfc3339(silence->ends_at));
    silence->ends_at = ends_at;
    silence->updated_at = clock_.now();
    if (auto fits = check(*silence, clock_.now()); !fits) return Failure(fits.error());
    if (auto saved = save(*silence); !saved) return Failure(saved.error());
    put(*silence);
    return silence;
}

core::Result<Silence> SilenceStore::expire(const SilenceId& id) {
    const std::lock_guard lock(mutex_);
    auto silence = find_unexpired(id);
    if (!silence) return silence;
    const core::WallTime now = clock_.now();
    silence->ends_at = now;
    silence->starts_at = std::min(silence->starts_at, now);
    silence->updated_at = now;
    if (auto saved = save(*silence); !saved) return Failure(saved.error());
    put(*silence);
    return silence;
}

}  // namespace qd::silences
