#include "widgets/tiles/stat_tile.hpp"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/charts/sparkline.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"

namespace qd::widgets {
namespace {
constexpr int tileHeight = 132;
constexpr int margin = space::lg;
constexpr int shapeSide = 12;
}  // namespace

StatTile::StatTile(const QString& title, QWidget* parent)
    : QFrame(parent), title_(title), age_(new AgeLabel(this)), trend_(new Sparkline(this)) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    age_->setAlignment(Qt::AlignRight);
    age_->hide();
    trend_->hide();
    // The sparkline never takes what was meant for the tile.
    trend_->setAttribute(Qt::WA_TransparentForMouseEvents);
    connect(age_, &AgeLabel::staleChanged, this, [this] {
        update();
        spokenChanged(this);
    });
}

void StatTile::setTitle(const QString& title) {
    title_ = title;
    update();
}

void StatTile::setReading(const StatReading& reading) {
    reading_ = reading;
    age_->setVisible(reading.atMs > 0);
    age_->setTime(reading.atMs);
    placeTrend();
    update();
    spokenChanged(this);
}

void StatTile::setTrend(const QVector<double>& values, Token tint) {
    trend_->setTint(tint);
    trend_->setValues(values);
    placeTrend();
}

// The trend gets what the value leaves; below a useful width it steps aside.
void StatTile::placeTrend() {
    const int wide = width() - 2 * margin;
    const qreal value = numberWidth(reading_.value, textFont(Type::Display, Weight::Semibold));
    const qreal unit = reading_.unit.isEmpty()
                           ? 0
                           : 5 + QFontMetricsF(textFont(Type::Lead)).horizontalAdvance(reading_.unit);
    const int room = std::min(150, wide - static_cast<int>(value + unit) - space::lg);
    const bool shown = !trend_->values().isEmpty() && room >= 44;
    if (shown) trend_->setGeometry(width() - margin - room, margin + 27, room, 38);
    if (trend_->isHidden() == shown) {
        trend_->setVisible(shown);
        update();
    }
}

void StatTile::setStaleAfter(qint64 ms) {
    age_->setStaleAfter(ms);
}
void StatTile::setClock(NowMs now) {
    age_->setClock(std::move(now));
}

void StatTile::setClickable(bool clickable) {
    clickable_ = clickable;
    setFocusPolicy(clickable ? Qt::StrongFocus : Qt::NoFocus);
    setAttribute(Qt::WA_Hover, clickable);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

State StatTile::shownState() const {
    if (reading_.value.isEmpty() && reading_.state == State::Neutral) return State::NoData;
    return age_->isStale() ? State::Stale : reading_.state;
}

QSize StatTile::sizeHint() const {
    return {240, tileHeight};
}
QSize StatTile::minimumSizeHint() const {
    return {160, tileHeight};
}

QString StatTile::spokenText() const {
    QStringList parts{title_};
    parts << (reading_.value.isEmpty() ? QStringLiteral("no data")
                                       : reading_.value + QLatin1Char(' ') + reading_.unit);
    const State state = shownState();
    if (state != State::Neutral)
        parts << (reading_.stateText.isEmpty() || state == State::Stale ? stateWord(state)
                                                                        : reading_.stateText);
    if (!reading_.sub.isEmpty()) parts << reading_.sub;
    if (reading_.atMs > 0) parts << age_->text();
    return parts.join(QStringLiteral(", "));
}

void StatTile::resizeEvent(QResizeEvent* event) {
    const int wide = width() - 2 * margin;
    const int left = wide * 2 / 5;
    age_->setGeometry(margin + left, margin - 1, wide - left, age_->sizeHint().height());
    placeTrend();
    QFrame::resizeEvent(event);
}

void StatTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF all(rect());
    const State state = shownState();
    const bool over = clickable_ && underMouse();
    paintPanel(painter, all, cornerRadius, color(Token::Surface),
               color(over ? Token::LineStrong : Token::Line));
    if (state == State::Bad || state == State::Warn) {
        painter.setClipRect(QRectF(0, 0, 3, all.height()));
        paintPanel(painter, all, cornerRadius, color(stateToken(state)));
        painter.setClipping(false);
    }
    const QRectF box = all.adjusted(margin, margin, -margin, -margin);

    painter.setFont(textFont(Type::Small, Weight::Medium));
    painter.setPen(color(Token::TextMuted));
    const qreal titleWidth =
        reading_.atMs > 0 ? box.width() - age_->sizeHint().width() - space::sm : box.width();
    paintText(painter, {box.left(), box.top(), titleWidth, 16}, title_);

    const bool known = !reading_.value.isEmpty();
    const QFont big = textFont(Type::Display, Weight::Semibold);
    const QString value = known ? reading_.value : QStringLiteral("–");
    const qreal room = trend_->isHidden() ? box.width() : trend_->x() - box.left() - space::sm;
    const QRectF line(box.left(), box.top() + 26, room, 38);
    painter.setPen(color(!known || state == State::Stale ? Token::TextMuted : Token::Text));
    paintNumber(painter, line, value, big, Qt::AlignLeft);
    if (known && !reading_.unit.isEmpty()) {
        const qreal from = numberWidth(value, big) + 5;
        painter.setFont(textFont(Type::Lead));
        painter.setPen(color(Token::TextMuted));
        // On the baseline of the value.
        const qreal drop = (QFontMetricsF(big).ascent() - QFontMetricsF(painter.font()).ascent()) / 2 - 1;
        if (from < room) paintText(painter, line.adjusted(from, drop, 0, drop), reading_.unit);
    }

    QRectF foot(box.left(), box.bottom() - 18, box.width(), 18);
    if (state != State::Neutral) {
        paintStatusShape(painter, {foot.left(), foot.center().y() - shapeSide / 2.0, shapeSide, shapeSide},
                         state);
        foot.setLeft(foot.left() + shapeSide + 6);
        painter.setFont(textFont(Type::Small, Weight::Medium));
        painter.setPen(color(stateToken(state) == Token::Neutral ? Token::TextMuted : stateToken(state)));
        const bool own = !reading_.stateText.isEmpty() && state != State::Stale;
        foot.setLeft(foot.left() + paintText(painter, foot, own ? reading_.stateText : stateWord(state)) +
                     space::sm);
    }
    painter.setFont(textFont(Type::Small));
    painter.setPen(color(Token::TextMuted));
    if (foot.width() > 20) paintText(painter, foot, reading_.sub);
    if (clickable_ && wantsFocusRing(this)) paintFocusRing(painter, all, cornerRadius);
}

void StatTile::mouseReleaseEvent(QMouseEvent* event) {
    if (clickable_ && event->button() == Qt::LeftButton && rect().contains(event->pos())) emit activated();
    QFrame::mouseReleaseEvent(event);
}

void StatTile::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (clickable_ && (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space))
        emit activated();
    else
        QFrame::keyPressEvent(event);
}

bool StatTile::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QFrame::event(event);
}

}  // namespace qd::widgets
