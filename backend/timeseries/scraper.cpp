#include "timeseries/scraper.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>

#include "timeseries/exposition.hpp"

namespace qd::timeseries {
namespace {

/// Shared with the callbacks, which may outlive an interrupted caller.
struct Round {
    std::mutex mutex;
    std::condition_variable done;
    std::vector<Scrape> scrapes;
    std::size_t waiting = 0;
};

}  // namespace

std::vector<Scrape> Scraper::scrape(const std::vector<Target>& targets) {
    const auto round = std::make_shared<Round>();
    const std::size_t count = std::min(targets.size(), max_targets);
    round->waiting = count;
    for (std::size_t i = 0; i < count; ++i)
        round->scrapes.push_back({targets[i], {}, core::fail(core::Errc::unavailable, "not asked yet")});
    for (std::size_t i = 0; i < count; ++i) {
        http::ClientRequest request;
        request.url = targets[i].url;
        request.headers.set("Accept", "text/plain; version=0.0.4");
        request.connect_timeout = timeout_;
        request.timeout = timeout_;
        request.max_body_bytes = max_exposition_bytes;
        client_.send(std::move(request), [round, i, this](core::Result<http::ClientResponse> response) {
            const core::WallTime at = clock_.now();
            response = http::expect_success(std::move(response));
            const std::lock_guard lock(round->mutex);
            Scrape& scrape = round->scrapes[i];
            scrape.at = at;
            if (response)
                scrape.text = std::move(response->body);
            else
                scrape.text = core::Failure(response.error());
            if (--round->waiting == 0) round->done.notify_all();
        });
    }
    std::unique_lock lock(round->mutex);
    // Every transfer has its own limit, and the client calls back in any case.
    round->done.wait(lock, [&] { return round->waiting == 0; });
    return std::move(round->scrapes);
}

}  // namespace qd::timeseries
