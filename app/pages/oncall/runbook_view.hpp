#pragma once
#include <QTextBrowser>

namespace qd::app {

/// Markdown that somebody else wrote: shown, never fetched for. Pictures and styles are left out, whether
/// they would come from the network or from this computer; links of the web open in the browser.
class RunbookView : public QTextBrowser {
    Q_OBJECT

public:
    explicit RunbookView(QWidget* parent = nullptr);

protected:
    QVariant loadResource(int type, const QUrl& name) override;
};

/// A step's Markdown without its mark ("3. ", "- [ ] ") and the indentation that belongs to it.
QString stepText(const QString& markdown);
bool isWebLink(const QUrl& url);

}  // namespace qd::app
