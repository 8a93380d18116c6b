#pragma once
// An origin on a folder of its own.

#include <QTemporaryDir>
#include <fstream>
#include <memory>

#include "services/origin.hpp"
#include "support/fake_clock.hpp"

namespace qd::test {

struct OriginFixture {
    QTemporaryDir folder;
    FakeClock clock;
    core::SeededRandom random{1};
    storage::ShardMap shards{1};
    security::Tokens tokens{{{"admin-token-000000", {"kim", security::Role::admin}},
                             {"viewer-token-00000", {"vera", security::Role::viewer}}}};
    std::unique_ptr<storage::MetadataStore> videos =
        std::move(*storage::open_metadata_store(path("."), shards));
    std::unique_ptr<storage::ObjectStore> objects =
        std::move(*storage::open_file_object_store(path("objects"), random));
    std::unique_ptr<storage::JobQueue> jobs =
        std::move(*storage::open_job_queue(path("queue.sqlite"), clock));
    services::Origin origin{*videos, *objects, *jobs, tokens, shards, clock, random, telemetry::null_log()};

    std::filesystem::path path(const std::string& name) const {
        return std::filesystem::path(folder.path().toStdString()) / name;
    }
    std::filesystem::path write(const std::string& name, const std::string& content) const {
        std::filesystem::create_directories(path(name).parent_path());
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
    void put(const std::string& key, const std::string& content) const {
        if (!objects->put(key, write("incoming", content))) qFatal("cannot store %s", key.c_str());
    }
    /// A video whose source is stored.
    storage::VideoId add(storage::VideoState state = storage::VideoState::queued) {
        storage::Video video;
        video.id = shards.new_id("kim", random);
        video.owner = "kim";
        video.title = "a title";
        video.state = state;
        video.created_at = clock.now();
        const auto inserted = videos->insert(video);
        if (!inserted) qFatal("%s", inserted.error().message.c_str());
        put(services::source_key(video.id), "the source");
        return video.id;
    }
    storage::VideoState state(const storage::VideoId& id) const { return videos->get(id)->state; }
    std::size_t files(const std::string& prefix) const { return objects->list(prefix)->size(); }
};

}  // namespace qd::test
