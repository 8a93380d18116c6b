#include "storage/chain_heads.hpp"

#include <array>

namespace qd::storage {
namespace {

constexpr std::array<std::string_view, 1> head_migrations = {R"(
CREATE TABLE head(stream TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
)"};

}  // namespace

core::Result<std::unique_ptr<ChainHeads>> ChainHeads::open(const std::filesystem::path& file, bool to_read) {
    DatabaseOptions options;
    options.durable = false;
    options.read_only = to_read;
    auto database = Database::open(file, head_migrations, options);
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<ChainHeads>(new ChainHeads(std::move(*database)));
}

core::Result<> ChainHeads::note(const Heads& heads) {
    return database_->write("noting the end of a log", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement put(
            db,
            "INSERT INTO head(stream, seq, hash) VALUES(?,?,?) ON CONFLICT(stream) DO UPDATE "
            "SET seq=excluded.seq, hash=excluded.hash WHERE excluded.seq>seq");
        for (const auto& [stream, head] : heads) {
            put.reset();
            put.bind(1, stream);
            put.bind(2, std::int64_t(head.seq));
            put.bind(3, head.hash);
            put.exec();
        }
        return {};
    });
}

core::Result<Heads> ChainHeads::all() const {
    return database_->read("reading the ends of a log", [](SQLite::Database& db) -> core::Result<Heads> {
        SQLite::Statement query(db, "SELECT stream, seq, hash FROM head");
        Heads heads;
        while (query.executeStep())
            heads[query.getColumn(0).getString()] = {std::uint64_t(query.getColumn(1).getInt64()),
                                                     query.getColumn(2).getString()};
        return heads;
    });
}

}  // namespace qd::storage
