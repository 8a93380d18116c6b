#include "widgets/charts/sparkline.hpp"

#include <QPainter>
#include <QPolygonF>
#include <cmath>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

// At most one lowest and one highest value per pixel column.
QVector<double> reduced(const QVector<double>& values, int columns) {
    if (values.size() <= 2 * columns) return values;
    QVector<double> out;
    out.reserve(2 * columns);
    for (int c = 0; c < columns; ++c) {
        const qsizetype from = values.size() * c / columns;
        const qsizetype to = values.size() * (c + 1) / columns;
        double low = qQNaN(), high = qQNaN();
        for (qsizetype i = from; i < to; ++i) {
            low = std::fmin(low, values[i]);  // fmin and fmax pass over NaN
            high = std::fmax(high, values[i]);
        }
        out << low << high;
    }
    return out;
}

}  // namespace

Sparkline::Sparkline(QWidget* parent) : QWidget(parent) {}

void Sparkline::setValues(const QVector<double>& values) {
    values_ = values;
    update();
    spokenChanged(this);
}

void Sparkline::setTint(Token tint) {
    tint_ = tint;
    update();
}

void Sparkline::setRange(double low, double high) {
    low_ = low;
    high_ = high;
    update();
}

QString Sparkline::spokenText() const {
    if (values_.isEmpty()) return QStringLiteral("No trend");
    double low = qQNaN(), high = qQNaN();
    for (const double v : values_) {
        low = std::fmin(low, v);
        high = std::fmax(high, v);
    }
    return QStringLiteral("Trend from %1 to %2, now %3").arg(low).arg(high).arg(values_.last());
}

void Sparkline::paint(QPainter& painter, const QRectF& box, const QVector<double>& values, Token tint,
                      double low, double high) {
    const QVector<double> shown = reduced(values, std::max(2, static_cast<int>(box.width())));
    if (shown.size() < 2) return;
    double bottom = low, top = high;
    if (std::isnan(low) || std::isnan(high)) {
        bottom = top = qQNaN();
        for (const double v : shown) {
            bottom = std::fmin(bottom, v);
            top = std::fmax(top, v);
        }
    }
    if (std::isnan(bottom)) return;
    const bool flat = top - bottom < 1e-12;
    const QRectF area = box.adjusted(1, 2, -3, -2);
    const auto at = [&](qsizetype i) {
        const double share = flat ? 0.5 : std::clamp((shown[i] - bottom) / (top - bottom), 0.0, 1.0);
        return QPointF(
            area.left() + area.width() * static_cast<double>(i) / static_cast<double>(shown.size() - 1),
            area.bottom() - share * area.height());
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPen pen(color(tint), 1.5, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
    QPolygonF line;
    const auto flush = [&] {
        if (line.size() > 1) {
            QPolygonF fill = line;
            fill << QPointF(line.last().x(), area.bottom() + 1)
                 << QPointF(line.first().x(), area.bottom() + 1);
            painter.setPen(Qt::NoPen);
            painter.setBrush(color(tint, 0.12));
            painter.drawPolygon(fill);
            painter.setPen(pen);
            painter.setBrush(Qt::NoBrush);
            painter.drawPolyline(line);
        }
        line.clear();
    };
    for (qsizetype i = 0; i < shown.size(); ++i) {
        if (std::isnan(shown[i]))
            flush();
        else
            line << at(i);
    }
    flush();
    if (!std::isnan(shown.last())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(tint));
        painter.drawEllipse(at(shown.size() - 1), 2.4, 2.4);
    }
    painter.restore();
}

void Sparkline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, QRectF(rect()), values_, tint_, low_, high_);
}

}  // namespace qd::widgets
