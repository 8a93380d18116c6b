#pragma once
// A source becomes an HLS title: decoded once, every rung encoded by libx264 (closed GOPs, IDR pictures at
// the same media times in all rungs, no others) and AAC (encoded once, muxed into every rung), as fragmented
// MP4:
//
//   {output_folder}/master.m3u8                 multivariant playlist, measured bandwidths
//   {output_folder}/poster.jpg
//   {output_folder}/{rung}/index.m3u8           EVENT while it grows, VOD with EXT-X-ENDLIST once complete
//   {output_folder}/{rung}/init.mp4, seg-00001.m4s, seg-00002.m4s, ...
//
// All rungs grow together. As soon as each has its first segments the title is playable: on_playable is
// called, and a player that starts then sees EVENT playlists that grow faster than they are played.
// Bandwidths in the first master.m3u8 are upper bounds (the encoder's rate limit); the final one holds the
// measured ones.
//
// Every file appears complete (written beside, then renamed). On failure and on cancellation the whole output
// folder is removed; a folder left behind by a process that was killed is removed when its job runs again.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "hls/bandwidth.hpp"
#include "hls/playlist.hpp"
#include "media/ladder.hpp"
#include "media/probe.hpp"

namespace qd::media {

struct EncodeJob {
    std::filesystem::path source;
    std::filesystem::path output_folder;  // owned by this job: whatever is in it is removed first
    LadderSettings ladder;
    core::Seconds segment_duration{2};  // 1 to 10; production uses 4
    unsigned threads = 2;               // cores to make use of, 1 to 64
    std::string public_uri_prefix;      // before "{rung}/index.m3u8" in the master: "/media/<id>/"
};

/// All are optional and called one at a time, from threads of encode(); they must not block for long.
struct EncodeHooks {
    std::function<void(double)> on_progress;  // 0..1, at steps of 1/200 at most, never falling
    /// Once, before the end: master.m3u8 is there and every rung has its first segments.
    std::function<void(const hls::MultivariantPlaylist& master)> on_playable;
    /// A file is complete (again, for playlists): its path below output_folder. A playlist is announced after
    /// all that it lists; master.m3u8 comes after what it lists.
    std::function<void(const std::string& relative_path)> on_file;
};

struct EncodedRung {
    Rung rung;
    std::string playlist;      // below the output folder: "480p/index.m3u8"
    std::string codecs;        // "avc1.64001e,mp4a.40.2"
    hls::Bandwidth bandwidth;  // measured over whole segment files, container and sound included
    std::uint64_t bytes = 0;
    std::uint32_t segments = 0;
};

struct EncodedTitle {
    SourceInfo source;
    double duration_s = 0;  // of what was encoded
    double frame_rate = 0;  // frames/s of the renditions, on average
    std::uint64_t frames = 0;
    hls::MultivariantPlaylist master;  // as in master.m3u8: lowest rung first
    std::vector<EncodedRung> rungs;    // lowest first
    std::uint64_t bytes = 0;           // of all files
    std::string poster = "poster.jpg";
};

/// Blocks until done; threads of its own do the encoding. Errors: what probe() finds; Errc::unprocessable
/// "truncated" when what could be decoded falls short of the declared duration by more than 10 % (and more
/// than a second), or when most of it is damaged; Errc::cancelled; Errc::no_space and Errc::io;
/// Errc::internal for failures of the encoders.
core::Result<EncodedTitle> encode(const EncodeJob& job, const EncodeHooks& hooks = {},
                                  std::stop_token stop = {});

}  // namespace qd::media
