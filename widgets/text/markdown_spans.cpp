#include "widgets/text/markdown_spans.hpp"

#include <algorithm>

namespace qd::widgets {
namespace {

using Kind = MarkdownSpan::Kind;

qsizetype indentOf(QStringView line) {
    qsizetype at = 0;
    while (at < line.size() && (line[at] == u' ' || line[at] == u'\t')) ++at;
    return at;
}

qsizetype runOf(QStringView line, qsizetype at, QChar c) {
    qsizetype end = at;
    while (end < line.size() && line[end] == c) ++end;
    return end - at;
}

/// Length of "- ", "* ", "+ ", "12. " with a task box after it; 0: none.
qsizetype listMark(QStringView rest) {
    qsizetype at = 0;
    if (!rest.isEmpty() && (rest[0] == u'-' || rest[0] == u'*' || rest[0] == u'+')) {
        at = 1;
    } else {
        while (at < rest.size() && at < 9 && rest[at].isDigit()) ++at;
        if (at == 0 || at >= rest.size() || (rest[at] != u'.' && rest[at] != u')')) return 0;
        ++at;
    }
    if (at >= rest.size() || rest[at] != u' ') return 0;
    const QStringView box = rest.mid(at + 1, 3);
    return box == u"[ ]" || box == u"[x]" || box == u"[X]" ? at + 4 : at;
}

class InlineReader {
public:
    InlineReader(QStringView line, QVector<MarkdownSpan>& spans) : line_(line), spans_(spans) {}

    void read(qsizetype from) {
        qsizetype at = from;
        while (at < line_.size()) at = step(at);
    }

private:
    void add(Kind kind, qsizetype from, qsizetype end) { spans_.append({kind, int(from), int(end - from)}); }
    /// `end` is behind the closing text, -1: it does not close on this line.
    qsizetype closed(qsizetype from, QStringView by) const {
        const qsizetype at = line_.indexOf(by, from);
        return at < 0 ? -1 : at + by.size();
    }
    qsizetype step(qsizetype at) {
        const QChar c = line_[at];
        if (c == u'\\') return at + 2;
        if (c == u'`') return code(at);
        if (c == u'*' || c == u'_') return stress(at);
        if (c == u'[') return link(at);
        if (line_.mid(at, 2) == u"{{") return bracketed(at, u"}}", Kind::Placeholder);
        if (line_.mid(at, 4) == u"<!--") return bracketed(at, u"-->", Kind::Comment);
        if (c == u'h' && (line_.mid(at, 8) == u"https://" || line_.mid(at, 7) == u"http://"))
            return address(at);
        if (c == u'|' && isTable()) add(Kind::TableBar, at, at + 1);
        return at + 1;
    }
    qsizetype code(qsizetype at) {
        const qsizetype ticks = runOf(line_, at, u'`');
        for (qsizetype end = at + ticks; end < line_.size();) {
            if (line_[end] != u'`') {
                ++end;
                continue;
            }
            const qsizetype closing = runOf(line_, end, u'`');
            end += closing;
            if (closing != ticks) continue;
            add(Kind::Code, at, end);
            return end;
        }
        return at + ticks;
    }
    /// Between as many stars or underscores on both sides, not beside a space inside; underscores not within
    /// a word.
    qsizetype stress(qsizetype at) {
        const QChar c = line_[at];
        const qsizetype marks = runOf(line_, at, c);
        const qsizetype inner = at + marks;
        const bool withinWord = c == u'_' && at > 0 && line_[at - 1].isLetterOrNumber();
        if (marks > 3 || inner >= line_.size() || line_[inner].isSpace() || withinWord) return inner;
        for (qsizetype end = inner; end < line_.size();) {
            if (line_[end] == u'`') return inner;  // code may hold the closing mark: leave it plain
            if (line_[end] != c) {
                ++end;
                continue;
            }
            const qsizetype closing = runOf(line_, end, c);
            const bool fits = closing == marks && !line_[end - 1].isSpace();
            end += closing;
            if (!fits || (c == u'_' && end < line_.size() && line_[end].isLetterOrNumber())) continue;
            add(marks == 1 ? Kind::Emphasis : Kind::Strong, at, end);
            return end;
        }
        return inner;
    }
    qsizetype link(qsizetype at) {
        const qsizetype text = closed(at + 1, u"]");
        if (text < 0 || text >= line_.size() || line_[text] != u'(') return at + 1;
        const qsizetype end = closed(text, u")");
        if (end < 0) return at + 1;
        const bool image = at > 0 && line_[at - 1] == u'!';
        add(Kind::Link, image ? at - 1 : at, end);
        return end;
    }
    qsizetype address(qsizetype at) {
        qsizetype end = at;
        while (end < line_.size() && !line_[end].isSpace() && line_[end] != u')' && line_[end] != u'>') ++end;
        add(Kind::Link, at, end);
        return end;
    }
    qsizetype bracketed(qsizetype at, QStringView by, Kind kind) {
        const qsizetype end = closed(at + 2, by);
        if (end < 0) return at + 2;
        add(kind, at, end);
        return end;
    }
    bool isTable() const { return line_.trimmed().startsWith(u'|'); }

    QStringView line_;
    QVector<MarkdownSpan>& spans_;
};

}  // namespace

QVector<MarkdownSpan> markdownSpans(QStringView line, MarkdownFence& fence) {
    QVector<MarkdownSpan> spans;
    const qsizetype indent = indentOf(line);
    const QStringView rest = line.mid(indent);
    const MarkdownFence mark = rest.startsWith(u"```")   ? MarkdownFence::Backticks
                               : rest.startsWith(u"~~~") ? MarkdownFence::Tildes
                                                         : MarkdownFence::Outside;
    if (fence != MarkdownFence::Outside || mark != MarkdownFence::Outside) {
        if (fence == MarkdownFence::Outside)
            fence = mark;
        else if (fence == mark)
            fence = MarkdownFence::Outside;
        if (!line.isEmpty()) spans.append({Kind::Code, 0, int(line.size())});
        return spans;
    }
    if (const qsizetype marks = runOf(line, indent, u'#');
        marks >= 1 && marks <= 6 && indent <= 3 &&
        (indent + marks == line.size() || line[indent + marks] == u' ')) {
        spans.append({Kind::Heading, 0, int(line.size())});
        return spans;
    }
    qsizetype from = indent;
    if (rest.startsWith(u'>')) {
        spans.append({Kind::Quote, int(indent), 1});
        ++from;
    } else if (const qsizetype markLength = listMark(rest); markLength > 0) {
        spans.append({Kind::ListMark, int(indent), int(markLength)});
        from += markLength;
    }
    InlineReader(line, spans).read(from);
    return spans;
}

}  // namespace qd::widgets
