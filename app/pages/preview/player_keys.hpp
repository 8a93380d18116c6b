#pragma once
// Who gets a key on the preview: a table keeps the keys it moves by, a button the one it is pressed by, a
// slider its arrows; all else is the player's.

class QWidget;

namespace qd::app {

/// `key` is a Qt::Key without modifiers.
bool keepsKey(const QWidget* focused, int key);

}  // namespace qd::app
