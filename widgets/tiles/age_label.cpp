#include "widgets/tiles/age_label.hpp"

#include <QFontMetrics>
#include <QPainter>

#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr int iconSide = 12;
}

AgeLabel::AgeLabel(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&Ticker::instance(), &Ticker::tick, this, &AgeLabel::refresh);
    refresh();
}

void AgeLabel::setTime(qint64 msSinceEpoch) {
    if (atMs_ == msSinceEpoch) return;
    atMs_ = msSinceEpoch;
    refresh();
}

void AgeLabel::setPrefix(const QString& prefix) {
    prefix_ = prefix;
    refresh();
}

void AgeLabel::setStaleAfter(qint64 ms) {
    staleAfterMs_ = ms;
    refresh();
}

void AgeLabel::setAlignment(Qt::Alignment alignment) {
    alignment_ = alignment;
    update();
}

void AgeLabel::setClock(NowMs now) {
    now_ = std::move(now);
    refresh();
}

void AgeLabel::refresh() {
    const qint64 age = now_() - atMs_;
    const bool stale = atMs_ > 0 && age > staleAfterMs_;
    QString text = atMs_ > 0 ? formatAge(age) : QStringLiteral("no data yet");
    if (!prefix_.isEmpty() && atMs_ > 0) text = prefix_ + QLatin1Char(' ') + text;
    if (stale) text = QStringLiteral("stale, ") + text;
    const bool turned = stale != stale_;
    if (text != text_ || turned) {
        const bool longer = text.size() != text_.size();
        text_ = text;
        stale_ = stale;
        setToolTip(atMs_ > 0 ? formatClock(atMs_) : QString());
        if (longer) updateGeometry();
        update();
        if (turned) {
            spokenChanged(this);
            emit staleChanged(stale);
        }
    }
}

QSize AgeLabel::sizeHint() const {
    const QFont f = textFont(Type::Small);
    const int icon = stale_ ? iconSide + space::xs : 0;
    // Room for two more digits, so that neighbours do not move when 9 s become 10 s.
    const qreal reserve = atMs_ > 0 && !stale_ ? numberWidth(QStringLiteral("00"), f) : 0;
    return {static_cast<int>(numberWidth(text_, f) + reserve) + icon + 2, QFontMetrics(f).height()};
}

QSize AgeLabel::minimumSizeHint() const {
    return {40, sizeHint().height()};
}

void AgeLabel::showEvent(QShowEvent* event) {
    refresh();
    QWidget::showEvent(event);
}

void AgeLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFont f = textFont(Type::Small);
    const QColor tint = color(stale_ ? Token::Warn : Token::TextMuted);
    QRectF box(rect());
    if (stale_) {
        const qreal width = numberWidth(text_, f) + iconSide + space::xs;
        if (alignment_ & Qt::AlignRight) box.setLeft(std::max<qreal>(0, box.right() - width));
        if (alignment_ & Qt::AlignHCenter) box.setLeft(std::max<qreal>(0, box.center().x() - width / 2));
        paintIcon(painter, {box.left(), box.center().y() - iconSide / 2.0, iconSide, iconSide}, Icon::Clock,
                  tint);
        box.setLeft(box.left() + iconSide + space::xs);
    }
    painter.setPen(tint);
    paintNumber(painter, box, text_, f, stale_ ? Qt::AlignLeft : alignment_);
}

}  // namespace qd::widgets
