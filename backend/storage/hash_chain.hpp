#pragma once
// The chain that joins a log's rows: what a row's hash is made of, and whether rows still fit theirs.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::storage {

/// Whether a scan reads the hashes too.
enum class Chain { skip, read };

/// A row as it lies in the file: the views are good until the visitor returns.
struct RowView {
    std::uint64_t position = 0;
    std::string_view stream;
    std::uint64_t seq = 0;
    core::WallTime at;
    std::string_view kind;
    std::string_view body;
    std::string_view prev_hash;
    std::string_view hash;
};

/// SHA-256, as 64 lowercase hexadecimal digits, over prev_hash, stream, seq, at (milliseconds since 1970),
/// kind and body; texts are preceded by their length (8 bytes, little-endian), so that no two rows read
/// alike.
std::string hash_of(const RowView& row);

/// prev_hash of a stream's first row: 64 zeros.
std::string_view no_hash();

/// The last row of a stream.
struct Head {
    std::uint64_t seq = 0;
    std::string hash;

    bool operator==(const Head&) const = default;
};
using Heads = std::map<std::string, Head>;  // by stream

/// Follows the chains of any number of streams while their rows pass, each stream's in order. Not
/// thread-safe.
class ChainCheck {
public:
    /// `known`: heads that must be found (see ended()); a row at a known seq with another hash is refused.
    explicit ChainCheck(Heads known = {});

    /// Errc::corrupt for the first row of a stream that is missing, altered or out of order; rows of that
    /// stream after it are let pass unseen.
    core::Result<> add(const RowView& row);
    /// After the last row: Errc::corrupt when a stream with a known head ends before it.
    core::Result<> ended(std::string_view stream) const;

    std::uint64_t rows() const { return rows_; }
    std::uint64_t rows_of(std::string_view stream) const;

private:
    struct Link {
        std::uint64_t seq = 0;
        std::string hash;
        bool broken = false;
        const Head* known = nullptr;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    Link& link(std::string_view stream);

    const Heads known_;
    std::unordered_map<std::string, Link, Hash, std::equal_to<>> links_;
    std::uint64_t rows_ = 0;
};

}  // namespace qd::storage
