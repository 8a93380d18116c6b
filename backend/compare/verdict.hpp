#pragma once
// Whether two sides show the same, from the scores of their pairs: what a rollout or a pipeline acts on.
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/freeze_black.hpp"
#include "compare/lasting.hpp"
#include "compare/offset.hpp"
#include "compare/pair_score.hpp"
#include "core/result.hpp"

namespace qd::compare {

/// Two versions of an encoder at the same level and bitrate differ in their noise, and a few frames around a
/// cut in more; a picture that is another one, torn, blocky or grey is far from both.
struct Thresholds {
    double ssim = 0.85;        // below it for `run` pairs in a row: the pictures differ
    double psnr_db = 22;       // likewise: a shift in brightness leaves the structure, and SSIM, alone
    double patch = 40;         // likewise above it: one part has another colour, noise averages out there
    int run = 3;               // pairs in a row
    double ssim_single = 0.6;  // below it a single pair is enough: no noise does that
    // Where at least this share of the pairs is identical, both sides carry one and the same encoding, and
    // there is no noise: a single pair below these is damage.
    double one_encoding = 0.5;
    double ssim_damaged = 0.95, psnr_damaged_db = 35;
    int missing_run = 3;              // frames in a row without a counterpart
    double missing_share = 0.01;      // of all, and more than `missing_run`
    std::uint64_t enough_pairs = 10;  // fewer say nothing
    SpanThresholds spans;
    LastingThresholds lasting;  // small differences, which one pair does not show
};

inline constexpr std::size_t most_findings = 100;
inline constexpr std::size_t most_notes = 20;

struct Finding {
    enum class Kind { differs, frozen, black, missing, failed, mark, tint, shift };
    Kind kind = Kind::differs;
    std::optional<Side> side;    // whose fault; nothing: both alike
    core::Seconds from{}, to{};  // on side a's timeline
    bool to_the_end = false;     // it lasted when the comparison ended
    std::optional<double> worst_ssim, worst_psnr_db;
    std::optional<double> worst_patch;         // levels, 0..442
    std::uint64_t frames = 0;                  // pairs, or frames that are missing
    std::optional<LastingDifference> lasting;  // of a mark, a tint or a shift
    std::string text;

    bool operator==(const Finding&) const = default;
};
std::string_view to_string(Finding::Kind kind);

struct Verdict {
    enum class Kind { same, differ, insufficient };
    Kind kind = Kind::insufficient;
    /// "pictures differ from 00:12.4 on, SSIM 0.61".
    std::string text;
    Both<std::string> name;             // of the sides: "stable", "canary"
    std::uint64_t pairs = 0;            // scored
    std::uint64_t identical = 0;        // of them, sample by sample
    std::uint64_t skipped = 0;          // aligned but not scored, for want of time
    core::Seconds compared{};           // of the pairs that were scored
    Both<std::uint64_t> missing;        // frames that the side lacks
    std::optional<core::Seconds> from;  // where what differs begins
    std::optional<double> worst_ssim, mean_ssim;
    std::optional<core::Seconds> worst_at;
    std::optional<double> worst_psnr_db, mean_psnr_db;
    std::optional<double> b_minus_a_s;  // the offset that was used
    std::string offset;                 // in words
    Both<std::optional<double>> fps;
    std::vector<Finding> findings;   // by position; at most most_findings
    std::vector<std::string> notes;  // "the larger picture was scaled down to 1280x720"; at most most_notes

    bool operator==(const Verdict&) const = default;
};
std::string_view to_string(Verdict::Kind kind);

/// Pure; not thread-safe. Memory is bounded whatever comes.
class Judge {
public:
    explicit Judge(Both<std::string> names, Thresholds thresholds = {});

    /// Pairs and missing frames come in order of position.
    void add(const PairScore& score);
    void missing(Side side, core::Seconds at, core::Seconds duration);
    /// A seek: what follows does not follow what came before.
    void interrupt();
    void skipped(std::uint64_t pairs = 1) { verdict_.skipped += pairs; }
    /// The side could not be played (on); `at` nothing: not at all.
    void failed(Side side, std::optional<core::Seconds> at, const std::string& reason);
    void note(std::string text);
    void set_offset(const Offset& offset);
    void set_fps(Side side, double fps) { verdict_.fps[side] = fps; }

    /// Where a side stood still or was black, so far.
    void set_spans(std::vector<Span> spans) { spans_ = std::move(spans); }
    /// Small differences so far; `looked_for` is how long they have been looked for.
    void set_lasting(std::vector<LastingDifference> lasting, core::Seconds looked_for) {
        lasting_ = std::move(lasting);
        looked_for_ = looked_for;
    }

    Verdict verdict() const;

private:
    struct Run {  // of what is wrong in frames that follow each other
        std::optional<Finding> finding;
        bool counts = false;  // long or bad enough
    };
    struct Failure {
        std::string reason;
        std::optional<core::Seconds> at;
    };
    void close(Run& run);
    static void extend(Run& run, const PairScore& score);
    bool one_encoding() const;
    /// Adds it, or widens what is there already, nearly or (after a seek back) once more.
    static void merge(std::vector<Finding>& into, const Finding& finding);
    /// What was found, by position, as far as it counts.
    std::vector<Finding> findings() const;
    void add_spans(std::vector<Finding>& found) const;
    void add_lasting(std::vector<Finding>& found) const;
    std::string describe(const Finding& finding) const;
    std::string summary(const std::vector<Finding>& found) const;

    Thresholds thresholds_;
    Verdict verdict_;
    double ssim_sum_ = 0, psnr_sum_ = 0;
    core::Seconds end_{};  // of what was compared
    Run differs_, damaged_;
    Both<Run> missing_;
    Both<std::optional<core::Seconds>> first_missing_;
    Both<std::optional<Failure>> failure_;
    std::vector<Finding> closed_;
    std::vector<Finding> damage_;  // counts where both sides carry one encoding
    std::vector<Span> spans_;
    std::vector<LastingDifference> lasting_;
    std::optional<core::Seconds> looked_for_;
};

/// "00:12.4": minutes, seconds and tenths.
std::string position_text(core::Seconds at);

std::string to_json(const Verdict& verdict);
/// Errc::invalid_argument for what is no verdict, Errc::too_large beyond 256 kB.
core::Result<Verdict> parse_verdict(std::string_view json);

}  // namespace qd::compare
