#pragma once
// The flags that are in force in a process: those of a file that others replace, with what the command line
// pins. A file that does not read leaves the last good set; before the first there is an empty one.

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "flags/flag_set.hpp"

namespace qd::flags {

/// A flag that serves one variant whatever its targeting and its state say; one that does not exist or lacks
/// the variant is left alone.
struct Pin {
    std::string flag;
    std::string variant;
};

/// "key=variant".
core::Result<Pin> parse_pin(std::string_view text);

/// A set with where it comes from. Immutable.
struct Snapshot {
    std::shared_ptr<const FlagSet> set;
    std::uint64_t revision = 0;               // of the document; 0: none was read
    std::optional<core::WallTime> loaded_at;  // none: no file was read
};

/// Thread-safe. A file is looked at in poll() alone; whoever evaluates takes the snapshot there is.
class FileProvider {
public:
    /// `clock` must outlive it. Reads nothing yet.
    FileProvider(std::filesystem::path file, std::vector<Pin> pins, const core::Clock& clock);

    /// Reads the file when it is another than the last time (device, inode, size, time of change). True when
    /// a new set is in force; the error, told once, when the file does not read. A file that is gone leaves
    /// what was read.
    core::Result<bool> poll();

    std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }
    const std::vector<Pin>& pins() const { return pins_; }
    /// Those without effect: the set has no such flag, or the flag no such variant.
    std::vector<Pin> idle_pins() const;

    /// What is in force, as JSON: {"revision","age_s","loaded_at","error","pins":{key:variant},
    /// "flags":{key:{"enabled","default_variant","rules","pinned","variant","value","reason"}}}; "age_s"
    /// since it was read, null before. The last three are what somebody gets of whom nothing is known:
    /// "variant" and "value" are null where the caller's own fallback is served. Pinned: by a pin that the
    /// flag has the variant for.
    std::string status() const;

private:
    struct Stamp {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t seconds = 0, nanoseconds = 0;

        bool operator==(const Stamp&) const = default;
    };
    core::Result<std::shared_ptr<const Snapshot>> load() const;

    const std::filesystem::path file_;
    const std::vector<Pin> pins_;
    const core::Clock& clock_;
    std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
    mutable std::mutex mutex_;
    std::optional<Stamp> seen_;
    std::string error_;
};

}  // namespace qd::flags
