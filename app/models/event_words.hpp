#pragma once
// Events of a journal in words and pictures.

#include <QString>
#include <string_view>

#include "incidents/event.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

widgets::Icon iconOf(incidents::EventKind kind);
QString kindWord(incidents::EventKind kind);
/// One line, whatever the text holds.
QString lineOf(const incidents::Event& event);

/// What the subject of evidence begins with that tells when a player's picture stood: its samples are 1 then.
inline constexpr std::string_view kPlaybackSubject = "playback/";

}  // namespace qd::app
