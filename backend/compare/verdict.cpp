#include "compare/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "compare/lasting_text.hpp"

namespace qd::compare {
namespace {

using core::Seconds;

constexpr std::size_t most_in_text = 3;
constexpr std::size_t longest_reason = 400;
// What stands still or is black also differs: its beginning and end are recognised to about this. And what
// differs again after less is one difference.
constexpr Seconds same_moment{0.5};

}  // namespace

std::string position_text(Seconds at) {
    const auto tenths = std::int64_t(std::floor(std::clamp(at.count(), 0.0, 1e9) * 10 + 1e-6));
    const std::int64_t seconds = tenths / 10;
    std::string text = fmt::format("{:02}:{:02}.{}", seconds / 60 % 60, seconds % 60, tenths % 10);
    return seconds >= 3600 ? fmt::format("{}:{}", seconds / 3600, text) : text;
}

std::string_view to_string(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::differs:
            return "differs";
        case Finding::Kind::frozen:
            return "frozen";
        case Finding::Kind::black:
            return "black";
        case Finding::Kind::missing:
            return "missing";
        case Finding::Kind::failed:
            return "failed";
        case Finding::Kind::mark:
            return "mark";
        case Finding::Kind::tint:
            return "tint";
        case Finding::Kind::shift:
            return "shift";
    }
    return "differs";
}

std::string_view to_string(Verdict::Kind kind) {
    switch (kind) {
        case Verdict::Kind::same:
            return "same";
        case Verdict::Kind::differ:
            return "differ";
        case Verdict::Kind::insufficient:
            return "insufficient";
    }
    return "insufficient";
}

Judge::Judge(Both<std::string> names, Thresholds thresholds) : thresholds_(thresholds) {
    verdict_.name = std::move(names);
    for (const Side side : sides)
        if (verdict_.name[side].empty()) verdict_.name[side] = side == Side::a ? "A" : "B";
}

void Judge::add(const PairScore& score) {
    ++verdict_.pairs;
    verdict_.compared += score.duration;
    if (score.identical) ++verdict_.identical;
    ssim_sum_ += score.ssim;
    psnr_sum_ += score.psnr_db;
    end_ = std::max(end_, score.at + score.duration);
    if (!verdict_.worst_ssim || score.ssim < *verdict_.worst_ssim) {
        verdict_.worst_ssim = score.ssim;
        verdict_.worst_at = score.at;
    }
    if (!verdict_.worst_psnr_db || score.psnr_db < *verdict_.worst_psnr_db)
        verdict_.worst_psnr_db = score.psnr_db;
    for (const Side side : sides) close(missing_[side]);
    if (!score.identical &&
        (score.ssim < thresholds_.ssim_damaged || score.psnr_db < thresholds_.psnr_damaged_db))
        extend(damaged_, score);
    else if (damaged_.finding)
        merge(damage_, *std::exchange(damaged_.finding, {}));
    if (score.ssim >= thresholds_.ssim && score.psnr_db >= thresholds_.psnr_db &&
        score.patch <= thresholds_.patch) {
        close(differs_);
        return;
    }
    extend(differs_, score);
    differs_.counts = differs_.counts ||
                      differs_.finding->frames >= std::uint64_t(std::max(thresholds_.run, 1)) ||
                      score.ssim < thresholds_.ssim_single;
}

void Judge::extend(Run& run, const PairScore& score) {
    if (!run.finding) {
        run.finding.emplace();
        run.finding->from = score.at;
    }
    Finding& finding = *run.finding;
    finding.to = score.at + score.duration;
    ++finding.frames;
    finding.worst_ssim = std::min(finding.worst_ssim.value_or(1), score.ssim);
    finding.worst_psnr_db = std::min(finding.worst_psnr_db.value_or(100), score.psnr_db);
    finding.worst_patch = std::max(finding.worst_patch.value_or(0), score.patch);
}

bool Judge::one_encoding() const {
    return verdict_.pairs >= thresholds_.enough_pairs &&
           double(verdict_.identical) >= thresholds_.one_encoding * double(verdict_.pairs);
}

void Judge::missing(Side side, Seconds at, Seconds duration) {
    ++verdict_.missing[side];
    if (!first_missing_[side]) first_missing_[side] = at;
    end_ = std::max(end_, at + duration);
    Run& run = missing_[side];
    if (run.finding && at - run.finding->to > 2 * duration) close(run);
    if (!run.finding) {
        run.finding.emplace();
        run.finding->kind = Finding::Kind::missing;
        run.finding->side = side;
        run.finding->from = at;
    }
    run.finding->to = at + duration;
    run.counts = ++run.finding->frames >= std::uint64_t(std::max(thresholds_.missing_run, 1));
}

void Judge::close(Run& run) {
    if (run.finding && run.counts) merge(closed_, *run.finding);
    run = {};
}

void Judge::merge(std::vector<Finding>& into, const Finding& finding) {
    for (Finding& known : into) {
        if (known.kind != finding.kind || known.side != finding.side ||
            finding.from > known.to + same_moment || finding.to < known.from - same_moment)
            continue;
        const bool apart = finding.from >= known.to || finding.to <= known.from;
        known.from = std::min(known.from, finding.from);
        known.to = std::max(known.to, finding.to);
        known.frames = apart ? known.frames + finding.frames : std::max(known.frames, finding.frames);
        if (finding.worst_ssim)
            known.worst_ssim = std::min(known.worst_ssim.value_or(1), *finding.worst_ssim);
        if (finding.worst_psnr_db)
            known.worst_psnr_db = std::min(known.worst_psnr_db.value_or(100), *finding.worst_psnr_db);
        if (finding.worst_patch)
            known.worst_patch = std::max(known.worst_patch.value_or(0), *finding.worst_patch);
        return;
    }
    if (into.size() < most_findings) into.push_back(finding);
}

void Judge::interrupt() {
    close(differs_);
    if (damaged_.finding) merge(damage_, *std::exchange(damaged_.finding, {}));
    for (const Side side : sides) close(missing_[side]);
}

void Judge::failed(Side side, std::optional<Seconds> at, const std::string& reason) {
    if (!failure_[side]) failure_[side] = Failure{reason.substr(0, longest_reason), at};
}

void Judge::note(std::string text) {
    auto& notes = verdict_.notes;
    if (notes.size() < most_notes && std::find(notes.begin(), notes.end(), text) == notes.end())
        notes.push_back(std::move(text));
}

void Judge::set_offset(const Offset& offset) {
    verdict_.b_minus_a_s = offset.b_minus_a.count();
    verdict_.offset = offset.text();
}

void Judge::add_spans(std::vector<Finding>& found) const {
    for (const Span& span : spans_) {
        Finding finding;
        finding.kind = span.kind == SpanKind::frozen ? Finding::Kind::frozen : Finding::Kind::black;
        finding.side = span.side;
        finding.from = span.from;
        finding.to = span.to;
        // Black stands still as well: one reason is enough.
        const bool black_too = finding.kind == Finding::Kind::frozen &&
                               std::any_of(spans_.begin(), spans_.end(), [&](const Span& o) {
                                   return o.kind == SpanKind::black && o.side == span.side &&
                                          o.from <= span.from + same_moment && o.to >= span.to - same_moment;
                               });
        if (!black_too) merge(found, finding);
    }
}

void Judge::add_lasting(std::vector<Finding>& found) const {
    const auto within = [](const LastingDifference& mark, const auto& reason) {
        return mark.from >= reason.from - same_moment && mark.to <= reason.to + same_moment;
    };
    // Where pictures are not alike at all, or lie aside, no part of them is worth a word; nor is a tint where
    // one is black or its structure is another.
    const auto explained = [&](const LastingDifference& difference) {
        const bool mark = difference.kind == LastingKind::mark;
        const bool in_colour = !difference.structure &&
                               std::max(std::abs(difference.levels[1]), std::abs(difference.levels[2])) >
                                   std::abs(difference.levels[0]);
        return std::any_of(found.begin(), found.end(),
                           [&](const Finding& reason) {
                               const bool whole = reason.kind == Finding::Kind::frozen ||
                                                  reason.kind == Finding::Kind::black ||
                                                  (reason.kind == Finding::Kind::differs &&
                                                   (mark || *reason.worst_ssim < thresholds_.ssim));
                               return whole && within(difference, reason);
                           }) ||
               std::any_of(lasting_.begin(), lasting_.end(), [&](const LastingDifference& reason) {
                   return mark && reason.kind == LastingKind::shift && (in_colour || !reason.chroma_only) &&
                          within(difference, reason);
               });
    };
    std::vector<Finding> lasting;
    for (const LastingDifference& difference : lasting_) {
        if (explained(difference)) continue;
        Finding finding;
        finding.kind = difference.kind == LastingKind::mark   ? Finding::Kind::mark
                       : difference.kind == LastingKind::tint ? Finding::Kind::tint
                                                              : Finding::Kind::shift;
        finding.from = difference.from;
        finding.to = difference.to;
        finding.lasting = difference;
        lasting.push_back(std::move(finding));
    }
    found.insert(found.end(), std::make_move_iterator(lasting.begin()),
                 std::make_move_iterator(lasting.end()));
}

std::vector<Finding> Judge::findings() const {
    std::vector<Finding> found = closed_;
    for (const Run* run : {&differs_, &missing_.a, &missing_.b})
        if (run->finding && run->counts) merge(found, *run->finding);
    if (one_encoding()) {
        for (const Finding& damage : damage_) merge(found, damage);
        if (damaged_.finding) merge(found, *damaged_.finding);
    }
    add_spans(found);
    add_lasting(found);
    for (const Side side : sides) {
        const std::uint64_t all = verdict_.pairs + verdict_.skipped + verdict_.missing[side];
        const bool told = std::any_of(found.begin(), found.end(), [&](const Finding& finding) {
            return finding.kind == Finding::Kind::missing && finding.side == side;
        });
        if (!told && verdict_.missing[side] > std::uint64_t(std::max(thresholds_.missing_run, 1)) &&
            double(verdict_.missing[side]) > thresholds_.missing_share * double(all)) {
            Finding finding;
            finding.kind = Finding::Kind::missing;
            finding.side = side;
            finding.from = *first_missing_[side];
            finding.to = end_;
            finding.frames = verdict_.missing[side];
            found.push_back(std::move(finding));
        }
        if (failure_[side]) {
            Finding finding;
            finding.kind = Finding::Kind::failed;
            finding.side = side;
            finding.from = finding.to = failure_[side]->at.value_or(Seconds(0));
            found.push_back(std::move(finding));
        }
    }
    for (Finding& finding : found) {
        // The last spell that is looked at for what lasts may not have been full.
        const Seconds late = Seconds(0.1) + (finding.lasting ? thresholds_.lasting.spell : Seconds(0));
        finding.to_the_end =
            finding.kind != Finding::Kind::failed && finding.to >= end_ - late && finding.to > finding.from;
        finding.text = describe(finding);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Finding& one, const Finding& two) { return one.from < two.from; });
    if (found.size() > most_findings) found.resize(most_findings);
    return found;
}

std::string Judge::describe(const Finding& finding) const {
    const bool moment = position_text(finding.from) == position_text(finding.to);
    const std::string when = moment               ? fmt::format("at {}", position_text(finding.from))
                             : finding.to_the_end ? fmt::format("from {} on", position_text(finding.from))
                                                  : fmt::format("from {} to {}", position_text(finding.from),
                                                                position_text(finding.to));
    const std::string who = finding.side ? verdict_.name[*finding.side] : std::string();
    const std::string rest = finding.side ? verdict_.name[other(*finding.side)] : std::string();
    switch (finding.kind) {
        case Finding::Kind::differs:
            if (finding.worst_ssim.value_or(0) <
                (one_encoding() ? thresholds_.ssim_damaged : thresholds_.ssim))
                return fmt::format("pictures differ {}, SSIM {:.2f}", when, finding.worst_ssim.value_or(0));
            // A shift in brightness leaves the structure alone: then the errors tell.
            if (finding.worst_psnr_db.value_or(0) <
                (one_encoding() ? thresholds_.psnr_damaged_db : thresholds_.psnr_db))
                return fmt::format("pictures differ {}, PSNR {:.1f} dB", when,
                                   finding.worst_psnr_db.value_or(0));
            return fmt::format("pictures differ {}, a part of them by {:.0f} levels of colour", when,
                               finding.worst_patch.value_or(0));
        case Finding::Kind::frozen:
            return fmt::format("{} stands still {} while {} moves", who, when, rest);
        case Finding::Kind::black:
            return fmt::format("{} is black {} while {} is not", who, when, rest);
        case Finding::Kind::missing:
            return fmt::format("{} lacks {} frames {}", who, finding.frames, when);
        case Finding::Kind::failed: {
            const Failure& failure = *failure_[*finding.side];
            return failure.at
                       ? fmt::format("{} failed at {}: {}", who, position_text(*failure.at), failure.reason)
                       : fmt::format("{} could not be played: {}", who, failure.reason);
        }
        case Finding::Kind::mark:
        case Finding::Kind::tint:
        case Finding::Kind::shift:
            return fmt::format(
                "{} {}", qd::compare::describe(*finding.lasting, verdict_.name.a, verdict_.name.b), when);
    }
    return {};
}

std::string Judge::summary(const std::vector<Finding>& found) const {
    std::string text;
    std::size_t told = 0, left = 0;
    for (const Finding& finding : found) {
        std::string line = finding.text;
        const auto explains = [&](const Finding& reason) {
            return (reason.kind == Finding::Kind::frozen || reason.kind == Finding::Kind::black) &&
                   finding.from >= reason.from - same_moment && finding.to <= reason.to + same_moment;
        };
        if (finding.kind == Finding::Kind::differs && std::any_of(found.begin(), found.end(), explains))
            continue;
        if (explains(finding)) {
            // The score of the pictures it explains goes with it.
            std::optional<double> worst;
            for (const Finding& each : found)
                if (each.kind == Finding::Kind::differs && each.from >= finding.from - same_moment &&
                    each.to <= finding.to + same_moment)
                    worst = std::min(worst.value_or(1), each.worst_ssim.value_or(1));
            if (worst) line += fmt::format(", SSIM {:.2f}", *worst);
        }
        if (told == most_in_text) {
            ++left;
            continue;
        }
        text += (told++ == 0 ? "" : "; ") + line;
    }
    if (left > 0) text += fmt::format("; and {} more", left);
    return text;
}

Verdict Judge::verdict() const {
    Verdict result = verdict_;
    if (result.pairs > 0) {
        result.mean_ssim = ssim_sum_ / double(result.pairs);
        result.mean_psnr_db = psnr_sum_ / double(result.pairs);
    }
    result.findings = findings();
    const bool at_fault = std::any_of(
        result.findings.begin(), result.findings.end(),
        [](const Finding& each) { return each.kind != Finding::Kind::failed || each.side == Side::b; });
    if (!result.findings.empty()) result.from = result.findings.front().from;
    // A side that never showed anything is no comparison; nor is one whose reference failed.
    for (const Side side : sides)
        if (failure_[side] && !failure_[side]->at && result.pairs == 0) {
            result.text =
                describe(*std::find_if(result.findings.begin(), result.findings.end(), [&](const Finding& f) {
                    return f.kind == Finding::Kind::failed && f.side == side;
                }));
            return result;
        }
    if (at_fault) {
        result.kind = Verdict::Kind::differ;
        result.text = summary(result.findings);
        return result;
    }
    if (failure_.a) {
        result.text = summary(result.findings);
        return result;
    }
    if (result.pairs < thresholds_.enough_pairs) {
        result.text = fmt::format("only {} pairs of frames were compared, {} are the least", result.pairs,
                                  thresholds_.enough_pairs);
        return result;
    }
    result.kind = Verdict::Kind::same;
    const std::string rests_on =
        fmt::format("over {:.1f} s ({} pairs)", result.compared.count(), result.pairs);
    result.text = result.identical == result.pairs
                      ? fmt::format("pictures are the same to the last sample {}", rests_on)
                      : fmt::format("pictures are the same {}, SSIM at least {:.2f}", rests_on,
                                    std::floor(*result.worst_ssim * 100) / 100);
    if (result.identical < result.pairs && looked_for_ && *looked_for_ <= Seconds(0))
        result.text += "; too short to see a small mark or a slight tint";
    return result;
}

}  // namespace qd::compare
