#pragma once
// Two copies of a media segment, picture by picture.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace qd::compare {

struct SegmentPictures {
    std::uint64_t pictures = 0;   // of the reference
    std::uint64_t different = 0;  // of them: missing in the other, or visibly another
    std::vector<double> ssim;     // of those that are in both, in order

    bool operator==(const SegmentPictures&) const = default;
};

struct SegmentBytes {
    std::shared_ptr<const std::string> init;  // may be empty
    std::shared_ptr<const std::string> data;
};

/// Decodes both, each behind its initialisation section; the n-th picture of one belongs to the n-th of the
/// other. A picture is visibly another below 22 dB of PSNR or an SSIM of 0.6 (see Thresholds; there are no
/// runs here, so that only what no noise can do counts). What cannot be decoded in `other` is missing;
/// Errc::unprocessable when the reference holds no picture. Blocks for the decoding; at most 2,000 pictures
/// are looked at.
core::Result<SegmentPictures> compare_segments(const SegmentBytes& reference, const SegmentBytes& other);

}  // namespace qd::compare
