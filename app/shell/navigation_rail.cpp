#include "app/shell/navigation_rail.hpp"

#include <QPainter>
#include <QVBoxLayout>

#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kRailWidth = 188;
constexpr int kButtonHeight = 40;
constexpr int kIconSize = 18;
}  // namespace

NavigationButton::NavigationButton(Icon icon, const QString& text, const QString& key, QWidget* parent)
    : QAbstractButton(parent), icon_(icon), key_(key) {
    setText(text);
    setCheckable(true);
    setAutoExclusive(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(text);
    setToolTip(QStringLiteral("%1  (%2)").arg(text, key));
}

void NavigationButton::setCount(int count) {
    if (count == count_) return;
    count_ = count;
    setAccessibleDescription(count > 0 ? QStringLiteral("%1 waiting").arg(count) : QString());
    update();
}

QSize NavigationButton::sizeHint() const {
    return {kRailWidth - 2 * space::sm, kButtonHeight};
}

void NavigationButton::enterEvent(QEnterEvent*) {
    update();
}
void NavigationButton::leaveEvent(QEvent*) {
    update();
}

void NavigationButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1, 2, -1, -2);
    painter.setPen(Qt::NoPen);
    if (isChecked())
        painter.setBrush(color(Token::AccentSoft));
    else if (underMouse())
        painter.setBrush(color(Token::Hover));
    else
        painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(box, controlRadius, controlRadius);
    if (isChecked()) {
        painter.setBrush(color(Token::Accent));
        painter.drawRoundedRect(QRectF(box.left(), box.top() + 8, 3, box.height() - 16), 1.5, 1.5);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color(Token::Accent), 1.5));
        painter.drawRoundedRect(box, controlRadius, controlRadius);
    }

    const QColor ink = color(isChecked() ? Token::Text : Token::TextMuted);
    paintIcon(painter, QRectF(space::lg, (height() - kIconSize) / 2.0, kIconSize, kIconSize), icon_,
              isChecked() ? color(Token::Accent) : ink);
    painter.setPen(ink);
    painter.setFont(widgets::textFont(Type::Body, isChecked() ? Weight::Semibold : Weight::Medium));
    const int left = space::lg + kIconSize + space::md;
    painter.drawText(QRect(left, 0, width() - left - space::xs, height()), Qt::AlignVCenter | Qt::AlignLeft,
                     text());

    if (count_ > 0) {
        const QString number = count_ > 99 ? QStringLiteral("99+") : QString::number(count_);
        painter.setFont(widgets::textFont(Type::Micro, Weight::Semibold));
        const int wide = std::max(18, painter.fontMetrics().horizontalAdvance(number) + 10);
        const QRectF pill(width() - wide - space::sm, (height() - 18) / 2.0, wide, 18);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(Token::Bad));
        painter.drawRoundedRect(pill, 9, 9);
        painter.setPen(color(Token::OnBad));
        painter.drawText(pill, Qt::AlignCenter, number);
    } else if ((underMouse() || isChecked()) &&
               painter.fontMetrics().horizontalAdvance(text()) < width() - left - 48) {
        painter.setFont(widgets::textFont(Type::Micro));
        painter.setPen(color(Token::TextMuted));
        painter.drawText(QRect(0, 0, width() - space::md, height()), Qt::AlignVCenter | Qt::AlignRight, key_);
    }
}

NavigationRail::NavigationRail(QWidget* parent) : QFrame(parent) {
    setFixedWidth(kRailWidth);
    setAccessibleName(QStringLiteral("Pages"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::sm, space::md, space::sm, space::md);
    layout->setSpacing(0);
    pages_ = new QVBoxLayout;
    pages_->setSpacing(2);
    footer_ = new QVBoxLayout;
    footer_->setSpacing(space::xs);
    layout->addLayout(pages_);
    layout->addStretch();
    layout->addLayout(footer_);
}

void NavigationRail::addPage(const QString& id, Icon icon, const QString& title, const QString& key) {
    auto* button = new NavigationButton(icon, title, key, this);
    button->setObjectName(QStringLiteral("nav.") + id);
    connect(button, &NavigationButton::clicked, this, [this, id] { emit pageRequested(id); });
    pages_->addWidget(button);
    entries_.append({id, button});
}

void NavigationRail::setCurrent(const QString& id) {
    for (const Entry& entry : entries_) entry.button->setChecked(entry.id == id);
}

void NavigationRail::setCount(const QString& id, int count) {
    for (const Entry& entry : entries_)
        if (entry.id == id) entry.button->setCount(count);
}

void NavigationRail::addFooter(QWidget* widget) {
    footer_->addWidget(widget);
}

void NavigationRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), color(Token::Line));
}

}  // namespace qd::app
