#pragma once
// A decoded picture and what is painted of it: what a player's and a comparison's presenting threads share.

#include "core/result.hpp"
#include "decode/decoded_picture.hpp"
#include "decode/picture.hpp"

namespace qd::decode {

struct ScreenPicture {
    DecodedPicture picture;
    VideoFrame frame;
};

/// Scaled into `box`, with its place in the presentation; its frame code where `read_code` asks for it and
/// the luma is 8 bits. Errc::corrupt for pictures that cannot be read.
core::Result<VideoFrame> paint(PictureScaler& scaler, const DecodedPicture& picture, Size box,
                               bool read_code);

/// The pixels and size of `scaled`, of the same picture, in the place of those of `frame`.
void repaint(VideoFrame& frame, VideoFrame scaled);

/// A reference to the picture in its decoded form, so that it can be scaled without a lock that guards the
/// original; null when memory is short.
media::Frame another_reference(const DecodedPicture& picture);

/// In its coded size (pixel shape applied), with the labels of `painted`. About 5 ms for 1080p.
core::Result<VideoFrame> in_coded_size(const AVFrame& picture, const VideoFrame& painted);

/// What is known of a picture beyond its pixels, its frame code included.
FrameInfo describe(const ScreenPicture& shown);

}  // namespace qd::decode
