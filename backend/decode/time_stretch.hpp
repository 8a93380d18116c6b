#pragma once
// Sound at another speed with its pitch kept: overlapping windows are laid out at a fixed step and taken from
// the input where they fit best to what is there already (WSOLA; Verhelst and Roelands, 1993). Interleaved
// stereo. Pure; not thread-safe.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qd::decode {

class TimeStretch {
public:
    /// Stereo frames that one block puts out: half a window, 13 ms at 48 kHz.
    static constexpr std::size_t hop = 640;
    /// How far from its nominal place a window may be taken: a whole period of a voice of 100 Hz.
    static constexpr std::size_t reach = 480;

    /// Forgets all sound.
    void reset();
    void push(std::span<const std::int16_t> interleaved);
    /// Appends `hop` frames of output and moves on by `rate * hop` frames of input; false, with nothing done,
    /// while there is too little. At rate 1 what comes out is what went in.
    bool next(double rate, std::vector<std::int16_t>& output);
    /// Frames pushed that the nominal place has not passed yet.
    double pending() const { return double(input_.size() / 2) - place_; }
    /// Takes what next() has not passed, as it is, out: for going back to sound that is not stretched. The
    /// first `hop` frames fade over from what was put out last.
    std::vector<std::int16_t> drain();

private:
    std::size_t best_start(std::size_t nominal) const;
    void lay(std::size_t start, std::vector<std::int16_t>& output);
    void forget_passed();

    std::vector<std::int16_t> input_;
    double place_ = 0;            // nominal start of the next window, in frames of input_
    std::vector<float> tail_;     // second half of the last window, faded out; empty: none yet
    std::ptrdiff_t follows_ = 0;  // where in input_ the last window would go on
    double last_rate_ = 1;
};

}  // namespace qd::decode
