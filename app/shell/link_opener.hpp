#pragma once
// Opens what a link names, as soon as the site has told of it.

#include <QObject>
#include <QTimer>

#include "app/shell/deep_link.hpp"

namespace qd::app {

class MainWindow;

class LinkOpener : public QObject {
    Q_OBJECT

public:
    /// The window must outlive it.
    explicit LinkOpener(MainWindow& window);

    /// A newer link takes the place of one that still waits. What cannot be opened is said in the window.
    void open(const DeepLink& link);
    /// Brings the window before the others.
    void raise();

signals:
    void opened(const QString& page, const QString& id);

private:
    void look();

    MainWindow& window_;
    DeepLink wanted_;
    QTimer timer_;
    int looksWithData_ = 0;
};

}  // namespace qd::app
