#pragma once
// The document as it will be exported, beside the fields it is written in.

#include <QHash>
#include <QTextBrowser>

namespace qd::app {

class PreviewPane : public QTextBrowser {
    Q_OBJECT

public:
    explicit PreviewPane(QWidget* parent = nullptr);
    /// Keeps its place.
    void showHtml(const QString& html);
    /// Brings this part of a section to the top: 0 its heading, 1 the next heading.
    void follow(const QString& title, double part);

private:
    void fill();

    QString html_;
};

}  // namespace qd::app
