#pragma once
// The luma of a decoded frame, with its chroma.

#include <optional>

#include "compare/luma.hpp"
#include "core/result.hpp"
#include "media/ff.hpp"

namespace qd::compare {

/// Shares the frame's memory where it holds planes of 8 bits, in video range; otherwise a copy: deeper
/// samples are rounded to 8 bits, full range is brought to 16..235 (chroma 16..240), RGB is converted
/// (BT.601). Errc::unprocessable for frames that have no such plane, hardware surfaces among them.
core::Result<Luma> luma_of(const AVFrame& frame);

}  // namespace qd::compare
