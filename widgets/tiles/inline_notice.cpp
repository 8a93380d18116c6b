#include "widgets/tiles/inline_notice.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {

InlineNotice::InlineNotice(QWidget* parent)
    : QFrame(parent),
      what_(new QLabel(this)),
      text_(new QLabel(this)),
      action_(makeButton({}, ButtonKind::Plain, this)),
      close_(makeIconButton(Icon::Close, QStringLiteral("Dismiss"), this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::lg + 16 + space::md, space::sm + 2, space::md, space::sm + 2);
    row->setSpacing(space::md);
    auto* lines = new QVBoxLayout;
    lines->setSpacing(2);
    what_->setFont(textFont(Type::Body, Weight::Medium));
    for (QLabel* label : {what_, text_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        lines->addWidget(label);
    }
    lines->setAlignment(Qt::AlignVCenter);
    row->addLayout(lines, 1);
    row->addWidget(action_, 0, Qt::AlignVCenter);
    row->addWidget(close_, 0, Qt::AlignTop);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    // A click leaves the focus, and with it the page's keys, where they are.
    action_->setFocusPolicy(Qt::TabFocus);
    close_->setFocusPolicy(Qt::TabFocus);
    connect(action_, &QPushButton::clicked, this, &InlineNotice::actionTriggered);
    connect(close_, &QToolButton::clicked, this, &InlineNotice::dismissed);
    setNotice({});
}

InlineNotice::InlineNotice(const Notice& notice, QWidget* parent) : InlineNotice(parent) {
    setNotice(notice);
}

void InlineNotice::setNotice(const Notice& notice) {
    notice_ = notice;
    what_->setText(notice.what);
    QStringList rest;
    for (const QString& line : {notice.why, notice.next})
        if (!line.isEmpty()) rest << line;
    text_->setText(rest.join(QLatin1Char(' ')));
    text_->setVisible(!rest.isEmpty());
    action_->setText(notice.action);
    action_->setVisible(!notice.action.isEmpty());
    close_->setVisible(notice.dismissable);
    update();
    spokenChanged(this);
}

QString InlineNotice::spokenText() const {
    return QStringList{stateWord(notice_.state), notice_.what, notice_.why, notice_.next}.join(
        QLatin1Char(' '));
}

void InlineNotice::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QColor tint = color(stateToken(notice_.state), 0.45);
    paintPanel(painter, QRectF(rect()), cornerRadius, color(stateSoftToken(notice_.state)), tint);
    const qreal y = notice_.why.isEmpty() && notice_.next.isEmpty() ? height() / 2.0 - 8 : what_->y() + 1.0;
    paintStatusShape(painter, {double(space::lg), y, 16, 16}, notice_.state);
}

}  // namespace qd::widgets
