#include "widgets/tables/filter_field.hpp"

#include <QAbstractItemView>
#include <QAction>
#include <QKeyEvent>
#include <QPainter>
#include <QShortcut>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/key_hint.hpp"

namespace qd::widgets {
namespace {
constexpr int hintSpace = 28;
}

FilterField::FilterField(const QString& placeholder, QWidget* parent) : QLineEdit(parent) {
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    setMaxLength(200);
    setMinimumWidth(200);
    setMaximumWidth(320);
    addAction(makeIcon(Icon::Search), LeadingPosition);
    QAction* erase = addAction(makeIcon(Icon::Close), TrailingPosition);
    erase->setToolTip(QStringLiteral("Clear the filter (Esc)"));
    erase->setVisible(false);
    connect(erase, &QAction::triggered, this, &QLineEdit::clear);
    delay_.setSingleShot(true);
    delay_.setInterval(80);
    connect(&delay_, &QTimer::timeout, this, [this] { emit filterChanged(text()); });
    connect(this, &QLineEdit::textChanged, this, [this, erase](const QString& now) {
        erase->setVisible(!now.isEmpty());
        delay_.start();
    });
}

void FilterField::attach(QWidget* scope, QAbstractItemView* view) {
    view_ = view;
    auto* shortcut = new QShortcut(QKeySequence(Qt::Key_Slash), scope);
    shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    connect(shortcut, &QShortcut::activated, this, [this] {
        setFocus(Qt::ShortcutFocusReason);
        selectAll();
    });
    // The field may be taken down before its page.
    connect(this, &QObject::destroyed, shortcut, &QObject::deleteLater);
}

void FilterField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape:
            if (!text().isEmpty())
                clear();
            else if (view_)
                view_->setFocus(Qt::OtherFocusReason);
            else
                event->ignore();
            return;
        case Qt::Key_Down:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!view_) break;
            view_->setFocus(Qt::OtherFocusReason);
            if (!view_->currentIndex().isValid() && view_->model())
                view_->setCurrentIndex(view_->model()->index(0, 0));
            return;
        default:
            break;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterField::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (!text().isEmpty() || hasFocus()) return;
    QPainter painter(this);
    KeyHint::paint(painter, QRectF(width() - hintSpace, 0, 18, height()), QStringLiteral("/"));
}

}  // namespace qd::widgets
