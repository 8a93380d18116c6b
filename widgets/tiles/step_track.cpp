#include "widgets/tiles/step_track.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int node = 20;
constexpr int minCell = 92;

Token tintOf(StepState state) {
    switch (state) {
        case StepState::Done:
            return Token::Good;
        case StepState::Current:
            return Token::Accent;
        case StepState::Paused:
            return Token::Warn;
        case StepState::Failed:
            return Token::Bad;
        case StepState::Pending:
        case StepState::Skipped:
            break;
    }
    return Token::Neutral;
}

QString wordOf(StepState state) {
    switch (state) {
        case StepState::Pending:
            return QStringLiteral("to come");
        case StepState::Current:
            return QStringLiteral("running");
        case StepState::Paused:
            return QStringLiteral("paused");
        case StepState::Done:
            return QStringLiteral("done");
        case StepState::Failed:
            return QStringLiteral("failed");
        case StepState::Skipped:
            return QStringLiteral("skipped");
    }
    return {};
}

void paintNode(QPainter& painter, const QRectF& box, const TrackStep& step, int number) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor tint = color(tintOf(step.state));
    const QColor inside = color(Token::Surface);
    const QPointF c = box.center();
    QPen mark(inside, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    const auto disc = [&] { paintPanel(painter, box, node / 2.0, tint); };
    switch (step.state) {
        case StepState::Done:
            disc();
            painter.setPen(mark);
            painter.drawPolyline(
                QPolygonF{c + QPointF(-4, 0.3), c + QPointF(-1.2, 3.2), c + QPointF(4.2, -3)});
            break;
        case StepState::Failed:
            disc();
            painter.setPen(mark);
            painter.drawLine(c + QPointF(-3.3, -3.3), c + QPointF(3.3, 3.3));
            painter.drawLine(c + QPointF(-3.3, 3.3), c + QPointF(3.3, -3.3));
            break;
        case StepState::Paused:
            disc();
            painter.setPen(mark);
            painter.drawLine(c + QPointF(-2.6, -3.2), c + QPointF(-2.6, 3.2));
            painter.drawLine(c + QPointF(2.6, -3.2), c + QPointF(2.6, 3.2));
            break;
        case StepState::Current: {
            painter.setPen(QPen(color(Token::AccentSoft), 3));
            painter.setBrush(inside);
            painter.drawEllipse(c, node / 2.0 - 1.5, node / 2.0 - 1.5);
            const double done = std::isnan(step.progress) ? 0.25 : std::clamp(step.progress, 0.0, 1.0);
            painter.setPen(QPen(tint, 3, Qt::SolidLine, Qt::FlatCap));
            painter.setBrush(Qt::NoBrush);
            painter.drawArc(box.adjusted(1.5, 1.5, -1.5, -1.5), 90 * 16, static_cast<int>(-done * 360 * 16));
            painter.setPen(Qt::NoPen);
            painter.setBrush(tint);
            painter.drawEllipse(c, 3.5, 3.5);
            break;
        }
        case StepState::Pending:
        case StepState::Skipped: {
            QPen ring(color(Token::LineStrong), 1.5);
            if (step.state == StepState::Skipped) ring.setDashPattern({2, 2});
            painter.setPen(ring);
            painter.setBrush(inside);
            painter.drawEllipse(c, node / 2.0 - 1, node / 2.0 - 1);
            painter.setFont(textFont(Type::Micro, Weight::Medium));
            painter.setPen(color(Token::TextMuted));
            painter.drawText(box, Qt::AlignCenter, QString::number(number));
            break;
        }
    }
    painter.restore();
}

}  // namespace

StepTrack::StepTrack(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
}

void StepTrack::setSteps(const QVector<TrackStep>& steps) {
    if (steps.size() != steps_.size()) {
        selected_ = -1;
        updateGeometry();
    }
    steps_ = steps;
    update();
    spokenChanged(this);
}

int StepTrack::current() const {
    for (qsizetype i = 0; i < steps_.size(); ++i) {
        const StepState state = steps_[i].state;
        if (state == StepState::Current || state == StepState::Paused || state == StepState::Failed)
            return int(i);
    }
    return -1;
}

QSize StepTrack::sizeHint() const {
    return {std::max(1, int(steps_.size())) * 130, 64};
}
QSize StepTrack::minimumSizeHint() const {
    return {std::clamp(int(steps_.size()), 1, 8) * minCell / 2, 64};
}

QString StepTrack::spokenText() const {
    QStringList parts;
    for (qsizetype i = 0; i < steps_.size(); ++i) {
        const TrackStep& s = steps_[i];
        parts << QStringLiteral("Step %1 of %2, %3, %4 %5")
                     .arg(i + 1)
                     .arg(steps_.size())
                     .arg(s.title, wordOf(s.state), s.detail)
                     .trimmed();
    }
    return parts.join(QStringLiteral(". "));
}

QRectF StepTrack::cell(int index) const {
    const qreal wide = width() / static_cast<qreal>(std::max<qsizetype>(1, steps_.size()));
    return {index * wide, 0, wide, static_cast<qreal>(height())};
}

void StepTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    for (int i = 0; i < steps_.size(); ++i) paintStep(painter, i);
    if (wantsFocusRing(this) && !steps_.isEmpty()) {
        const int at = selected_ >= 0 ? selected_ : std::max(0, current());
        paintFocusRing(painter, cell(at).adjusted(1, 1, -1, -1), controlRadius);
    }
}

void StepTrack::paintStep(QPainter& painter, int index) const {
    const TrackStep& step = steps_[index];
    const QRectF box = cell(index);
    const QRectF disc(box.left() + 2, box.top() + 4, node, node);
    if (index == selected_)
        paintPanel(painter, box.adjusted(0, 0, -4, 0), controlRadius, color(Token::Hover));
    if (index + 1 < steps_.size()) {
        const QRectF line(disc.right() + 4, disc.center().y() - 1, box.right() - disc.right() - 6, 2);
        painter.fillRect(line, color(Token::LineStrong));
        if (step.state == StepState::Done) painter.fillRect(line, color(Token::Good));
        if (step.state == StepState::Current && !std::isnan(step.progress))
            painter.fillRect(
                QRectF(line.left(), line.top(), line.width() * std::clamp(step.progress, 0.0, 1.0), 2),
                color(Token::Accent));
    }
    paintNode(painter, disc, step, index + 1);
    const bool open = step.state == StepState::Current || step.state == StepState::Paused ||
                      step.state == StepState::Failed;
    const bool dim = step.state == StepState::Pending || step.state == StepState::Skipped;
    const qreal wide = box.width() - space::md;
    painter.setFont(textFont(Type::Body, open ? Weight::Semibold : Weight::Medium));
    painter.setPen(color(dim ? Token::TextMuted : Token::Text));
    paintText(painter, {box.left() + 2, box.top() + 28, wide, 16}, step.title);
    painter.setFont(textFont(Type::Small));
    painter.setPen(color(open ? tintOf(step.state) : Token::TextMuted));
    const QString detail = step.detail.isEmpty() && !dim ? wordOf(step.state) : step.detail;
    paintText(painter, {box.left() + 2, box.top() + 45, wide, 16}, detail);
}

void StepTrack::select(int index) {
    index = std::clamp(index, 0, int(steps_.size()) - 1);
    if (steps_.isEmpty() || index == selected_) return;
    selected_ = index;
    update();
    emit stepSelected(index);
}

void StepTrack::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < steps_.size(); ++i)
        if (cell(i).contains(event->position())) return select(i);
}

void StepTrack::keyPressEvent(QKeyEvent* event) {
    const int at = selected_ >= 0 ? selected_ : std::max(0, current());
    switch (event->key()) {
        case Qt::Key_Left:
            return select(at - 1);
        case Qt::Key_Right:
            return select(at + 1);
        case Qt::Key_Home:
            return select(0);
        case Qt::Key_End:
            return select(int(steps_.size()) - 1);
        default:
            QWidget::keyPressEvent(event);
    }
}

bool StepTrack::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

}  // namespace qd::widgets
