#pragma once
// Breaking answers on their way out: bits of media, lines of playlists.

#include "core/random.hpp"
#include "http/message.hpp"

namespace qd::chaos {

/// Flips `bits` bits of the body of an answer with status 200 or 206 that is media by its Content-Type
/// (video/*, audio/*, application/octet-stream), wherever that body comes from; all others stay as they are.
/// A file's part is read into memory for that, up to 64 MiB. Blocks for that reading.
void corrupt_media(http::Response& response, unsigned bits, core::Random& random);

/// A media playlist by its Content-Type and content then names segments that do not exist (every second one)
/// and a target duration of 1 s; all others stay as they are. Blocks as corrupt_media does.
void break_playlist(http::Response& response);

}  // namespace qd::chaos
