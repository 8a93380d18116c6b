#pragma once
// Pictures that stand still while the other side moves, and pictures that are black while the other side's
// are not. Pure; not thread-safe.

#include <optional>
#include <vector>

#include "compare/luma.hpp"
#include "compare/side.hpp"
#include "core/clock.hpp"

namespace qd::compare {

enum class SpanKind { frozen, black };

/// Positions are those of side a.
struct Span {
    SpanKind kind = SpanKind::frozen;
    Side side = Side::a;
    core::Seconds from{}, to{};

    bool operator==(const Span&) const = default;
};

struct SpanThresholds {
    /// Shorter repeats happen at cuts and with 24 frames shown at 60.
    core::Seconds freeze_after{1};
    core::Seconds black_after{0.5};  // fades through black are shorter
    /// Sketches of a still picture differ by less, encoder noise and key frame pulses included …
    double still_mean = 0.8;
    int still_largest = 10;
    /// … and one that moves has come further than this from where the stillness began.
    double moved_mean = 1.5;
    int moved_largest = 24;
    /// Black as broadcast has it: 16, with room for noise.
    double black_mean = 24;
    double black_share = 0.98;
};

class FreezeBlackDetector {
public:
    explicit FreezeBlackDetector(SpanThresholds thresholds = {}) : thresholds_(thresholds) {}

    struct State {
        Both<bool> frozen, black;  // as of the pair just added: the span has lasted long enough
    };
    /// The next pair, in order of `at`.
    State add(core::Seconds at, core::Seconds duration, const Sketch& a, const Sketch& b);
    /// A seek or a hole: what lasted ends.
    void interrupt();

    /// Spans so far, by when they were recognised; the ones that last end with the last pair. At most 1,000.
    const std::vector<Span>& spans() const { return spans_; }

private:
    struct Stillness {
        bool begun = false;
        Sketch own;     // when it began
        Sketch others;  // when that side moved last
        bool moving = false;
        core::Seconds from{}, moved{};  // the other side's first and last move since
        std::optional<std::size_t> span;
    };
    struct Blackness {
        bool begun = false;
        core::Seconds from{};
        std::optional<std::size_t> span;
    };
    bool add_stillness(Side side, core::Seconds at, core::Seconds end, const Sketch& own,
                       const Sketch& others);
    bool add_blackness(Side side, core::Seconds at, core::Seconds end, const Sketch& own,
                       const Sketch& others);
    void extend(std::optional<std::size_t>& span, SpanKind kind, Side side, core::Seconds from,
                core::Seconds to);

    SpanThresholds thresholds_;
    Both<Stillness> still_;
    Both<Blackness> dark_;
    std::vector<Span> spans_;
};

}  // namespace qd::compare
