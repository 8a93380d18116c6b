#pragma once
// Where the streams of a log end, noted in a file of its own: who cuts rows off a log leaves a shorter chain
// that is valid, and is found out by this.

#include <filesystem>
#include <memory>

#include "storage/database.hpp"
#include "storage/hash_chain.hpp"

namespace qd::storage {

/// Thread-safe; several processes may have it open.
class ChainHeads {
public:
    static core::Result<std::unique_ptr<ChainHeads>> open(const std::filesystem::path& file, bool to_read);

    /// Heads only ever move on: an older one than is noted changes nothing.
    core::Result<> note(const Heads& heads);
    core::Result<Heads> all() const;

private:
    explicit ChainHeads(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    std::unique_ptr<Database> database_;
};

}  // namespace qd::storage
