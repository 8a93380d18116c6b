#pragma once
// Append-only logs whose rows are chained by hash: the incidents' journal and the rollouts' audit. Many named
// streams live in one file; a row, once written, is never changed (the file's triggers refuse it), and
// verify() finds out when somebody did it nevertheless.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/hash_chain.hpp"

namespace qd::storage {

/// Limits of one row; more is Errc::too_large, an empty name or kind Errc::invalid_argument.
inline constexpr std::size_t max_stream_name_bytes = 256;
inline constexpr std::size_t max_event_kind_bytes = 128;
inline constexpr std::size_t max_event_body_bytes = 1 << 20;

struct NewEvent {
    std::string kind;
    std::string body;  // any bytes
};

/// What is appended to one of several streams at once.
struct StreamAppend {
    std::string stream;
    std::vector<NewEvent> events;                    // 1 to 1,000
    std::optional<std::uint64_t> expected_last_seq;  // as append()'s
};

struct LoggedEvent {
    std::uint64_t position = 0;  // 1, 2, … over the whole file, in order of writing
    std::string stream;
    std::uint64_t seq = 0;  // 1, 2, … within the stream, without gaps
    core::WallTime at;      // when it was written, by the log's clock
    std::string kind;
    std::string body;
    std::string prev_hash;  // the previous row's hash; 64 zeros in the first row of a stream
    std::string hash;       // event_hash() of this row

    bool operator==(const LoggedEvent&) const = default;
};

/// hash_of() the row.
std::string event_hash(const LoggedEvent& event);

/// Called for each row; an error ends the scan and is its result.
using RowVisitor = std::function<core::Result<>(const RowView&)>;

/// Thread-safe, and safe against other processes that have the same file open.
class EventLog {
public:
    virtual ~EventLog() = default;

    /// Appends all of `events` (1 to 1,000) or none, and returns them as written. With `expected_last_seq` it
    /// is Errc::conflict when the stream's last seq is another one (0: the stream must not exist yet).
    core::Result<std::vector<LoggedEvent>> append(
        std::string_view stream, std::vector<NewEvent> events,
        std::optional<std::uint64_t> expected_last_seq = std::nullopt);

    /// The same for several streams in one transaction: all of it is written, or nothing.
    virtual core::Result<std::vector<LoggedEvent>> append_together(std::vector<StreamAppend> appends) = 0;

    /// Rows of a stream with seq >= `from_seq`, oldest first, at most `limit` (capped at 10,000). A stream
    /// that does not exist is empty.
    virtual core::Result<std::vector<LoggedEvent>> read(std::string_view stream, std::uint64_t from_seq = 1,
                                                        std::size_t limit = 1'000) const = 0;

    /// Rows of all streams with position > `after_position`, in the order of writing: for rebuilding
    /// projections.
    virtual core::Result<std::vector<LoggedEvent>> read_all(std::uint64_t after_position = 0,
                                                            std::size_t limit = 1'000) const = 0;

    /// The rows of all streams with position > `after_position` in the order of writing, or those of one
    /// stream, without copies. Other readers wait meanwhile, writers do not. Only Chain::read fills the
    /// hashes.
    virtual core::Result<> scan(std::uint64_t after_position, Chain chain, const RowVisitor& visit) const = 0;
    virtual core::Result<> scan_stream(std::string_view stream, Chain chain,
                                       const RowVisitor& visit) const = 0;

    /// 0 for a stream that does not exist.
    virtual core::Result<std::uint64_t> last_seq(std::string_view stream) const = 0;

    /// Names that begin with `prefix`, in the order in which the streams began; at most `limit` (capped at
    /// 10,000), those after the stream `after` when that is not empty.
    virtual core::Result<std::vector<std::string>> streams(std::string_view prefix = {},
                                                           std::size_t limit = 1'000,
                                                           std::string_view after = {}) const = 0;

    /// Where each stream ended when it was last appended to, as noted beside the log. Empty for a log that
    /// was written before heads were noted; the error that keeps them from being read.
    virtual core::Result<Heads> known_heads() const = 0;

    /// Recomputes the chain. Errc::corrupt names the first row that is missing, altered or out of order, rows
    /// cut off the end included where the head is known.
    virtual core::Result<> verify(std::string_view stream) const = 0;
};

/// All rows of a stream, or the names of all streams with a prefix, page by page.
core::Result<std::vector<LoggedEvent>> read_whole(const EventLog& log, std::string_view stream);
core::Result<std::vector<std::string>> all_streams(const EventLog& log, std::string_view prefix);

/// SQLite (WAL). The folder must exist; `clock` must outlive the log. The heads are noted in a file beside it
/// ("journal.heads.sqlite" of "journal.sqlite"), after each append and without waiting for the disk: after a
/// power cut it may be behind the log, never ahead of it. Errc::corrupt or Errc::io with the file's name when
/// the log cannot be used.
core::Result<std::unique_ptr<EventLog>> open_event_log(const std::filesystem::path& file,
                                                       const core::Clock& clock);

/// The same file to read only, also while its owner runs. Errc::not_found when there is none.
core::Result<std::unique_ptr<const EventLog>> open_event_log_to_read(const std::filesystem::path& file);

}  // namespace qd::storage
