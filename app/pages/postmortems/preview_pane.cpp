#include "app/pages/postmortems/preview_pane.hpp"

#include <QAbstractTextDocumentLayout>
#include <QScrollBar>
#include <QTextBlock>

#include "app/adapters/postmortem_document.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

PreviewPane::PreviewPane(QWidget* parent) : QTextBrowser(parent) {
    setOpenExternalLinks(true);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(space::lg);
    setAccessibleName(QStringLiteral("Preview"));
    connect(&Theme::instance(), &Theme::changed, this, &PreviewPane::fill);
}

void PreviewPane::showHtml(const QString& html) {
    if (html == html_) return;
    html_ = html;
    fill();
}

void PreviewPane::fill() {
    const int at = verticalScrollBar()->value();
    // The document brings its own black-on-white style for paper; on screen it takes the theme's colours.
    fillDocument(*document(), html_,
                 {color(Token::Text), color(Token::TextMuted), color(Token::Line), color(Token::Accent),
                  color(Token::Bad)},
                 devicePixelRatioF() * 2);
    verticalScrollBar()->setValue(at);
}

void PreviewPane::follow(const QString& title, double part) {
    double from = -1, to = -1;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        if (level != 1 && level != 2) continue;
        const double top = document()->documentLayout()->blockBoundingRect(block).top();
        if (from >= 0) {
            to = top;
            break;
        }
        if (level == 2 && block.text().compare(title, Qt::CaseInsensitive) == 0) from = top;
    }
    if (from < 0) return;
    if (to < 0) to = document()->size().height();
    verticalScrollBar()->setValue(int(from + part * (to - from)));
}

}  // namespace qd::app
