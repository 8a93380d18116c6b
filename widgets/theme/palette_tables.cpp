#include "widgets/theme/palette_tables.hpp"

namespace qd::widgets {
namespace {

constexpr PaletteTable build(std::initializer_list<std::pair<Token, QRgb>> entries) {
    PaletteTable table{};
    for (const auto& [token, rgb] : entries) table[static_cast<std::size_t>(token)] = 0xff000000u | rgb;
    return table;
}

constexpr PaletteTable dark = build({
    {Token::Background, 0x0f1318}, {Token::Surface, 0x161b22},     {Token::Raised, 0x1f262f},
    {Token::Sunken, 0x0b0f13},     {Token::Field, 0x0b0f13},       {Token::Hover, 0x1c232c},
    {Token::Line, 0x252d37},       {Token::LineStrong, 0x3a4552},  {Token::Grid, 0x212932},
    {Token::Text, 0xe6eaef},       {Token::TextMuted, 0x9ca8b5},   {Token::TextFaint, 0x6b7885},
    {Token::Accent, 0x7c9cff},     {Token::OnAccent, 0x0b1020},    {Token::AccentSoft, 0x202b49},
    {Token::Good, 0x35c795},       {Token::GoodSoft, 0x12302a},    {Token::Warn, 0xf0b93a},
    {Token::WarnSoft, 0x352a12},   {Token::Bad, 0xff7a63},         {Token::BadSoft, 0x3d1f1b},
    {Token::OnBad, 0x240a05},      {Token::Info, 0x5cb3ea},        {Token::InfoSoft, 0x12293a},
    {Token::Neutral, 0x8b98a5},    {Token::NeutralSoft, 0x232b34}, {Token::Stable, 0x56b4e9},
    {Token::Canary, 0xe08fbf},     {Token::Hatch, 0x333d48},       {Token::Crosshair, 0x8895a3},
    {Token::Series1, 0x3f9fe0},    {Token::Series2, 0xe9a820},     {Token::Series3, 0x25b98b},
    {Token::Series4, 0xd98bb8},    {Token::Series5, 0x7cc8f2},     {Token::Series6, 0xee7a35},
    {Token::Series7, 0xefe35a},    {Token::Series8, 0xaeb8c2},
});

constexpr PaletteTable light = build({
    {Token::Background, 0xf3f5f7}, {Token::Surface, 0xffffff},     {Token::Raised, 0xffffff},
    {Token::Sunken, 0xf0f2f5},     {Token::Field, 0xffffff},       {Token::Hover, 0xf3f6f9},
    {Token::Line, 0xe0e5ea},       {Token::LineStrong, 0xc0c9d2},  {Token::Grid, 0xebeef2},
    {Token::Text, 0x17212c},       {Token::TextMuted, 0x55626f},   {Token::TextFaint, 0x7f8b97},
    {Token::Accent, 0x3557d6},     {Token::OnAccent, 0xffffff},    {Token::AccentSoft, 0xe6ebfc},
    {Token::Good, 0x007a58},       {Token::GoodSoft, 0xdcf3ea},    {Token::Warn, 0x935c00},
    {Token::WarnSoft, 0xfbefd5},   {Token::Bad, 0xc0361a},         {Token::BadSoft, 0xfde7e1},
    {Token::OnBad, 0xffffff},      {Token::Info, 0x0069a6},        {Token::InfoSoft, 0xe0f0fa},
    {Token::Neutral, 0x66727f},    {Token::NeutralSoft, 0xeaeef2}, {Token::Stable, 0x0072b2},
    {Token::Canary, 0xb0508a},     {Token::Hatch, 0xd5dbe1},       {Token::Crosshair, 0x6d7986},
    {Token::Series1, 0x0072b2},    {Token::Series2, 0xb97f00},     {Token::Series3, 0x008a64},
    {Token::Series4, 0xb65a90},    {Token::Series5, 0x2b94cf},     {Token::Series6, 0xcb5700},
    {Token::Series7, 0x8f8400},    {Token::Series8, 0x4b5661},
});

}  // namespace

const PaletteTable& paletteTable(Mode mode) {
    return mode == Mode::Dark ? dark : light;
}

}  // namespace qd::widgets
