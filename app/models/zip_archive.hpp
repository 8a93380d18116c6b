#pragma once
// Several files as one: a ZIP without compression (APPNOTE 4.3, method 0), as every system opens it. Pure.

#include <QByteArray>
#include <QString>
#include <QVector>

namespace qd::app {

struct NamedBytes {
    QString name;  // with '/' between folders
    QByteArray bytes;
};

/// Fewer than 65,535 files, 4 GB in all. `atMs`: what the files are dated by.
QByteArray zipOf(const QVector<NamedBytes>& files, qint64 atMs);

}  // namespace qd::app
