#pragma once
// Gathers a request's body: in memory while it is small, then in a file of the spool folder.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/files.hpp"
#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::http {

/// Used by one thread at a time. The file is written by flush() alone, which blocks and so belongs on a
/// worker.
class BodyCollector {
public:
    /// `limit_bytes`: beyond it append() refuses. Beyond `memory_limit_bytes` the body goes to
    /// `spool_folder`.
    void begin(std::uint64_t memory_limit_bytes, std::uint64_t limit_bytes,
               const std::filesystem::path& spool_folder);

    /// False when the body is now too large; nothing of `bytes` is kept then.
    bool append(std::string_view bytes);
    std::uint64_t size() const { return size_; }

    /// Enough waits in memory that flush() should run before more is read.
    bool wants_flush() const;
    /// What must still be written when the body is complete.
    bool needs_final_flush() const { return spooling_ && !pending_.empty(); }
    /// Errc::no_space, Errc::io, … when the spool cannot be written; Errc::too_large without a spool folder.
    core::Result<> flush();

    /// Hands the complete body over: text, or a file.
    void finish(Request& request);
    /// Forgets everything; a file is removed.
    void clear();

private:
    std::uint64_t memory_limit_ = 0;
    std::uint64_t limit_ = 0;
    std::filesystem::path folder_;
    std::uint64_t size_ = 0;
    bool spooling_ = false;
    std::string pending_;  // all of it, or what the file lacks
    core::UniqueFd file_;
    std::shared_ptr<SpooledBody> spooled_;  // from the file's creation on, so that it never stays behind
};

}  // namespace qd::http
