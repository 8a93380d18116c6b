// What a segment is made of: its keys, its initialisation section and its data, each with attempts of its
// own.

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "player/session_impl.hpp"

namespace qd::player {
namespace {

constexpr std::size_t max_cached_inits = 32;
constexpr std::size_t max_cached_init_bytes = 16u << 20;
constexpr std::size_t max_cached_keys = 64;
constexpr core::Seconds longest_retry_delay{4};
constexpr core::Seconds last_moment{0.5};  // before it is needed, a segment that cannot be had is given up

std::string init_key(const InitSection& init) {
    std::string key = init.url;
    if (init.range) key += fmt::format("#{}+{}", init.range->offset, init.range->length);
    if (init.key) key += fmt::format("#{}#{}", init.key->url, fmt::join(init.key->iv, " "));
    return key;
}

/// What no repetition will cure.
bool permanent(const core::Error& error) {
    switch (error.code) {
        case core::Errc::not_found:
        case core::Errc::permission_denied:
        case core::Errc::unauthenticated:
        case core::Errc::conflict:
        case core::Errc::too_large:
        case core::Errc::invalid_argument:
        case core::Errc::unprocessable:
            return true;
        default:
            return false;
    }
}

}  // namespace

/// What of a segment is still to be fetched.
void PlayerSession::Impl::need_parts(Loading& loading) const {
    const auto need = [this](Part& part, std::optional<SecretKey>& secret, const SegmentKey& key) {
        part.needed = true;
        if (const auto known = keys_.find(key.url); known != keys_.end()) {
            part.done = true;
            secret = known->second;
        }
    };
    loading.data.needed = true;
    if (loading.source.init) {
        loading.init.needed = true;
        if (const auto known = inits_.find(init_key(*loading.source.init)); known != inits_.end()) {
            loading.init.done = true;
            loading.init_bytes = known->second;
        }
    }
    if (loading.source.key) need(loading.data_key, loading.data_secret, *loading.source.key);
    const auto& init = loading.source.init;
    if (init && init->key && !loading.init.done) need(loading.init_key, loading.init_secret, *init->key);
}

void PlayerSession::Impl::start_parts(TrackState& state, Track track, core::SteadyTime now) {
    Loading& loading = *state.loading;
    for (Part* part : {&loading.init_key, &loading.data_key, &loading.init, &loading.data}) {
        if (!part->needed || part->done || part->fetch != 0) continue;
        const bool is_init = part == &loading.init || part == &loading.init_key;
        const bool is_key = part == &loading.init_key || part == &loading.data_key;
        const Part& own_key = is_init ? loading.init_key : loading.data_key;
        if (!is_key && own_key.needed && !own_key.done) continue;  // it could not be read yet
        // One key for both is fetched once.
        if (part == &loading.data_key && loading.init_key.fetch != 0 &&
            loading.source.init->key->url == loading.source.key->url)
            continue;
        const auto& source = loading.source;
        const SegmentKey* key = nullptr;
        if (is_init)
            key = source.init->key ? &*source.init->key : nullptr;
        else
            key = source.key ? &*source.key : nullptr;
        FetchRecord record;
        record.kind = is_key ? FetchKind::key : is_init ? FetchKind::init : FetchKind::segment;
        record.track = track;
        record.url = is_key ? key->url : is_init ? source.init->url : source.url;
        const core::SteadyTime at = std::max(part->retry_at, held_until(record.url));
        if (at > now) {
            wake_at(at);
            continue;
        }
        record.sequence = source.sequence;
        record.attempt = part->failures + 1;
        if (track == Track::main) {
            record.level = loading.level;
            record.level_bps = presentation_.levels[std::size_t(loading.level)].bandwidth_bps;
        }
        record.media_start = source.start;
        if (part == &loading.data) record.media_duration = source.duration;
        std::optional<ByteRange> range;
        if (!is_key) range = is_init ? source.init->range : source.range;
        std::optional<Decryption> decryption;
        const auto& secret = is_init ? loading.init_secret : loading.data_secret;
        if (!is_key && key != nullptr && secret) decryption = Decryption{key->url, *secret, key->iv};
        const bool keep = is_key || track == Track::subtitles || !options_.discard_bodies;
        part->fetch = start_fetch(std::move(record), range, now, keep, std::move(decryption));
    }
}

PlayerSession::Impl::Part* PlayerSession::Impl::part_of(TrackState& state, FetchId fetch) {
    if (!state.loading) return nullptr;
    Loading& loading = *state.loading;
    for (Part* part : {&loading.init_key, &loading.data_key, &loading.init, &loading.data})
        if (part->fetch == fetch) return part;
    return nullptr;
}

void PlayerSession::Impl::key_arrived(const Fetch& fetch, std::string_view body) {
    TrackState& state = state_of(fetch.record.track);
    Part* part = part_of(state, fetch.id);
    const auto key = SecretKey::from(body);
    if (part == nullptr || !key) return;  // its size was judged already
    part->fetch = 0;
    part->done = true;
    Loading& loading = *state.loading;
    const bool of_init = part == &loading.init_key;
    if (keys_.size() >= max_cached_keys) keys_.clear();
    keys_[of_init ? loading.source.init->key->url : loading.source.key->url] = *key;
    (of_init ? loading.init_secret : loading.data_secret) = *key;
    need_parts(loading);  // pump() starts what waited for it
}

void PlayerSession::Impl::part_arrived(const Fetch& fetch, std::shared_ptr<const std::string> body,
                                       std::uint64_t bytes) {
    const Track track = fetch.record.track;
    TrackState& state = state_of(track);
    Part* part = part_of(state, fetch.id);
    if (part == nullptr) return;
    Loading& loading = *state.loading;
    part->fetch = 0;
    part->done = true;
    if (part == &loading.init) {
        if (inits_.size() >= max_cached_inits || inits_bytes_ + body->size() > max_cached_init_bytes) {
            inits_.clear();
            inits_bytes_ = 0;
        }
        inits_bytes_ += body->size();
        inits_[init_key(*loading.source.init)] = body;
        loading.init_bytes = std::move(body);
    } else {
        loading.bytes = bytes;
        loading.data_bytes = std::move(body);
    }
    if (loading.data.done && (!loading.init.needed || loading.init.done)) segment_ready(state, track);
}

void PlayerSession::Impl::part_failed(const Fetch& fetch, const core::Error& error, core::SteadyTime now) {
    const Track track = fetch.record.track;
    TrackState& state = state_of(track);
    Part* part = part_of(state, fetch.id);
    if (part == nullptr) return;
    Loading& loading = *state.loading;
    part->fetch = 0;
    ++part->failures;
    part->retry_at = core::after(
        now, std::min(core::Seconds(options_.retry_delay) * std::exp2(std::min(part->failures, 10u) - 1),
                      longest_retry_delay));
    if (fetch.misfit) {  // the key is fetched anew with the next attempt
        const bool of_init = part == &loading.init;
        (of_init ? loading.init_key : loading.data_key).done = false;
        (of_init ? loading.init_secret : loading.data_secret).reset();
    }
    if (track != Track::subtitles && outage(fetch, error, now)) return;
    if (state_ == SessionState::failed) return;
    if (refresh_addresses(fetch.record, now)) {
        drop_loading(state);
        return;
    }
    const unsigned attempts = state.failed_here.empty() ? options_.attempts : 1;
    if (part->failures < attempts) return;
    const std::string reason = fetch.record.kind == FetchKind::key
                                   ? fmt::format("its key could not be had: {}", error.message)
                                   : error.message;
    if (try_elsewhere(state, track, reason, permanent(error), now)) return;
    // A server in trouble may recover while the buffer lasts: a skip can wait until the playhead is near.
    const core::Seconds until_needed = buffered(state, now);
    if (!permanent(error) && fetch.record.status != 410 && until_needed > last_moment) {
        part->retry_at = std::min(part->retry_at, core::after(now, until_needed / 2));
        return;
    }
    skip_segment(state, track, reason);
}

}  // namespace qd::player
