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
core::Seconds seconds_of(std::size_t samples) {
    return core::Seconds(double(samples / audio_channels) / audio_rate_hz);
}

}  // namespace

void AudioLine::push(SoundChunk chunk) {
    if (!usable() || chunk.samples.empty()) return;
    queued_ += chunk.duration();
    queue_.push_back(std::move(chunk));
}

core::Seconds AudioLine::queued() const {
    const double staged_rate = spans_.empty() ? 1 : spans_.back().rate;
    return queued_ + core::Seconds(stretch_.pending() / audio_rate_hz) +
           staged_rate * seconds_of(staged_.size() - staged_offset_);
}

void AudioLine::clear() {
    queue_.clear();
    staged_.clear();
    staged_offset_ = 0;
    stretch_.reset();
    stretching_ = false;
    queued_ = {};
    ended_ = false;
}

void AudioLine::begin_at(core::Seconds position) {
    next_media_ = span_end_ = position;
    staged_.clear();
    staged_offset_ = 0;
    stretch_.reset();
    stretching_ = false;
    spans_.clear();
    written_ = 0;
    last_played_ = {};
    last_moved_ = {};
    if (!usable()) return;
    if (started_) sink_->flush();
}

/// Fits the front chunk to what was taken before it. False when there is none left.
bool AudioLine::align_front() {
    while (!queue_.empty()) {
        SoundChunk& chunk = queue_.front();
        const core::Seconds gap = chunk.at - next_media_;
        if (gap > audible_gap) {
            const core::Seconds silence = std::min(gap, longest_silence);
            queued_ += silence;
            chunk.samples.insert(chunk.samples.begin(), samples_of(silence), 0);
        } else if (gap < -audible_gap) {
            const std::size_t cut = std::min(samples_of(-gap), chunk.samples.size());
            queued_ -= seconds_of(cut);
            chunk.samples.erase(chunk.samples.begin(), chunk.samples.begin() + std::ptrdiff_t(cut));
        }
        chunk.at = next_media_;
        if (!chunk.samples.empty()) return true;
        queue_.pop_front();
    }
    queued_ = {};
    return false;
}

void AudioLine::take_front(std::vector<std::int16_t>& into) {
    SoundChunk chunk = std::move(queue_.front());
    queue_.pop_front();
    queued_ = queue_.empty() ? core::Seconds(0) : queued_ - chunk.duration();
    next_media_ += chunk.duration();
    into = std::move(chunk.samples);
}

/// staged_ begins at `media`.
void AudioLine::stage_as(core::Seconds media, double rate) {
    const bool goes_on =
        !spans_.empty() && spans_.back().rate == rate && std::abs((media - span_end_).count()) < 1e-3;
    if (!goes_on) spans_.push_back({written_, media, rate});
    span_end_ =
        goes_on ? span_end_ + rate * seconds_of(staged_.size()) : media + rate * seconds_of(staged_.size());
}

/// Makes staged_ the next piece to be written. False when there is nothing.
bool AudioLine::stage() {
    staged_.clear();
    staged_offset_ = 0;
    if (rate_ == 1 && !stretching_) {
        if (!align_front()) return false;
        const core::Seconds media = next_media_;
        take_front(staged_);
        stage_as(media, 1);
        return true;
    }
    if (rate_ == 1) {
        const core::Seconds media = next_media_ - core::Seconds(stretch_.pending() / audio_rate_hz);
        staged_ = stretch_.drain();
        stretching_ = false;
        if (staged_.empty()) return stage();
        stage_as(media, 1);
        return true;
    }
    stretching_ = true;
    for (;;) {
        const core::Seconds media = next_media_ - core::Seconds(stretch_.pending() / audio_rate_hz);
        if (stretch_.next(rate_, staged_)) {
            stage_as(media, rate_);
            return true;
        }
        std::vector<std::int16_t> more;
        if (align_front()) {
            take_front(more);
        } else {
            if (!ended_ || stretch_.pending() <= 0) return false;
            // Silence pushes the rest out, once.
            more.resize((2 * TimeStretch::hop + TimeStretch::reach) * audio_channels);
            next_media_ += seconds_of(more.size());
            ended_ = false;
        }
        stretch_.push(more);
    }
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
    while (started_) {
        if (staged_offset_ >= staged_.size() && !stage()) return;
        const std::span<const std::int16_t> rest = std::span(staged_).subspan(staged_offset_);
        const std::size_t frames = std::min(sink_->write(rest), rest.size() / audio_channels);
        written_ += frames;
        staged_offset_ += frames * audio_channels;
        if (staged_offset_ < staged_.size()) return;  // the device is full
    }
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

std::optional<AudioLine::Heard> AudioLine::heard(core::SteadyTime now) {
    if (!usable() || !started_ || paused_ || written_ == 0 || spans_.empty()) return std::nullopt;
    const auto played = sink_->played();
    if (!played || *played <= core::Seconds(0)) return std::nullopt;
    const core::Seconds written{double(written_) / audio_rate_hz};
    if (*played > last_played_ || last_moved_ == core::SteadyTime{}) {
        last_played_ = *played;
        last_moved_ = now;
    } else if (now - last_moved_ > dead_after || *played >= written) {
        return std::nullopt;  // dead, or silent for want of sound
    }
    const double frames = std::min(played->count() * audio_rate_hz, double(written_));
    while (spans_.size() > 1 && double(spans_[1].written) <= frames) spans_.pop_front();
    const Span& span = spans_.front();
    return Heard{span.media + core::Seconds((frames - double(span.written)) * span.rate / audio_rate_hz),
                 span.rate};
}

}  // namespace qd::decode
