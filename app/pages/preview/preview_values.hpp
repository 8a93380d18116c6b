#pragma once
// Small decisions and wordings of the preview. Pure.

#include <QPair>
#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

#include "core/result.hpp"
#include "decode/playback.hpp"
#include "player/network_trace.hpp"
#include "player/shaped_transport.hpp"
#include "widgets/video/live_button.hpp"

namespace qd::app {

/// Stands for whatever is not known: never 0, never empty.
inline const QString kUnknown = QStringLiteral("–");

/// It goes on by itself: starting, playing, stalled or seeking.
bool isRunning(decode::PlaybackState state);

/// What somebody typed or pasted, as an address that can be opened. Errc::invalid_argument says what is wrong
/// with it and what would be right.
core::Result<QString> hlsAddress(const QString& typed);

/// The reason a title cannot be played, and what to do next.
struct Advice {
    QString why;
    QString next;
};
Advice adviceFor(const core::Error& error, bool ofSite);

/// 0.25 … 4; the next one up (+1) or down (-1) from any rate.
const QVector<double>& playbackRates();
double nextRate(double rate, int direction);
QString rateText(double rate);  // "1×", "0.25×"

/// "720p · 2.5 Mbit/s"; "–" for what is not there.
QString levelText(const player::PresentationInfo& presentation, int level);
QString trackText(const player::TrackInfo& track, int index);
/// The track after `current` (-1: none); with `off` the row goes through "none". -1: none.
int nextTrack(int current, int count, bool off);
/// Auto (-1), then level by level from the lowest; back to auto.
int nextLevel(std::optional<int> locked, int count);

/// "00:12.400", "1:00:12.400".
QString timecode(double seconds);
QStringList subtitleLines(const std::vector<player::Cue>& cues);

/// Of a title that is still being made: as near to the end of what is published as playing can be, three
/// segments of `target` length before it (as a session begins there), and how far a position is away.
core::Seconds liveEdge(core::Seconds end, core::Seconds target);
widgets::LiveDistance liveDistance(core::Seconds position, core::Seconds end, core::Seconds target);

/// A, then A to B, then none: what the next press makes of it. A range that would be empty or turned around
/// is put in order.
struct LoopPress {
    std::optional<double> markS;             // A is set, B not yet
    std::optional<decode::LoopRange> range;  // A to B
};
LoopPress pressLoop(const LoopPress& before, double positionS);

/// A network to rehearse. Either a shape or a trace's name.
struct NetworkChoice {
    QString id;
    QString name;
    player::NetworkShape shape;
    std::string trace;
};
const QVector<NetworkChoice>& networkChoices();
/// "800 kbit/s, 120 ms, 2 % lost"; empty for a network as it is.
QString networkText(const player::NetworkShape& shape);

/// For the inspector.
QVector<QPair<QString, QString>> frameLines(const decode::FrameInfo& info,
                                            const player::PresentationInfo& presentation);
/// "720p because the estimate of 4.1 Mbit/s carries it (buffer 12.0 s)".
QString decisionText(const player::AbrDecision& decision);

}  // namespace qd::app
