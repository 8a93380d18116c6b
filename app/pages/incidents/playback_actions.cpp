// What only looks at an incident: finding, lanes and playback; and that the past is not written to.
#include "app/pages/incidents/timeline_actions.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

void addLooks(Session& session) {
    TimelineFocus* focus = &session.focus();
    ActionRegistry& actions = session.actions();
    const auto add = [&](const char* id, const char* title, const QKeySequence& key,
                         std::function<void()> what, bool playing) {
        actions.add({.id = id,
                     .title = title,
                     .group = QStringLiteral("Incident timeline"),
                     .shortcut = key,
                     .run =
                         [what = std::move(what)](const QVariantMap&, Done done) {
                             what();
                             done(QVariantMap{});
                         },
                     .ask = {},
                     .blocked = [focus, playing]() -> QString {
                         return playing && !focus->isPlaying()
                                    ? QStringLiteral("Only during playback (B begins it)")
                                    : QString();
                     },
                     .page = QStringLiteral("incidents"),
                     .parameters = {}});
    };
    add(
        "incident.find", "Find in the journal", {}, [focus] { emit focus->searchWanted(); }, false);
    add(
        "incident.find_next", "Next found event", QKeySequence(Qt::Key_F3),
        [focus] { emit focus->nextHitWanted(1); }, false);
    add(
        "incident.find_previous", "Previous found event", QKeySequence(Qt::SHIFT | Qt::Key_F3),
        [focus] { emit focus->nextHitWanted(-1); }, false);
    add(
        "incident.lanes", "Show or hide lanes of the timeline", QKeySequence(Qt::Key_V),
        [focus] { emit focus->lanesWanted(); }, false);
    add(
        "incident.playback", "Play the incident back, or go back to now", QKeySequence(Qt::Key_B),
        [focus] { emit focus->playbackWanted(); }, false);
    add(
        "incident.playback_pause", "Playback: pause or play", QKeySequence(Qt::Key_Space),
        [focus] { emit focus->playbackPauseWanted(); }, true);
    add(
        "incident.playback_next", "Playback: next event", QKeySequence(Qt::SHIFT | Qt::Key_Right),
        [focus] { emit focus->playbackStepWanted(1); }, true);
    add(
        "incident.playback_previous", "Playback: previous event", QKeySequence(Qt::SHIFT | Qt::Key_Left),
        [focus] { emit focus->playbackStepWanted(-1); }, true);
    add(
        "incident.playback_faster", "Playback: faster", QKeySequence(Qt::SHIFT | Qt::Key_Up),
        [focus] { emit focus->playbackSpeedWanted(1); }, true);
    add(
        "incident.playback_slower", "Playback: slower", QKeySequence(Qt::SHIFT | Qt::Key_Down),
        [focus] { emit focus->playbackSpeedWanted(-1); }, true);
}

}  // namespace

void addPlaybackActions(Session& session) {
    addLooks(session);
    ActionRegistry& actions = session.actions();
    QObject::connect(&session.focus(), &TimelineFocus::playingChanged, &actions,
                     &ActionRegistry::updateEnabled);
    // The past cannot be written to, by whoever's action.
    actions.setGate([&session](const Command& command) -> QString {
        const bool looks = command.id.startsWith(QLatin1String("incident.playback")) ||
                           command.id.startsWith(QLatin1String("incident.find")) ||
                           command.id == QLatin1String("incident.lanes");
        return session.focus().isPlaying() && command.id.startsWith(QLatin1String("incident.")) && !looks
                   ? QStringLiteral("This is playback: go back to now first (B)")
                   : QString();
    });
}

}  // namespace qd::app
