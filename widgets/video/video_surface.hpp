#pragma once
#include <QImage>
#include <QPair>
#include <QVector>
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"
#include "widgets/video/video_overlays.hpp"

namespace qd::widgets {

enum class VideoState { NoSignal, Loading, Playing, Paused, Buffering, Ended, Failed };

// Paints pictures with black bars where the shape differs, and layers over them that compose (see
// video_overlays.hpp). The image should
// be Format_RGB32 or ARGB32 (BGRA in memory) and is shared, not copied. GUI thread only; another thread hands
// frames over by a queued call of presentFrame().
class VideoSurface : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit VideoSurface(QWidget* parent = nullptr);

    void setState(VideoState state, const QString& text = {});
    VideoState state() const { return state_; }
    void setLayerVisible(OverlayLayer layer, bool visible);
    bool isLayerVisible(OverlayLayer layer) const { return layers_[int(layer)]; }
    const OverlayContents& overlays() const { return overlays_; }
    void setStatistics(const QVector<QPair<QString, QString>>& lines);
    void setSubtitles(const QStringList& lines);
    void setFrameNumber(const QString& text);
    void setTimecode(const QString& text);
    // A strip at the bottom: "Stalled 1.2 s". Stays until cleared by an empty text.
    void setStallMark(const QString& text);
    // A word in the upper right corner in the arm's colour: "Canary v2".
    void setTag(const QString& text, Token tint);
    // Pixels per pixel of the source: 1 square; other than 1 for anamorphic sources.
    void setPixelAspect(double aspect);

    const QImage& frame() const { return frame_; }
    // Where the picture stands in the widget.
    QRect pictureRect() const;

    QSize sizeHint() const override { return {640, 360}; }
    QSize minimumSizeHint() const override { return {240, 135}; }
    bool hasHeightForWidth() const override { return false; }
    QAccessible::Role spokenRole() const override { return QAccessible::Graphic; }
    QString spokenText() const override;

public slots:
    void presentFrame(const QImage& frame);
    void clear();

signals:
    void toggleRequested();      // click
    void fullScreenRequested();  // double click

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    void paintMessage(QPainter& painter, const QRectF& box) const;
    template <class Value>
    void change(Value& held, const Value& next, bool seen);

    QImage frame_;
    VideoState state_ = VideoState::NoSignal;
    QString text_;
    OverlayContents overlays_;
    bool layers_[overlayLayerCount] = {false, true, false, false};
    double aspect_ = 1;
    bool doubled_ = false;
};

}  // namespace qd::widgets
