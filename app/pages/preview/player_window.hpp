#pragma once
// The picture and its controls outside the console's window: beside it, or on the full screen. The controls
// stand below the picture, never on it; on the full screen they leave while nothing moves.

#include <QTimer>
#include <QWidget>

class QVBoxLayout;

namespace qd::app {

class PlayerWindow : public QWidget {
    Q_OBJECT

public:
    /// `controls` is a part of what hold() gets.
    explicit PlayerWindow(QWidget* parent);

    void hold(QWidget* stage, QWidget* controls);
    /// The stage is no longer here.
    QWidget* release();
    /// On the full screen they go after three seconds without a move while this is true.
    void setControlsMayHide(bool may);

signals:
    /// Escape, or closed by the window manager.
    void leaveWanted();

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void moved();

    QVBoxLayout* layout_;
    QWidget* stage_ = nullptr;
    QWidget* controls_ = nullptr;
    QTimer idle_;
    bool mayHide_ = false;
};

}  // namespace qd::app
