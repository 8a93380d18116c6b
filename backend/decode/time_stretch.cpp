#include "decode/time_stretch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace qd::decode {
namespace {

constexpr std::size_t stereo = 2;
constexpr std::size_t coarse = 8;  // frames between places, and samples compared, in the first search

/// Rising half of a Hann window: it and its mirror image sum to 1.
const std::array<float, TimeStretch::hop>& rise() {
    static const auto table = [] {
        std::array<float, TimeStretch::hop> values{};
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = float(0.5 - 0.5 * std::cos(std::numbers::pi * (double(i) + 0.5) / TimeStretch::hop));
        return values;
    }();
    return table;
}

float mono(const std::vector<std::int16_t>& sound, std::size_t frame) {
    return float(sound[frame * stereo]) + float(sound[frame * stereo + 1]);
}

/// How alike `hop` frames from each place are, by normalised cross-correlation over every `step`th frame.
float likeness(const std::vector<std::int16_t>& sound, std::size_t a, std::size_t b, std::size_t step) {
    float product = 0, energy = 1;
    for (std::size_t i = 0; i < TimeStretch::hop; i += step) {
        const float left = mono(sound, a + i), right = mono(sound, b + i);
        product += left * right;
        energy += right * right;
    }
    return product / std::sqrt(energy);
}

}  // namespace

void TimeStretch::reset() {
    input_.clear();
    tail_.clear();
    place_ = 0;
    follows_ = 0;
    last_rate_ = 1;
}

void TimeStretch::push(std::span<const std::int16_t> interleaved) {
    input_.insert(input_.end(), interleaved.begin(), interleaved.end());
}

/// The place within reach of `nominal` that continues the last window best.
std::size_t TimeStretch::best_start(std::size_t nominal) const {
    const std::size_t frames = input_.size() / stereo;
    if (follows_ < 0 || std::size_t(follows_) + hop > frames) return nominal;
    const auto natural = std::size_t(follows_);
    const std::size_t low = nominal > reach ? nominal - reach : 0;
    const std::size_t high = std::min(nominal + reach, frames - 2 * hop);
    std::size_t best = nominal;
    float most = likeness(input_, natural, nominal, coarse);
    const auto consider = [&](std::size_t place, std::size_t step, float& record) {
        const float value = likeness(input_, natural, place, step);
        if (value <= record) return;
        record = value;
        best = place;
    };
    for (std::size_t place = low; place <= high; place += coarse) consider(place, coarse, most);
    const std::size_t from = best > low + coarse ? best - coarse : low;
    const std::size_t to = std::min(best + coarse, high);
    float finest = likeness(input_, natural, best, 2);
    for (std::size_t place = from; place <= to; ++place) consider(place, 2, finest);
    return best;
}

void TimeStretch::lay(std::size_t start, std::vector<std::int16_t>& output) {
    const auto& up = rise();
    const bool first = tail_.empty();
    if (first) tail_.resize(hop * stereo);
    const std::size_t before = output.size();
    output.resize(before + hop * stereo);
    for (std::size_t i = 0; i < hop; ++i)
        for (std::size_t c = 0; c < stereo; ++c) {
            const std::size_t at = i * stereo + c;
            const float fresh = float(input_[start * stereo + at]);
            const float mixed = first ? fresh : tail_[at] + up[i] * fresh;
            output[before + at] = std::int16_t(std::clamp(std::lround(mixed), -32768l, 32767l));
        }
    for (std::size_t i = 0; i < hop; ++i)
        for (std::size_t c = 0; c < stereo; ++c)
            tail_[i * stereo + c] = (1 - up[i]) * float(input_[(start + hop + i) * stereo + c]);
    follows_ = std::ptrdiff_t(start + hop);
}

bool TimeStretch::next(double rate, std::vector<std::int16_t>& output) {
    const std::size_t frames = input_.size() / stereo;
    const auto nominal = std::size_t(std::lround(place_));
    if (nominal + reach + 2 * hop > frames) return false;
    const bool as_it_is = rate == 1 && last_rate_ == 1;
    std::size_t start = nominal;
    if (!tail_.empty()) start = as_it_is && follows_ >= 0 ? std::size_t(follows_) : best_start(nominal);
    lay(start, output);
    // Unstretched sound goes on exactly where it is.
    place_ = (rate == 1 ? double(start) : place_) + rate * double(hop);
    last_rate_ = rate;
    forget_passed();
    return true;
}

void TimeStretch::forget_passed() {
    // The search looks back, and compares with where the last window goes on.
    const double needed = std::min(place_ - double(reach), double(follows_));
    if (needed < 8192) return;
    const auto passed = std::size_t(needed);
    const std::size_t gone = std::min(passed, input_.size() / stereo);
    input_.erase(input_.begin(), input_.begin() + std::ptrdiff_t(gone * stereo));
    place_ -= double(gone);
    follows_ -= std::ptrdiff_t(gone);
}

std::vector<std::int16_t> TimeStretch::drain() {
    const std::size_t frames = input_.size() / stereo;
    const std::size_t start = std::min(std::size_t(std::max(0l, std::lround(place_))), frames);
    std::vector<std::int16_t> rest(input_.begin() + std::ptrdiff_t(start * stereo), input_.end());
    const auto& up = rise();
    for (std::size_t i = 0; i < std::min(hop, rest.size() / stereo) && !tail_.empty(); ++i)
        for (std::size_t c = 0; c < stereo; ++c) {
            const std::size_t at = i * stereo + c;
            rest[at] =
                std::int16_t(std::clamp(std::lround(tail_[at] + up[i] * float(rest[at])), -32768l, 32767l));
        }
    reset();
    return rest;
}

}  // namespace qd::decode
