#pragma once
// The menus below a picture that show what is in force and ask by an action, alike for one player and for two
// in step.

#include <QList>
#include <QString>
#include <QVariantMap>
#include <optional>
#include <vector>

class QAction;
class QMenu;
class QPushButton;
class QWidget;

namespace qd::player {
struct TrackInfo;
}

namespace qd::app {

class Session;

/// A quiet button with an empty menu; `name` is what it chooses.
QPushButton* makeMenuButton(const QString& name, QWidget* parent);
/// What is in force, and why nothing can be chosen (empty: it can).
void showOnMenuButton(QPushButton* button, const QString& text, const QString& why);

QAction* addMenuChoice(Session& session, QMenu* menu, const QString& text, bool chosen, const char* action,
                       const QVariantMap& parameters);
/// Off, and each track there is: "preview.subtitles".
void fillSubtitleMenu(Session& session, QMenu* menu, const std::vector<player::TrackInfo>& tracks,
                      std::optional<int> chosen);
/// "Subtitles off", "Deutsch (de)".
QString subtitleChoiceText(const std::vector<player::TrackInfo>& tracks, std::optional<int> chosen);
/// Named actions in their order; an empty id is a line between.
void addMenuActions(Session& session, QMenu* menu, const QList<const char*>& ids);

}  // namespace qd::app
