#include "app/pages/preview/player_window.hpp"

#include <QApplication>
#include <QCloseEvent>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <utility>

#include "app/pages/preview/player_keys.hpp"

namespace qd::app {
namespace {

constexpr int kControlsIdleMs = 3'000;

}  // namespace

PlayerWindow::PlayerWindow(QWidget* parent) : QWidget(parent, Qt::Window), layout_(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("playerWindow"));
    setWindowTitle(QStringLiteral("Quarterdeck: preview"));
    setAccessibleName(QStringLiteral("Preview"));
    setFocusPolicy(Qt::StrongFocus);
    layout_->setContentsMargins(0, 0, 0, 0);
    resize(960, 620);
    idle_.setInterval(kControlsIdleMs);
    idle_.setSingleShot(true);
    connect(&idle_, &QTimer::timeout, this, [this] {
        if (isFullScreen() && mayHide_ && controls_) controls_->setVisible(false);
    });
}

void PlayerWindow::hold(QWidget* stage, QWidget* controls) {
    stage_ = stage;
    controls_ = controls;
    layout_->addWidget(stage);
    stage->show();
    qApp->installEventFilter(this);
    moved();
}

QWidget* PlayerWindow::release() {
    qApp->removeEventFilter(this);
    idle_.stop();
    if (controls_) controls_->setVisible(true);
    controls_ = nullptr;
    if (stage_) layout_->removeWidget(stage_);
    return std::exchange(stage_, nullptr);
}

void PlayerWindow::setControlsMayHide(bool may) {
    if (mayHide_ == may) return;
    mayHide_ = may;
    moved();
}

void PlayerWindow::moved() {
    if (controls_) controls_->setVisible(true);
    idle_.start();
}

bool PlayerWindow::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride &&
        keepsKey(focusWidget(), static_cast<QKeyEvent*>(event)->key())) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

bool PlayerWindow::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (type == QEvent::MouseMove || type == QEvent::KeyPress || type == QEvent::MouseButtonPress) {
        auto* widget = qobject_cast<QWidget*>(watched);
        if (widget && (widget == this || isAncestorOf(widget))) moved();
    }
    return QWidget::eventFilter(watched, event);
}

void PlayerWindow::closeEvent(QCloseEvent* event) {
    event->ignore();
    emit leaveWanted();
}

void PlayerWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return emit leaveWanted();
    QWidget::keyPressEvent(event);
}

void PlayerWindow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) moved();
}

}  // namespace qd::app
