#pragma once
// The picture with its layers and controls. It can leave the page for a window of its own or the full screen,
// and goes on playing there.

#include <QPointer>

#include "app/adapters/thumbnail_adapter.hpp"
#include "app/pages/preview/player_window.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class EmptyState;
class ProgressStrip;
class TransportBar;
class VideoSurface;
}  // namespace qd::widgets

namespace qd::app {

class PlayerTools;
class Session;

class PlayerPanel : public widgets::Card {
    Q_OBJECT

public:
    PlayerPanel(Session& session, QWidget* parent);
    ~PlayerPanel() override;

    /// Shows what the player is at.
    void showPlayer();
    /// What stands where a picture will be, while nothing plays; `ready`: something could.
    void setIdleText(const QString& text, bool ready);
    bool isOutside() const { return window_ != nullptr; }
    widgets::VideoSurface* surface() const { return surface_; }
    widgets::TransportBar* transport() const { return transport_; }
    void fitOutput();

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void wireTransport();
    void wireThumbnails();
    void wireClips();
    void showMarks();
    void showFrame();
    void leave(bool fullScreen);
    void comeBack();

    Session& session_;
    ThumbnailAdapter thumbnails_;
    QWidget* stage_;
    QWidget* controls_;
    widgets::VideoSurface* surface_;
    widgets::TransportBar* transport_;
    PlayerTools* tools_;
    QWidget* clip_;
    widgets::ProgressStrip* clipProgress_;
    widgets::EmptyState* outside_;
    QPointer<PlayerWindow> window_;
    QString idleText_;
    bool ready_ = false;
};

}  // namespace qd::app
