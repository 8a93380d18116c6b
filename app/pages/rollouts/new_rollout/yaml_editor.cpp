#include "app/pages/rollouts/new_rollout/yaml_editor.hpp"

#include <QHelpEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kMarkSize = 8;
constexpr int kTabBlanks = 2;
}  // namespace

YamlEditor::YamlEditor(QWidget* parent) : QPlainTextEdit(parent) {
    setFont(monoFont(Type::Small));
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    setTabStopDistance(kTabBlanks * fontMetrics().horizontalAdvance(QLatin1Char(' ')));
    gutter_ = new QWidget(this);
    gutter_->setObjectName(QStringLiteral("gutter"));
    gutter_->installEventFilter(this);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &YamlEditor::placeGutter);
    connect(this, &QPlainTextEdit::updateRequest, gutter_, [this] { gutter_->update(); });
    connect(this, &QPlainTextEdit::cursorPositionChanged, gutter_, [this] { gutter_->update(); });
    connect(&Theme::instance(), &Theme::changed, this, &YamlEditor::underline);
    placeGutter();
}

void YamlEditor::replaceAll(const QString& text) {
    if (text == toPlainText()) return;
    const int line = textCursor().blockNumber() + 1;
    QTextCursor cursor(document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    goToLine(line);
}

void YamlEditor::setRemarks(const QVector<LineRemark>& remarks) {
    remarks_ = remarks;
    underline();
    gutter_->update();
}

void YamlEditor::goToLine(int line) {
    const QTextBlock block = document()->findBlockByNumber(std::clamp(line, 1, blockCount()) - 1);
    setTextCursor(QTextCursor(block));
}

const LineRemark* YamlEditor::worstAt(int line) const {
    const LineRemark* worst = nullptr;
    for (const LineRemark& each : remarks_)
        if (each.line == line && (!worst || (each.isError && !worst->isError))) worst = &each;
    return worst;
}

QString YamlEditor::remarkAt(int line) const {
    const LineRemark* worst = worstAt(line);
    if (!worst) return {};
    return (worst->isError ? QStringLiteral("Error: %1") : QStringLiteral("Note: %1")).arg(worst->text);
}

void YamlEditor::underline() {
    QList<QTextEdit::ExtraSelection> selections;
    for (const LineRemark& each : remarks_) {
        if (!each.isError) continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor =
            QTextCursor(document()->findBlockByNumber(std::clamp(each.line, 1, blockCount()) - 1));
        const QString line = selection.cursor.block().text();
        qsizetype margin = 0;
        while (margin < line.size() && line[margin].isSpace()) ++margin;
        selection.cursor.movePosition(QTextCursor::Right, QTextCursor::MoveAnchor, int(margin));
        selection.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        selection.format.setUnderlineColor(color(Token::Bad));
        selections << selection;
    }
    setExtraSelections(selections);
}

int YamlEditor::gutterWidth() const {
    const int digits = std::max(2, int(QString::number(blockCount()).size()));
    return digits * fontMetrics().horizontalAdvance(QLatin1Char('9')) + kMarkSize + 3 * space::xs;
}

void YamlEditor::placeGutter() {
    setViewportMargins(gutterWidth(), 0, 0, 0);
    const QRect inside = contentsRect();
    gutter_->setGeometry(inside.left(), inside.top(), gutterWidth(), inside.height());
}

void YamlEditor::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

bool YamlEditor::eventFilter(QObject* watched, QEvent* event) {
    if (watched == gutter_ && event->type() == QEvent::Paint) {
        paintGutter();
        return true;
    }
    if (watched == gutter_ && event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int line = cursorForPosition(QPoint(0, help->pos().y())).blockNumber() + 1;
        QToolTip::showText(help->globalPos(), remarkAt(line), gutter_);
        return true;
    }
    return QPlainTextEdit::eventFilter(watched, event);
}

void YamlEditor::paintGutter() {
    QPainter painter(gutter_);
    painter.fillRect(gutter_->rect(), color(Token::Sunken));
    painter.setFont(font());
    const int current = textCursor().blockNumber();
    QTextBlock block = firstVisibleBlock();
    QRectF box = blockBoundingGeometry(block).translated(contentOffset());
    while (block.isValid() && box.top() <= gutter_->height()) {
        const QRectF row(0, box.top(), gutter_->width() - space::xs, box.height());
        painter.setPen(color(block.blockNumber() == current ? Token::Text : Token::TextMuted));
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, QString::number(block.blockNumber() + 1));
        if (const LineRemark* worst = worstAt(block.blockNumber() + 1))
            paintStatusShape(painter,
                             QRectF(space::xs, row.center().y() - kMarkSize / 2.0, kMarkSize, kMarkSize),
                             worst->isError ? State::Bad : State::Info);
        block = block.next();
        box = blockBoundingGeometry(block).translated(contentOffset());
    }
}

}  // namespace qd::app
