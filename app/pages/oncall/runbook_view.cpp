#include "app/pages/oncall/runbook_view.hpp"

#include <QDesktopServices>
#include <QRegularExpression>
#include <QUrl>

#include "widgets/theme/tokens.hpp"

namespace qd::app {

RunbookView::RunbookView(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(widgets::space::lg);
    connect(this, &QTextBrowser::anchorClicked, this, [](const QUrl& url) {
        if (isWebLink(url)) QDesktopServices::openUrl(url);
    });
}

QVariant RunbookView::loadResource(int, const QUrl&) {
    return QByteArray();
}

bool isWebLink(const QUrl& url) {
    return url.isValid() && (url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http"));
}

QString stepText(const QString& markdown) {
    static const QRegularExpression mark(QStringLiteral(R"(^(\d+[.)]|[-*] \[[ xX]\]) +)"));
    const auto found = mark.match(markdown);
    if (!found.hasMatch()) return markdown;
    QStringList lines = markdown.mid(found.capturedLength()).split('\n');
    for (qsizetype i = 1; i < lines.size(); ++i) {
        int spaces = 0;
        while (spaces < 3 && spaces < lines[i].size() && lines[i][spaces] == ' ') ++spaces;
        lines[i].remove(0, spaces);
    }
    return lines.join('\n');
}

}  // namespace qd::app
