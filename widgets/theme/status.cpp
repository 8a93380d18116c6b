#include "widgets/theme/status.hpp"

#include <QPainter>
#include <QPolygonF>
#include <cmath>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

QPolygonF octagon(const QPointF& centre, qreal radius) {
    QPolygonF shape;
    for (int i = 0; i < 8; ++i) {
        const qreal angle = (i + 0.5) * M_PI / 4;
        shape << centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    return shape;
}

}  // namespace

Token stateToken(State state) {
    switch (state) {
        case State::Good:
            return Token::Good;
        case State::Warn:
        case State::Stale:
            return Token::Warn;
        case State::Bad:
            return Token::Bad;
        case State::Info:
            return Token::Info;
        case State::Neutral:
        case State::NoData:
            return Token::Neutral;
    }
    return Token::Neutral;
}

Token stateSoftToken(State state) {
    switch (stateToken(state)) {
        case Token::Good:
            return Token::GoodSoft;
        case Token::Warn:
            return Token::WarnSoft;
        case Token::Bad:
            return Token::BadSoft;
        case Token::Info:
            return Token::InfoSoft;
        default:
            return Token::NeutralSoft;
    }
}

Token stateFillToken(State state) {
    switch (state) {
        case State::Good:
            return Token::Series3;
        case State::Warn:
        case State::Stale:
            return Token::Series2;
        default:
            return stateToken(state);
    }
}

QString stateWord(State state) {
    switch (state) {
        case State::Good:
            return QStringLiteral("OK");
        case State::Warn:
            return QStringLiteral("Warning");
        case State::Bad:
            return QStringLiteral("Failing");
        case State::Info:
            return QStringLiteral("Info");
        case State::Neutral:
            return QStringLiteral("–");
        case State::NoData:
            return QStringLiteral("No data");
        case State::Stale:
            return QStringLiteral("Stale");
    }
    return {};
}

void paintStatusShape(QPainter& painter, const QRectF& box, State state) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal side = std::min(box.width(), box.height());
    const QPointF c = box.center();
    const qreal r = side / 2;
    const QColor tint = color(stateToken(state));
    const QColor inside = color(Token::Surface);
    const qreal stroke = std::max<qreal>(1.2, side / 9);
    const auto at = [&](qreal x, qreal y) { return c + QPointF(x, y) * r; };
    QPen mark(inside, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tint);
    switch (state) {
        case State::Good:
            painter.drawEllipse(c, r * 0.95, r * 0.95);
            painter.setPen(mark);
            painter.setBrush(Qt::NoBrush);
            painter.drawPolyline(QPolygonF{at(-0.42, 0.04), at(-0.1, 0.36), at(0.45, -0.3)});
            break;
        case State::Warn:
            painter.setPen(QPen(tint, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.drawPolygon(QPolygonF{at(0, -0.78), at(0.85, 0.72), at(-0.85, 0.72)});
            painter.setPen(mark);
            painter.drawLine(at(0, -0.3), at(0, 0.16));
            painter.drawPoint(at(0, 0.48));
            break;
        case State::Bad:
            painter.drawPolygon(octagon(c, r));
            painter.setPen(mark);
            painter.drawLine(at(-0.34, -0.34), at(0.34, 0.34));
            painter.drawLine(at(-0.34, 0.34), at(0.34, -0.34));
            break;
        case State::Info:
            painter.setPen(QPen(tint, stroke));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(c, r * 0.84, r * 0.84);
            painter.setPen(QPen(tint, stroke, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(at(0, -0.02), at(0, 0.42));
            painter.drawPoint(at(0, -0.4));
            break;
        case State::Neutral:
            painter.drawEllipse(c, r * 0.45, r * 0.45);
            break;
        case State::NoData: {
            QPen dashed(tint, stroke);
            dashed.setDashPattern({1.6, 1.6});
            painter.setPen(dashed);
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(c, r * 0.8, r * 0.8);
            break;
        }
        case State::Stale:
            painter.setPen(QPen(tint, stroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(c, r * 0.84, r * 0.84);
            painter.drawPolyline(QPolygonF{at(0, -0.42), at(0, 0.04), at(0.32, 0.24)});
            break;
    }
    painter.restore();
}

}  // namespace qd::widgets
