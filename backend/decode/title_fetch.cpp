#include "decode/title_fetch.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "http/url.hpp"
#include "player/segment_keys.hpp"

namespace qd::decode {
namespace {

constexpr std::uint64_t max_playlist_bytes = 16u << 20;
constexpr unsigned max_redirects = 5;
constexpr std::size_t max_kept = 32;

bool worth_another_attempt(const core::Error& error) {
    return error.code == core::Errc::unavailable || error.code == core::Errc::timeout ||
           error.code == core::Errc::internal || error.code == core::Errc::rate_limited;
}

}  // namespace

TitleFetch::TitleFetch(player::Transport& transport, std::string url, http::Headers headers, Limits limits)
    : transport_(transport), url_(std::move(url)), headers_(std::move(headers)), limits_(limits) {
    if (const auto parsed = http::Url::parse(url_)) origin_ = parsed->origin();
}

core::Result<http::ClientResponse> TitleFetch::ask(const std::string& url,
                                                   const std::optional<player::ByteRange>& range,
                                                   std::uint64_t max_bytes, const std::stop_token& stop) {
    const auto parsed = http::Url::parse(url);
    if (!parsed) return core::Failure(parsed.error());
    http::ClientRequest request;
    request.url = url;
    request.timeout = limits_.timeout;
    request.max_body_bytes = max_bytes;
    if (parsed->origin() == origin_)
        for (const auto& [name, value] : headers_) request.headers.set(name, value);
    if (range)
        request.headers.set("Range",
                            fmt::format("bytes={}-{}", range->offset, range->offset + range->length - 1));
    struct Waiting {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::optional<core::Result<http::ClientResponse>> answer;
    };
    const auto waiting = std::make_shared<Waiting>();
    const auto ticket =
        transport_.send(std::move(request), [waiting](core::Result<http::ClientResponse> answer) {
            const std::lock_guard lock(waiting->mutex);
            waiting->answer = std::move(answer);
            waiting->changed.notify_all();
        });
    std::unique_lock lock(waiting->mutex);
    if (!waiting->changed.wait(lock, stop, [&] { return waiting->answer.has_value(); })) {
        lock.unlock();
        transport_.cancel(ticket);
        return core::fail(core::Errc::cancelled, "cancelled");
    }
    return std::move(*waiting->answer);
}

core::Result<TitleFetch::Answer> TitleFetch::get(const std::string& url,
                                                 std::optional<player::ByteRange> range,
                                                 std::uint64_t max_bytes, std::stop_token stop) {
    if (range && (range->length == 0 || range->length > max_bytes))
        return core::fail(core::Errc::too_large, "a byte range of {} bytes", range->length);
    std::string from = url;
    unsigned failures = 0;
    for (unsigned redirects = 0;;) {
        if (stop.stop_requested()) return core::fail(core::Errc::cancelled, "cancelled");
        auto response = ask(from, range, max_bytes, stop);
        if (response && response->status >= 300 && response->status < 400 &&
            response->headers.has("Location") && redirects < max_redirects) {
            ++redirects;
            auto next = http::resolve(from, response->headers.get("Location"));
            if (!next) return core::Failure(next.error());
            from = std::move(*next);
            continue;
        }
        core::Error error;
        if (!response) {
            error = response.error();
        } else if (response->status < 200 || response->status >= 300) {
            error = {core::from_http_status(std::max(response->status, 400u)),
                     fmt::format("the server answered {}", response->status)};
        } else if (range && response->status == 200 &&
                   response->body.size() < range->offset + range->length) {
            error = {core::Errc::corrupt, "the byte range lies beyond the resource"};
        } else if (range && response->status == 206 && response->body.size() != range->length) {
            error = {core::Errc::corrupt, "another byte range came than was asked for"};
        } else if (response->body.empty()) {
            error = {core::Errc::corrupt, "the answer was empty"};
        } else {
            Answer answer{std::move(response->body), from};
            if (range && response->status == 200)
                answer.body = answer.body.substr(range->offset, range->length);
            return answer;
        }
        if (!worth_another_attempt(error) || ++failures >= limits_.attempts)
            return core::Failure(std::move(error));
    }
}

core::Result<player::Presentation> TitleFetch::presentation(std::stop_token stop) {
    auto answer = get(url_, std::nullopt, max_playlist_bytes, stop);
    if (!answer) return core::fail_with_context("the playlist", answer.error());
    return player::read_presentation(answer->body, answer->url);
}

core::Result<player::MediaTimeline> TitleFetch::timeline(const std::string& url,
                                                         const hls::Variables& variables,
                                                         std::stop_token stop) {
    auto answer = get(url, std::nullopt, max_playlist_bytes, stop);
    if (!answer) return core::fail_with_context("the media playlist", answer.error());
    return player::read_media_segments(answer->body, answer->url, variables);
}

core::Result<std::string> TitleFetch::decrypted(std::string data,
                                                const std::optional<player::SegmentKey>& key,
                                                std::stop_token stop) {
    if (!key) return data;
    if (!key->refusal.empty()) return core::fail(core::Errc::unprocessable, "{}", key->refusal);
    auto known = keys_.find(key->url);
    if (known == keys_.end()) {
        auto answer = get(key->url, std::nullopt, 1024, stop);
        if (!answer) return core::fail_with_context("the key", answer.error());
        auto secret = player::SecretKey::from(answer->body);
        if (!secret) return core::Failure(secret.error());
        if (keys_.size() >= max_kept) keys_.clear();
        known = keys_.emplace(key->url, std::move(*secret)).first;
    }
    auto plain = player::decrypt_aes128(data, known->second, key->iv);
    if (plain && !player::looks_like_media(*plain))
        return core::fail(core::Errc::corrupt, "the key does not fit");
    return plain;
}

core::Result<TitleFetch::Bytes> TitleFetch::segment(const player::TimelineSegment& segment,
                                                    std::stop_token stop) {
    if (segment.gap) return core::fail(core::Errc::not_found, "the playlist declares the segment missing");
    auto answer = get(segment.url, segment.range, limits_.segment_bytes, stop);
    if (!answer) return core::fail_with_context("a segment", answer.error());
    auto data = decrypted(std::move(answer->body), segment.key, stop);
    if (!data) return core::fail_with_context("a segment", data.error());
    return std::make_shared<const std::string>(std::move(*data));
}

core::Result<TitleFetch::Bytes> TitleFetch::init(const player::TimelineSegment& segment,
                                                 std::stop_token stop) {
    if (!segment.init) return Bytes();
    const player::InitSection& section = *segment.init;
    const std::string name =
        section.range ? fmt::format("{}#{}+{}", section.url, section.range->offset, section.range->length)
                      : section.url;
    if (const auto known = inits_.find(name); known != inits_.end()) return known->second;
    auto answer = get(section.url, section.range, limits_.segment_bytes, stop);
    if (!answer) return core::fail_with_context("an initialisation section", answer.error());
    auto data = decrypted(std::move(answer->body), section.key, stop);
    if (!data) return core::fail_with_context("an initialisation section", data.error());
    if (inits_.size() >= max_kept) inits_.clear();
    return inits_[name] = std::make_shared<const std::string>(std::move(*data));
}

}  // namespace qd::decode
