#pragma once
// --page NAME --screenshot FILE: the page once it has data, as PNG, and done.

#include <QObject>
#include <QString>

namespace qd::app {

class MainWindow;

/// Waits until the page has data and what it asked for has settled (at most `limitMs`), grabs, and ends the
/// application: 0, or 74 when the file cannot be written, or 69 when there was no data in time (the picture
/// is saved all the same).
void takeScreenshot(MainWindow& window, const QString& page, const QString& file, int limitMs = 20'000);

}  // namespace qd::app
