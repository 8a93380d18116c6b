#include "widgets/text/markdown_highlighter.hpp"

#include "widgets/text/markdown_spans.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

QTextCharFormat formatOf(MarkdownSpan::Kind kind) {
    using Kind = MarkdownSpan::Kind;
    QTextCharFormat format;
    switch (kind) {
        case Kind::Heading:
            format.setFontWeight(QFont::DemiBold);
            format.setForeground(color(Token::Accent));
            break;
        case Kind::Strong:
            format.setFontWeight(QFont::DemiBold);
            break;
        case Kind::Emphasis:
            format.setFontItalic(true);
            break;
        case Kind::Code:
            format.setFontFamilies(monoFont(Type::Body).families());
            format.setForeground(color(Token::Info));
            break;
        case Kind::Link:
            format.setFontUnderline(true);
            format.setForeground(color(Token::Accent));
            break;
        case Kind::Quote:
        case Kind::ListMark:
            format.setFontWeight(QFont::DemiBold);
            format.setForeground(color(Token::Accent));
            break;
        case Kind::TableBar:
        case Kind::Comment:
            format.setForeground(color(Token::TextMuted));
            break;
        case Kind::Placeholder:
            format.setFontFamilies(monoFont(Type::Body).families());
            format.setForeground(color(Token::Warn));
            format.setBackground(color(Token::WarnSoft));
            break;
    }
    return format;
}

}  // namespace

MarkdownHighlighter::MarkdownHighlighter(QTextDocument* document) : QSyntaxHighlighter(document) {
    connect(&Theme::instance(), &Theme::changed, this, &QSyntaxHighlighter::rehighlight);
}

void MarkdownHighlighter::highlightBlock(const QString& text) {
    auto fence = MarkdownFence(std::max(0, previousBlockState()));
    for (const MarkdownSpan& span : markdownSpans(text, fence))
        setFormat(span.start, span.length, formatOf(span.kind));
    setCurrentBlockState(int(fence));
}

}  // namespace qd::widgets
