#pragma once
// Whether two copies of a media segment show the same pictures.

#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"

namespace qd::viewers {

struct PictureComparison {
    std::uint64_t pictures = 0;   // of the reference
    std::uint64_t different = 0;  // of them: missing in the other, of another size, or visibly not the same

    bool operator==(const PictureComparison&) const = default;
};

/// Decodes both, each behind its initialisation section. A picture is visibly another when its luma differs
/// by more than 10 of 255 on average; an encoder's own noise stays well below. What cannot be decoded in
/// `other` differs; Errc::unprocessable when the reference holds no picture. Blocks for a segment's decoding.
core::Result<PictureComparison> compare_pictures(const std::shared_ptr<const std::string>& reference_init,
                                                 const std::shared_ptr<const std::string>& reference,
                                                 const std::shared_ptr<const std::string>& other_init,
                                                 const std::shared_ptr<const std::string>& other);

}  // namespace qd::viewers
