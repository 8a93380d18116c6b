#pragma once
#include <QPlainTextEdit>

namespace qd::widgets {

// A field for Markdown: its marks are coloured as they are typed (a heading, code, a link, a {{placeholder}}
// are told apart by weight, slant or face too), a list goes on by itself at Enter, and what toolbars and
// shortcuts do is offered as functions. Each of them is one step of undo. It is as high as its text, so that
// several stand in one page that scrolls.
class MarkdownEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit MarkdownEditor(QWidget* parent = nullptr);

    // Puts the selection, or the word under the cursor, between ** or takes these away; without either the
    // cursor stands between two fresh ones.
    void toggleBold();
    void toggleItalic();
    // Makes the selected lines a list, or plain lines again.
    void toggleList();
    // [selection](address); the address is selected when it is empty, ready to be typed.
    void insertLink(const QString& address = {});
    // At the cursor, in place of the selection.
    void insertText(const QString& text);
    // Replaces the whole text in one step that can be undone; the cursor stays at its line. Nothing happens
    // when the text is the same.
    void replaceAll(const QString& text);

    // Lines it is high at least; it grows from there. 0: it scrolls instead, as tall as its place.
    void setLeastLines(int lines);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    // The field got the keyboard; what acts on "the editor" means this one from now on.
    void focused();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void toggleMarks(const QString& marks);
    bool continueList();
    int wantedHeight() const;

    int leastLines_ = 0;
};

}  // namespace qd::widgets
