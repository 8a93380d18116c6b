#pragma once
#include <QImage>
#include <QString>
#include <QStringList>
#include <QTimer>
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

enum class CompareMode { SideBySide, Wipe, Blink, Difference };

// |a - b| times `gain`, each channel by itself, clamped at 255; of the overlap when the sizes differ by a
// row. Null when there is nothing to compare.
QImage differenceImage(const QImage& a, const QImage& b, int gain);

// Two pictures of the same moment: beside each other, wiped (drag, or Left/Right with the focus), in turns,
// or their difference. GUI thread only.
class CompareSurface : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit CompareSurface(QWidget* parent = nullptr);

    // Both or none: they belong together.
    void present(const QImage& a, const QImage& b);
    void clear();
    void setNames(const QString& a, Token tintA, const QString& b, Token tintB);
    void setMode(CompareMode mode);
    CompareMode mode() const { return mode_; }
    // 0..1: how much of the picture is side a.
    void setWipe(double share);
    double wipe() const { return wipe_; }
    // 1..32.
    void setGain(int gain);
    int gain() const { return gain_; }
    // Each under its own picture; empty: nothing is said there.
    void setSubtitles(const QStringList& a, const QStringList& b);
    // Painted over everything: what stands instead of pictures, or that one side stalls.
    void setMessage(const QString& text);
    // Under the names: "SSIM 0.9871 · PSNR 41.2 dB".
    void setCaption(const QString& text);

    // Where a picture may take room on the screen, for scaling at the source.
    QSize pictureRoom() const;

    QSize sizeHint() const override { return {640, 300}; }
    QSize minimumSizeHint() const override { return {320, 160}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Graphic; }
    QString spokenText() const override;

signals:
    void toggleRequested();  // click
    void roomChanged();      // another size or mode

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QRectF fitted(const QRectF& room) const;
    void paintName(class QPainter& painter, const QRectF& room, bool right, const QString& name,
                   Token tint) const;
    void paintSubtitles(class QPainter& painter) const;
    void updateBlinking();

    QImage a_, b_, difference_;
    QString nameA_, nameB_, message_, caption_;
    QStringList subtitlesA_, subtitlesB_;
    Token tintA_ = Token::Stable, tintB_ = Token::Canary;
    CompareMode mode_ = CompareMode::SideBySide;
    double wipe_ = 0.5;
    int gain_ = 8;
    bool blinkB_ = false;
    bool dragged_ = false;
    bool pressed_ = false;
    QTimer blink_;
};

}  // namespace qd::widgets
