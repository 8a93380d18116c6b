#pragma once
#include <QStringView>
#include <QVector>

namespace qd::widgets {

// What a stretch of a Markdown line is, as far as an editor shows it.
struct MarkdownSpan {
    enum class Kind {
        Heading,
        Strong,
        Emphasis,
        Code,
        Link,
        Quote,
        ListMark,
        TableBar,
        Placeholder,  // {{name}}
        Comment,      // <!-- … --> on one line
    };
    Kind kind;
    int start;   // UTF-16 units from the line's begin
    int length;  // > 0

    bool operator==(const MarkdownSpan&) const = default;
};

// Whether a line stands inside a fenced block; carried from line to line.
enum class MarkdownFence : int { Outside = 0, Backticks = 1, Tildes = 2 };

// The stretches of one line, by their begin; inline ones never reach over a code span. `fence` is the state
// before the line and is set to that after it. Pure and linear in the line; what it does not understand it
// leaves plain.
QVector<MarkdownSpan> markdownSpans(QStringView line, MarkdownFence& fence);

}  // namespace qd::widgets
