#pragma once
// When a title that is still being encoded may be played: whoever begins now must not catch the encoder up.
// Pure.

#include "core/clock.hpp"

namespace qd::services {

/// How an encode has gone so far.
struct EncodePace {
    core::Seconds duration{};   // of the title; 0: not known
    core::Seconds published{};  // media that can be played already
    core::Seconds elapsed{};    // since the encoder began
};

/// Whether the rest will be there before a viewer who begins at the start now gets to it, should the encoder
/// go on at no less than seven tenths of its pace so far. True when the duration is not known.
bool has_head_start(const EncodePace& pace);

}  // namespace qd::services
