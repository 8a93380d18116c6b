#include "app/pages/preview/source_field.hpp"

#include <QKeyEvent>
#include <QLineEdit>
#include <utility>

namespace qd::app {

SourceField::SourceField(QWidget* parent) : QComboBox(parent) {
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setMinimumWidth(320);
    setAccessibleName(QStringLiteral("Title or HLS address"));
    setObjectName(QStringLiteral("source"));
    lineEdit()->setPlaceholderText(QStringLiteral("Title, or https://… of a playlist"));
    lineEdit()->setAccessibleName(accessibleName());
    connect(this, &QComboBox::activated, this, [this](int index) {
        const QString id = itemData(index).toString();
        // Return on typed text activates the row it was typed over, too.
        if (!id.isEmpty() && currentText() == itemText(index)) choose(id);
    });
}

void SourceField::setTitles(const std::vector<Title>& titles) {
    const QString text = currentText();
    const QString chosen = titleId();
    const QSignalBlocker quiet(this);
    clear();
    for (const Title& title : titles)
        if (title.isPlayable()) addItem(title.title.isEmpty() ? title.id : title.title, title.id);
    const int at = findData(chosen);
    setCurrentIndex(at >= 0 ? at : text.isEmpty() && count() > 0 ? 0 : -1);
    if (at < 0 && !text.isEmpty()) setEditText(text);
}

void SourceField::setTitle(const QString& id) {
    const QSignalBlocker quiet(this);
    if (const int at = findData(id); at >= 0) setCurrentIndex(at);
}

void SourceField::setAddress(const QString& url) {
    const QSignalBlocker quiet(this);
    setCurrentIndex(-1);
    setEditText(url);
}

QString SourceField::titleId() const {
    const int index = currentIndex();
    return index >= 0 && currentText() == itemText(index) ? itemData(index).toString() : QString();
}

void SourceField::editAddress() {
    setFocus(Qt::ShortcutFocusReason);
    lineEdit()->selectAll();
}

/// Return tells twice of the same choice: by the field, and by the list it belongs to.
void SourceField::choose(const QString& id) {
    if (std::exchange(chosen_, true)) return;
    QMetaObject::invokeMethod(
        this,
        [this, id] {
            chosen_ = false;
            emit titleChosen(id);
        },
        Qt::QueuedConnection);
}

void SourceField::entered() {
    const QString text = currentText().trimmed();
    for (int i = 0; i < count(); ++i)
        if (itemText(i).compare(text, Qt::CaseInsensitive) == 0) {
            setCurrentIndex(i);
            return choose(itemData(i).toString());
        }
    emit addressTyped(text);
}

void SourceField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return entered();
    QComboBox::keyPressEvent(event);
}

}  // namespace qd::app
