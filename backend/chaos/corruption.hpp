#pragma once
// Flipping bits in media on their way out.

#include "core/random.hpp"
#include "http/message.hpp"

namespace qd::chaos {

/// Flips `bits` bits of the body of an answer with status 200 or 206 that is media by its Content-Type
/// (video/*, audio/*, application/octet-stream), wherever that body comes from; all others stay as they are.
/// A file's part is read into memory for that, up to 64 MiB. Blocks for that reading.
void corrupt_media(http::Response& response, unsigned bits, core::Random& random);

}  // namespace qd::chaos
