#include "decode/audio_line.hpp"

#include <algorithm>
#include <cmath>

namespace qd::decode {
namespace {

constexpr core::Seconds audible_gap{0.01};
constexpr core::Seconds longest_silence{10};
constexpr core::Seconds dead_after{1};

std::size_t samples_of(core::Seconds duration) {
    return std::size_t(std::llround(std::max(0.0, duration.count()) * audio_rate_hz)) * audio_channels;
}

}  // namespace

void AudioLine::push(SoundChunk chunk) {
    if (!usable() || chunk.samples.empty()) return;
    queued_ += chunk.duration();
    queue_.push_back(std::move(chunk));
}

void AudioLine::clear() {
    queue_.clear();
    front_offset_ = 0;
    queued_ = {};
}

void AudioLine::begin_at(core::Seconds position) {
    base_ = position;
    written_ = 0;
    last_played_ = {};
    last_moved_ = {};
    if (!usable()) return;
    if (started_) sink_->flush();
}

void AudioLine::feed(core::SteadyTime now) {
    if (!usable() || paused_) return;
    if (!started_ && !queue_.empty()) {
        if (!sink_->start()) {
            refused_ = true;
            clear();
            return;
        }
        started_ = true;
        last_moved_ = now;
    }
    while (!queue_.empty()) {
        SoundChunk& chunk = queue_.front();
        if (front_offset_ == 0) {
            const core::Seconds expected = base_ + core::Seconds(double(written_) / audio_rate_hz);
            const core::Seconds gap = chunk.at - expected;
            if (gap > audible_gap) {
                const core::Seconds silence = std::min(gap, longest_silence);
                queued_ += silence;
                chunk.samples.insert(chunk.samples.begin(), samples_of(silence), 0);
                chunk.at = expected;
            } else if (gap < -audible_gap) {
                const std::size_t cut = std::min(samples_of(-gap), chunk.samples.size());
                queued_ -= core::Seconds(double(cut / audio_channels) / audio_rate_hz);
                chunk.samples.erase(chunk.samples.begin(), chunk.samples.begin() + std::ptrdiff_t(cut));
                chunk.at += -gap;
            }
        }
        const std::span<const std::int16_t> rest = std::span(chunk.samples).subspan(front_offset_);
        const std::size_t frames =
            rest.empty() ? 0 : std::min(sink_->write(rest), rest.size() / audio_channels);
        written_ += frames;
        queued_ -= core::Seconds(double(frames) / audio_rate_hz);
        front_offset_ += frames * audio_channels;
        if (front_offset_ < chunk.samples.size()) return;  // the device is full
        queue_.pop_front();
        front_offset_ = 0;
    }
    queued_ = {};
}

void AudioLine::pause() {
    if (usable() && started_ && !paused_) sink_->pause();
    paused_ = true;
}

void AudioLine::resume() {
    if (usable() && started_ && paused_) sink_->resume();
    paused_ = false;
    last_moved_ = {};
}

void AudioLine::stop() {
    if (usable() && started_) sink_->stop();
    started_ = false;
    paused_ = false;
    refused_ = false;  // the next title may find a device
}

std::optional<core::Seconds> AudioLine::heard(core::SteadyTime now) {
    if (!usable() || !started_ || paused_ || written_ == 0) return std::nullopt;
    const auto played = sink_->played();
    if (!played || *played <= core::Seconds(0)) return std::nullopt;
    const core::Seconds written{double(written_) / audio_rate_hz};
    if (*played > last_played_ || last_moved_ == core::SteadyTime{}) {
        last_played_ = *played;
        last_moved_ = now;
    } else if (now - last_moved_ > dead_after || *played >= written) {
        return std::nullopt;  // dead, or silent for want of sound
    }
    return base_ + std::min(*played, written);
}

}  // namespace qd::decode
