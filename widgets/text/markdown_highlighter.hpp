#pragma once
#include <QSyntaxHighlighter>

namespace qd::widgets {

// Colours Markdown in the theme's tokens; follows a switch of the theme.
class MarkdownHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    explicit MarkdownHighlighter(QTextDocument* document);

protected:
    void highlightBlock(const QString& text) override;
};

}  // namespace qd::widgets
