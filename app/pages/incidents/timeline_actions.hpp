#pragma once
#include <functional>

class QWidget;

namespace qd::app {

class Session;

/// incident.pin, .evidence, .attach, .attach_screenshot, .edit, .retract, .retime, .find, .find_next,
/// .find_previous, .lanes, .playback and .playback_*. They are about the event that is chosen on the page
/// (parameter `event`), of the incident that is open (`incident`).
void addTimelineActions(Session& session, std::function<QWidget*()> parent);
/// incident.retime; a part of addTimelineActions().
void addRetimeAction(Session& session, std::function<QWidget*()> parent);
/// incident.find*, .lanes and .playback*; likewise. During playback every other action on incidents is off.
void addPlaybackActions(Session& session);

}  // namespace qd::app
