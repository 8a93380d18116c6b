#pragma once
#include <QImage>
#include <QPair>
#include <QVector>
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

enum class VideoState { NoSignal, Loading, Playing, Paused, Buffering, Ended, Failed };

// Paints pictures with black bars where the shape differs, and what is to be said over them. The image should
// be Format_RGB32 or ARGB32 (BGRA in memory) and is shared, not copied. GUI thread only; another thread hands
// frames over by a queued call of presentFrame().
class VideoSurface : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit VideoSurface(QWidget* parent = nullptr);

    void setState(VideoState state, const QString& text = {});
    VideoState state() const { return state_; }
    // Lines of label and value in the corner while statistics are visible.
    void setStatistics(const QVector<QPair<QString, QString>>& lines);
    void setStatisticsVisible(bool visible);
    bool isStatisticsVisible() const { return statisticsVisible_; }
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
    void toggleRequested();             // click
    void fullScreenRequested();         // double click
    void keyPressed(QKeyEvent* event);  // connect to TransportBar::handleKey

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void paintMessage(QPainter& painter, const QRectF& box) const;
    void paintStatistics(QPainter& painter) const;

    QImage frame_;
    VideoState state_ = VideoState::NoSignal;
    QString text_;
    QVector<QPair<QString, QString>> statistics_;
    QString stall_;
    QString tag_;
    Token tagTint_ = Token::Stable;
    double aspect_ = 1;
    bool statisticsVisible_ = false;
    bool doubled_ = false;
};

}  // namespace qd::widgets
