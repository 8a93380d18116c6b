#pragma once
// Files to and from an incident. Reading, sending, decoding and writing happen off the UI thread.

#include <QByteArray>
#include <QString>

#include "app/shell/actions.hpp"
#include "incidents/event.hpp"

class QWidget;

namespace qd::app {

class Session;

/// `done` gets {"incident", "seq"}.
void attachBytes(Session& session, const QString& incident, const QString& name, const QString& text,
                 QByteArray bytes, Done done);
/// At most 20 MiB.
void attachFile(Session& session, const QString& incident, const QString& path, const QString& text,
                Done done);
/// Opens an image in a dialog.
void viewAttachment(Session& session, QWidget* parent, const QString& incident,
                    const incidents::Event& attachment);
/// Asks where to, and writes it there.
void saveAttachment(Session& session, QWidget* parent, const QString& incident,
                    const incidents::Event& attachment);

}  // namespace qd::app
