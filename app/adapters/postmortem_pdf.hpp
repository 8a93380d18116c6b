#pragma once
// A post-mortem on paper.

#include <QByteArray>
#include <QString>

#include "core/result.hpp"

namespace qd::app {

/// An A4 PDF of the HTML with page numbers and its charts as pictures. The same HTML gives the same bytes on
/// every machine with the same Qt and fonts: it carries no time of making and no random id. Errc::io when it
/// cannot be laid out. Any thread; needs a QGuiApplication.
core::Result<QByteArray> pdfOf(const QString& html);

/// `pdf` without its /CreationDate, the cross-reference table set right. What is not written as QPdfWriter
/// does comes back as it was. Pure.
QByteArray withoutCreationDate(QByteArray pdf);

}  // namespace qd::app
