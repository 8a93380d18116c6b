#pragma once
// Which shard a video's metadata lives in. A user's videos stay together: the shard follows from the owner,
// and the id carries it, so that a look-up by id asks one shard only.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/result.hpp"
#include "core/strong_id.hpp"

namespace qd::storage {

using VideoId = core::StrongId<struct VideoIdTag>;

/// Jump consistent hash (Lamping and Veach, 2014, https://arxiv.org/abs/1406.2294) of an FNV-1a hash of the
/// owner: when a shard is added, only the share that it takes over moves.
class ShardMap {
public:
    static constexpr unsigned max_shards = 1024;

    /// `count` 1..max_shards; others are clamped.
    explicit ShardMap(unsigned count = 1);

    unsigned count() const { return count_; }
    unsigned shard_of_owner(std::string_view owner) const;

    /// Two characters for the shard, 16 random ones (80 bits); Crockford's base 32 in lower case.
    VideoId new_id(std::string_view owner, core::Random& random) const;

    /// Errc::not_found for whatever is no id of one of these shards: nobody can own such a video.
    core::Result<unsigned> shard_of(const VideoId& id) const;

private:
    unsigned count_;
};

}  // namespace qd::storage
