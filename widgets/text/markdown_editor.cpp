#include "widgets/text/markdown_editor.hpp"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QTextBlock>
#include <QWheelEvent>
#include <cmath>

#include "widgets/text/markdown_highlighter.hpp"
#include "widgets/text/markdown_spans.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int kMostLines = 2'000;  // beyond, it scrolls: a widget has a largest height

/// "  - " of "  - text": what the next line of the list begins with; "12. " becomes "13. ".
QString nextMark(const QString& line) {
    MarkdownFence fence = MarkdownFence::Outside;
    const auto spans = markdownSpans(line, fence);
    if (spans.isEmpty() || spans.front().kind != MarkdownSpan::Kind::ListMark) return {};
    const MarkdownSpan& span = spans.front();
    QString mark = line.mid(span.start, span.length);
    if (mark.endsWith(QLatin1Char(']'))) mark = mark.chopped(3) + QStringLiteral("[ ]");
    qsizetype digits = 0;
    while (digits < mark.size() && mark[digits].isDigit()) ++digits;
    if (digits > 0) mark = QString::number(mark.left(digits).toLongLong() + 1) + mark.mid(digits);
    return line.left(span.start) + mark.trimmed() + QLatin1Char(' ');
}

}  // namespace

MarkdownEditor::MarkdownEditor(QWidget* parent) : QPlainTextEdit(parent) {
    setFont(textFont(Type::Body));
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    new MarkdownHighlighter(document());
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this, [this] {
        if (leastLines_ > 0) updateGeometry();
    });
}

void MarkdownEditor::toggleBold() {
    toggleMarks(QStringLiteral("**"));
}

void MarkdownEditor::toggleItalic() {
    toggleMarks(QStringLiteral("*"));
}

void MarkdownEditor::toggleMarks(const QString& marks) {
    QTextCursor cursor = textCursor();
    if (!cursor.hasSelection()) cursor.select(QTextCursor::WordUnderCursor);
    const QString chosen = cursor.selectedText();
    const int length = int(marks.size());
    const int from = cursor.selectionStart(), to = cursor.selectionEnd();
    const QString whole = toPlainText();
    const bool around = QStringView(whole).mid(std::max(0, from - length), std::min(from, length)) == marks &&
                        QStringView(whole).mid(to, length) == marks;
    cursor.beginEditBlock();
    if (around) {
        cursor.setPosition(from - length);
        cursor.setPosition(to + length, QTextCursor::KeepAnchor);
        cursor.insertText(chosen);
    } else if (chosen.size() > 2 * length && chosen.startsWith(marks) && chosen.endsWith(marks)) {
        cursor.insertText(chosen.mid(length, chosen.size() - 2 * length));
    } else {
        cursor.insertText(marks + chosen + marks);
        if (chosen.isEmpty()) cursor.setPosition(cursor.position() - length);
    }
    cursor.endEditBlock();
    setTextCursor(cursor);
}

void MarkdownEditor::toggleList() {
    QTextCursor cursor = textCursor();
    QTextBlock block = document()->findBlock(cursor.selectionStart());
    const QTextBlock last = document()->findBlock(cursor.selectionEnd());
    const bool listed = block.text().trimmed().startsWith(QLatin1String("- "));
    cursor.beginEditBlock();
    for (; block.isValid(); block = block.next()) {
        const QString text = block.text();
        const bool has = text.trimmed().startsWith(QLatin1String("- "));
        QTextCursor at(block);
        if (listed && has) {
            at.setPosition(block.position() + int(text.indexOf(QLatin1Char('-'))));
            at.movePosition(QTextCursor::Right, QTextCursor::KeepAnchor, 2);
            at.removeSelectedText();
        } else if (!listed && !has) {
            at.insertText(QStringLiteral("- "));
        }
        if (block == last) break;
    }
    cursor.endEditBlock();
}

void MarkdownEditor::insertLink(const QString& address) {
    static const QString blank = QStringLiteral("https://");
    QTextCursor cursor = textCursor();
    const QString text = cursor.selectedText();
    const QString target = address.isEmpty() ? blank : address;
    cursor.insertText(QStringLiteral("[%1](%2)").arg(text, target));
    if (text.isEmpty()) {
        cursor.setPosition(cursor.position() - int(target.size()) - 3);
    } else if (address.isEmpty()) {
        cursor.setPosition(cursor.position() - 1);
        cursor.setPosition(cursor.position() - int(blank.size()), QTextCursor::KeepAnchor);
    }
    setTextCursor(cursor);
}

void MarkdownEditor::insertText(const QString& text) {
    textCursor().insertText(text);
}

void MarkdownEditor::replaceAll(const QString& text) {
    if (toPlainText() == text) return;
    const int line = textCursor().blockNumber(), column = textCursor().positionInBlock();
    QTextCursor cursor(document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    const QTextBlock block = document()->findBlockByNumber(std::min(line, document()->blockCount() - 1));
    cursor.setPosition(block.position() + std::min(column, block.length() - 1));
    setTextCursor(cursor);
}

void MarkdownEditor::setLeastLines(int lines) {
    leastLines_ = lines;
    setVerticalScrollBarPolicy(lines > 0 ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    setSizePolicy(QSizePolicy::Expanding, lines > 0 ? QSizePolicy::Fixed : QSizePolicy::Expanding);
    updateGeometry();
}

int MarkdownEditor::wantedHeight() const {
    // A plain-text layout measures in lines, wrapped ones included.
    const double lines = document()->documentLayout()->documentSize().height();
    const double shown = std::clamp(lines, double(leastLines_), double(kMostLines));
    const QMargins frame = contentsMargins();
    return int(std::ceil(shown * fontMetrics().lineSpacing() + 2 * document()->documentMargin())) +
           frame.top() + frame.bottom() + 2 * frameWidth() + space::xs;
}

QSize MarkdownEditor::sizeHint() const {
    return leastLines_ > 0 ? QSize(QPlainTextEdit::sizeHint().width(), wantedHeight())
                           : QPlainTextEdit::sizeHint();
}

QSize MarkdownEditor::minimumSizeHint() const {
    return leastLines_ > 0 ? QSize(120, wantedHeight()) : QPlainTextEdit::minimumSizeHint();
}

bool MarkdownEditor::continueList() {
    QTextCursor cursor = textCursor();
    if (cursor.hasSelection() || !cursor.atBlockEnd()) return false;
    const QString line = cursor.block().text();
    const QString mark = nextMark(line);
    if (mark.isEmpty()) return false;
    // Enter on an item without text ends the list.
    if (line.trimmed().size() <= mark.trimmed().size()) {
        cursor.select(QTextCursor::LineUnderCursor);
        cursor.removeSelectedText();
    } else {
        cursor.insertText(QLatin1Char('\n') + mark);
    }
    setTextCursor(cursor);
    return true;
}

void MarkdownEditor::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers() == Qt::NoModifier && !isReadOnly() && continueList())
        return event->accept();
    QPlainTextEdit::keyPressEvent(event);
}

void MarkdownEditor::focusInEvent(QFocusEvent* event) {
    QPlainTextEdit::focusInEvent(event);
    emit focused();
}

void MarkdownEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    if (leastLines_ > 0 && event->oldSize().width() != event->size().width()) updateGeometry();
}

void MarkdownEditor::wheelEvent(QWheelEvent* event) {
    // As high as its text it has nothing to scroll: the page around it does.
    if (leastLines_ > 0) return event->ignore();
    QPlainTextEdit::wheelEvent(event);
}

}  // namespace qd::widgets
