#pragma once
// What is kept of a playback becomes a file.

#include <QByteArray>
#include <QImage>
#include <QStandardPaths>
#include <QString>
#include <functional>

#include "core/result.hpp"

namespace qd::app {

class Session;

QByteArray pngOf(const QImage& image);
/// Of a person's folders, or the home folder where the system names none.
QString savingFolder(QStandardPaths::StandardLocation where);
/// Written off the UI thread, readable by its owner only; `then` runs on the UI thread.
void saveFile(Session& session, const QString& file, QByteArray bytes,
              std::function<void(core::Result<>)> then);

}  // namespace qd::app
