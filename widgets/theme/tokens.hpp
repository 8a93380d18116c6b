#pragma once
// The names that all of the console's looks are made of. A widget never holds a colour or a size of its own:
// it asks for a token when it paints, so that one switch of the theme reaches everything.
#include <QtGlobal>

namespace qd::widgets {

enum class Mode { Dark, Light };

enum class Token {
    Background,  // the window behind everything
    Surface,     // cards, tables, panels
    Raised,      // menus, tooltips, buttons, the hovered card
    Field,       // input fields
    Sunken,      // input fields, tracks of bars
    Hover,       // a row or button under the pointer
    Line,        // hairlines between things
    LineStrong,  // borders of controls
    Grid,        // grid lines of charts
    Text,
    TextMuted,   // second-rank text, still at least 4.5:1 on Surface
    TextFaint,   // disabled text and placeholders
    Accent,      // the one action that matters, selection, focus
    OnAccent,    // text on Accent
    AccentSoft,  // selected rows
    Good,
    GoodSoft,
    Warn,
    WarnSoft,
    Bad,
    BadSoft,
    OnBad,  // text on Bad
    Info,
    InfoSoft,
    Neutral,
    NeutralSoft,
    Stable,  // the stable arm of a rollout, everywhere
    Canary,  // the canary arm, everywhere
    Hatch,   // strokes over time without data
    Crosshair,
    // Series of charts: Wong's colour-blind-safe palette, adapted to each background.
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
    Series7,
    Series8,
    Count
};

// State of a thing on screen. It always appears as shape + word + colour, never as colour alone.
enum class State { Good, Warn, Bad, Info, Neutral, NoData, Stale };

// Distances in device-independent pixels. Nothing stands at any other distance.
namespace space {
inline constexpr int xs = 4;
inline constexpr int sm = 8;
inline constexpr int md = 12;
inline constexpr int lg = 16;
inline constexpr int xl = 24;
inline constexpr int xxl = 32;
}  // namespace space

inline constexpr int cornerRadius = 6;     // cards
inline constexpr int controlRadius = 5;    // buttons, fields
inline constexpr int controlHeight = 30;   // buttons, fields, combo boxes
inline constexpr int tableRowHeight = 34;  // rows of tables

// Sizes of type in pixels.
enum class Type : int { Micro = 11, Small = 12, Body = 13, Lead = 15, Title = 20, Display = 28 };

enum class Weight { Regular, Medium, Semibold };

constexpr int typeSize(Type type) {
    return static_cast<int>(type);
}
constexpr Token seriesToken(int index) {
    return static_cast<Token>(static_cast<int>(Token::Series1) + (index < 0 ? 0 : index) % 8);
}

}  // namespace qd::widgets
