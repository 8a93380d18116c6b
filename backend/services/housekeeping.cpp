#include "services/housekeeping.hpp"

namespace qd::services {
namespace {

using storage::VideoState;

constexpr std::chrono::minutes still_uploading{1};

core::Result<> enqueue_waiting(const Origin& origin) {
    std::string cursor;
    do {
        const auto page = origin.videos.list(cursor, 100);
        if (!page) return core::Failure(page.error());
        for (const storage::Video& video : page->items) {
            if (video.state == VideoState::ready || video.state == VideoState::failed) continue;
            if (video.created_at + still_uploading > origin.clock.now()) continue;
            if (auto enqueued = enqueue_encode(origin.jobs, video.id); !enqueued) return enqueued;
        }
        cursor = page->next;
    } while (!cursor.empty());
    return {};
}

/// The metadata is written before the files and removed before them: files without it are nobody's.
core::Result<> remove_orphans(const Origin& origin, std::string_view prefix) {
    const auto names = origin.objects.children(prefix, 100'000);
    if (!names) return core::Failure(names.error());
    for (const std::string& name : *names) {
        const auto video = origin.videos.get(storage::VideoId(name));
        if (video || video.error().code != core::Errc::not_found) continue;
        if (auto removed = origin.objects.remove(fmt::format("{}/{}", prefix, name)); !removed)
            return removed;
        origin.log.info("files without a video removed", {{"prefix", prefix}, {"name", name}});
    }
    return {};
}

}  // namespace

void tidy_up(const Origin& origin) {
    for (const auto& done :
         {enqueue_waiting(origin), remove_orphans(origin, "source"), remove_orphans(origin, "media")})
        if (!done) origin.log.warning("tidying up", {{"reason", done.error().message}});
}

}  // namespace qd::services
