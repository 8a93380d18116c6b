#include "viewers/picture_probe.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "compare/segment_pictures.hpp"
#include "hls/playlist.hpp"
#include "http/message.hpp"
#include "http/url.hpp"
#include "player/fetch_record.hpp"
#include "player/playlist_tracker.hpp"
#include "viewers/catalogue.hpp"

namespace qd::viewers {
namespace {

using core::Errc;
using core::fail;
using core::Failure;

constexpr std::uint64_t largest_segment = 16u << 20;

bool is_compared(const std::string& arm) {
    return arm == "stable" || arm == "canary" || arm == "baseline";
}

}  // namespace

PictureProbe::PictureProbe(http::Client& client, ViewerMetrics& metrics, ProbeOptions options)
    : metrics_(metrics), options_(std::move(options)), random_(options_.seed), calls_(client) {}

PictureProbe::~PictureProbe() {
    stopping_ = true;
    thread_.request_stop();
    calls_.stop();
}

void PictureProbe::run() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
        ::pthread_setname_np(::pthread_self(), "pictures");
        const sched_param none{};
        (void)::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);  // viewers' transfers go first
        std::mutex mutex;
        std::condition_variable_any wake;
        while (!stop.stop_requested() && !stopping_) {
            if (!options_.wanted || options_.wanted()) look();
            std::unique_lock lock(mutex);
            wake.wait_for(lock, stop, options_.every, [] { return false; });
        }
    });
}

core::Result<std::string> PictureProbe::fetch(const std::string& url, const std::string& session,
                                              const std::string& arm) {
    http::ClientRequest request;
    request.url = url;
    request.headers.set("Cookie", "qd_session=" + session);
    request.timeout = std::chrono::seconds(5);
    request.max_body_bytes = largest_segment;
    auto response = calls_.fetch(std::move(request));
    if (!response) return Failure(response.error());
    last_arm_ = player::parse_served_by(response->headers.get("X-Served-By")).arm;
    if (response->status != 200) return fail(Errc::unavailable, "answered {}", response->status);
    if (!arm.empty() && last_arm_ != arm) return fail(Errc::conflict, "the session is of {} now", last_arm_);
    return std::move(response->body);
}

core::Result<std::string> PictureProbe::choose_title() {
    const auto list = fetch(options_.gateway + "/api/v1/videos?limit=100", "probe-titles", {});
    if (!list) return list;
    const auto titles = read_titles(*list);
    if (!titles) return Failure(titles.error());
    if (titles->empty()) return fail(Errc::not_found, "there is no title to play");
    return (*titles)[random_.next() % titles->size()];
}

void PictureProbe::draw(const std::string& title) {
    const std::string session = "probe-" + random_.hex(8);
    (void)fetch(options_.gateway + "/api/v1/stream/" + http::percent_encode(title), session, {});
    if (is_compared(last_arm_)) sessions_.emplace(last_arm_, session);
}

core::Result<PictureProbe::Watched> PictureProbe::watch(const std::string& title, const std::string& session,
                                                        const std::string& arm, double where) {
    const std::string start = options_.gateway + "/api/v1/stream/" + http::percent_encode(title);
    const auto master = fetch(start, session, arm);
    if (!master) return Failure(master.error());
    const auto presentation = player::read_presentation(*master, start);
    if (!presentation) return Failure(presentation.error());
    const std::string& playlist_url = presentation->levels.front().url;
    const auto text = playlist_url == start ? master : fetch(playlist_url, session, arm);
    if (!text) return Failure(text.error());
    const auto playlist = hls::parse_media(*text);
    if (!playlist) return Failure(playlist.error());
    if (playlist->segments.empty()) return fail(Errc::not_found, "there is no segment yet");
    const auto& segments = playlist->segments;
    const hls::Segment& chosen =
        segments[std::min(segments.size() - 1, std::size_t(where * double(segments.size())))];
    const auto get = [&](const std::string& reference) -> core::Result<std::shared_ptr<const std::string>> {
        const auto url = http::resolve(playlist_url, reference);
        if (!url) return Failure(url.error());
        auto body = fetch(*url, session, arm);
        if (!body) return Failure(body.error());
        return std::make_shared<const std::string>(std::move(*body));
    };
    Watched watched{std::make_shared<const std::string>(), {}};
    if (chosen.map) {
        auto init = get(chosen.map->uri);
        if (!init) return Failure(init.error());
        watched.init = std::move(*init);
    }
    auto segment = get(chosen.uri);
    if (!segment) return Failure(segment.error());
    watched.segment = std::move(*segment);
    return watched;
}

void PictureProbe::look() {
    const auto title = choose_title();
    if (!title) return;
    for (unsigned i = 0; i < options_.draws && sessions_.size() < 2; ++i) draw(*title);
    const auto stable = sessions_.find("stable");
    if (stable == sessions_.end()) return;
    const double where = double(random_.next() % 1'000) / 1'000;
    const auto reference = watch(*title, stable->second, "stable", where);
    if (!reference) {
        sessions_.erase("stable");
        return;
    }
    for (auto at = sessions_.begin(); at != sessions_.end();) {
        if (stopping_) return;
        const auto& [arm, session] = *at;
        const auto shown = watch(*title, session, arm, where);
        if (!shown) {
            // An arm that does not answer is told by its errors; one that is gone is drawn anew.
            at =
                shown.error().code == Errc::conflict || arm != "stable" ? sessions_.erase(at) : std::next(at);
            continue;
        }
        if (const auto compared = compare::compare_segments({reference->init, reference->segment},
                                                            {shown->init, shown->segment})) {
            metrics_.compared(arm, compared->pictures, compared->different);
            metrics_.alike(arm, compared->ssim);
        }
        ++at;
    }
}

}  // namespace qd::viewers
