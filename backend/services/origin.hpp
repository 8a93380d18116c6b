#pragma once
// What the functions of the origin share: its stores, who may write, and how they answer.

#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "http/message.hpp"
#include "security/tokens.hpp"
#include "services/feature_flags.hpp"
#include "storage/job_queue.hpp"
#include "storage/metadata_store.hpp"
#include "storage/object_store.hpp"
#include "telemetry/log.hpp"

namespace qd::services {

/// What the origin uses and does not own; all of it outlives its functions, and all of it is thread-safe.
struct Origin {
    storage::MetadataStore& videos;
    storage::ObjectStore& objects;
    storage::JobQueue& jobs;
    const security::Tokens& tokens;
    const storage::ShardMap& shards;
    const core::Clock& clock;
    core::Random& random;
    telemetry::Log& log;
    FeatureFlags features{};
};

/// The kind of the jobs that encode a video; their key is the video's id.
inline constexpr std::string_view encode_job = "encode";

/// "source/<id>", "media/<id>", "media/<id>/<path>".
std::string source_key(const storage::VideoId& id);
std::string media_key(const storage::VideoId& id);
std::string media_key(const storage::VideoId& id, std::string_view path);

/// Asks for the encode, as often as one likes.
core::Result<> enqueue_encode(storage::JobQueue& jobs, const storage::VideoId& id);

/// Takes the video and all its files away. The metadata goes first: whatever has none is nobody's and is
/// swept up should this be interrupted (see housekeeping.hpp). Errc::not_found when there is no such video.
core::Result<> remove_video(const Origin& origin, const storage::VideoId& id);

/// The answer to a request that failed. What went wrong on our side goes into the log, and the client gets
/// the request's id to ask after it; everything else is told in full.
http::Response refuse(const Origin& origin, const http::Request& request, const core::Error& error);

/// The actor of a request of at least that role.
core::Result<security::Actor> authorize(const Origin& origin, const http::Request& request,
                                        security::Role at_least);

}  // namespace qd::services
